"""The course's environment: the packages that its notebooks may import, as course.toml states them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Iterable

from pydantic import Field, field_validator

from grader.rubric import Part


class Environment(Part):
    """[environment] of course.toml."""

    imports: tuple[str, ...] = Field(
        (), description="modules that notebooks may import, beside the usual: imported once, before any notebook is run"
    )

    @field_validator("imports")
    @classmethod
    def _are_names(cls, imports: tuple[str, ...]) -> tuple[str, ...]:
        for name in imports:
            if not all(part.isidentifier() for part in name.split(".")):
                raise ValueError(f"`{name}` is not the name of a module, as written after `import`: sklearn")
        return imports

    @property
    def packages(self) -> tuple[str, ...]:
        """The top-level packages among them, each once."""
        return tuple(dict.fromkeys(name.partition(".")[0] for name in self.imports))


_DISTRIBUTIONS = {
    "PIL": "pillow",
    "absl": "absl-py",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "pywt": "PyWavelets",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "umap": "umap-learn",
    "yaml": "PyYAML",
}


def distribution_of(name: str) -> str:
    """What pip calls a package.

    >>> distribution_of("sklearn"), distribution_of("seaborn")
    ('scikit-learn', 'seaborn')
    """
    return _DISTRIBUTIONS.get(name, name.replace("_", "-"))


MISSING = "missing"


def find_versions(packages: Iterable[str]) -> dict[str, str]:
    """Package -> its version here, `missing`, or `of no distribution` where pip does not know it."""
    return {name: _find_version(name) for name in packages}


def _find_version(package: str) -> str:
    if importlib.util.find_spec(package) is None:
        return MISSING
    try:
        return importlib.metadata.version(distribution_of(package))
    except importlib.metadata.PackageNotFoundError:
        return "of no distribution"
