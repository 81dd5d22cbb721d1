"""A class that is graded once for the tests of what survives."""

from pathlib import Path

import pytest

from .kept_class import grade_kept, write_kept


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a graded class and a scanned exam; no test writes in there."""
    root = tmp_path_factory.mktemp("kept")
    write_kept(root, root / "told")
    grade_kept(root, root / "told")
    return root
