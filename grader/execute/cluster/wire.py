"""What comes back from a worker: plain data, read here once more as such.

The worker has validated what the notebook's kernel wrote, and it is written as JSON and arrays again. So nothing that a
kernel wrote is ever unpickled: what Dask pickles on its way are strings and bytes.
"""

from __future__ import annotations

import json

from nbformat import from_dict

from grader.execute.pool import Executed, Work
from grader.files.notebook_file import read_notebook
from grader.model import Run
from grader.store.runs import dump_answers, load_answers

Packed = tuple[str, bytes, str | None]
"""The run without its answers as JSON, the answers, the notebook as executed as JSON: as a run's folder has them."""


def pack(executed: Executed) -> Packed:
    """What a worker sends."""
    run = executed.run.model_dump_json(exclude={"answers"})
    return run, dump_answers(executed.run.answers), None if executed.fresh is None else json.dumps(executed.fresh)


def unpack(work: Work, packed: Packed) -> Executed:
    """What a worker sent, beside the notebook as it was handed in, which was here all the time."""
    told, answers, notebook = packed
    run = Run.model_validate({**json.loads(told), "answers": load_answers(answers)})
    if notebook is None:
        return Executed(run, None, None)
    return Executed(
        run, read_notebook(work.content, limit_mib=work.limits.notebook_mib), from_dict(json.loads(notebook))
    )
