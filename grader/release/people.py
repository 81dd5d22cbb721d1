"""Takes out of a notebook what Colab has noted of the people who worked on it."""

from __future__ import annotations

import json
from typing import Any

from grader.errors import UserError


def without_people(content: bytes, where: str) -> bytes:
    """The notebook without accounts, and without the files that it was cloned from; the same bytes if it has none."""
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
        found = [_take(notebook.get("metadata", {}).get("colab", {}), "authorship_tag", "provenance")]
        found += [_take(cell.get("metadata", {}), "executionInfo") for cell in notebook["cells"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError("this is not a notebook", where=where, remedy="Save it again from Colab or Jupyter.") from error
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode() if any(found) else content


def _take(metadata: dict[str, Any], *names: str) -> bool:
    """Whether something was there to be taken out."""
    return any([metadata.pop(name, None) is not None for name in names])
