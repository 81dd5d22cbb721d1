"""Run as a process of its own, where nothing can be forked: becomes one kernel.

Arguments: the folder with its connection file, and the port of this machine on which the grader awaits its answers.
"""

from __future__ import annotations

import os
import socket
import sys

from grader.inside import channel, kernel


def main() -> None:
    folder, port = sys.argv[1], int(sys.argv[2])

    def connect() -> None:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.settimeout(None)
        os.environ[channel.VARIABLE] = str(connection.detach())

    kernel.warm_up()
    kernel.run(os.getcwd(), folder, connect=connect)


if __name__ == "__main__":
    main()
