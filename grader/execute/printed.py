"""What a cell printed, as a page shows it: one text for each stream, in which what was overwritten is gone."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from nbformat import NotebookNode


def join_streams(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """The outputs with all that one stream printed in the place of its first piece; how it was cut up is chance.

    nbclient does so too, but in a time that grows with the square of a line's length: a list of a hundred thousand
    numbers on one line would hold up the whole class.
    """
    pieces: dict[str, list[str]] = {}
    joined: list[NotebookNode] = []
    for output in outputs:
        if output.output_type != "stream":
            joined.append(output)
        elif output.name in pieces:
            pieces[output.name].append(output.text)
        else:
            pieces[output.name] = [output.text]
            joined.append(output)
    for output in joined:
        if output.output_type == "stream":
            output.text = overwrite("".join(pieces[output.name]))
    for place, (one, other) in enumerate(itertools.pairwise(joined)):
        # Which of two streams is heard first is chance, too.
        if (one.get("name"), other.get("name")) == ("stderr", "stdout"):
            joined[place : place + 2] = [other, one]
    return joined


def overwrite(text: str) -> str:
    r"""The text without what a carriage return has later text of the same line written over, as a progress bar does.

    >>> overwrite("10 %\r100 %\nnext\r\n")
    '100 %\nnext\r\n'
    """
    if "\r" not in text:
        return text
    return "\n".join(line[line.rfind("\r", 0, -1) + 1 :] for line in text.split("\n"))
