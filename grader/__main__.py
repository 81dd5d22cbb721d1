"""The command `grader`, also as python -m grader."""

import gc


def main() -> None:
    """Run the command, without looking for garbage in what is imported: all of it stays until the command ends."""
    gc.disable()
    from grader.cli import main as run

    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    main()
