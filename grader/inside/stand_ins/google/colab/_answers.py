"""What somebody would type, where nobody does: the assignment says it beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.inside import brought


class TypedAnswers:
    """Answers in order or, by what stands in the prompt, in order for each; a single one is given every time."""

    def __init__(self, told: Sequence[str] | Mapping[str, str | Sequence[str]]) -> None:
        self.told = told if isinstance(told, Mapping) else {"": list(told)}
        self.taken = dict.fromkeys(self.told, 0)

    def take(self, name: str, prompt: str) -> str:
        """The next answer to a prompt of `input` or `getpass`; EOFError where there is none."""
        key = next((key for key in self.told if key.lower() in prompt.lower()), None)
        answers = [] if key is None else self.told[key]
        if isinstance(answers, str):
            return answers
        if key is not None and self.taken[key] < len(answers):
            self.taken[key] += 1
            return answers[self.taken[key] - 1]
        asked = f"{name}({prompt!r})" if prompt else f"{name}()"
        brought.note_missing(asked)
        raise EOFError(
            f"{asked} waits for somebody to type, and nobody does where notebooks are graded: write the value into the "
            f"cell instead.{_say_used_up(answers)}"
        )


def _say_used_up(answers: Sequence[str]) -> str:
    if not answers:
        return ""
    return f" The assignment has {len(answers)} answer{'s' if len(answers) > 1 else ''} for it, and all are used up."
