"""OpenCV's windows: without a screen they kill the process, so they raise an error, as they do in Colab."""

from __future__ import annotations

from typing import Any, NoReturn

import cv2

OPENERS = ("imshow", "namedWindow", "selectROI", "selectROIs")


def close() -> None:
    """Let every function that opens a window raise cv2.error instead."""
    for name in OPENERS:
        setattr(cv2, name, _refusal(name))


def _refusal(name: str) -> Any:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise cv2.error(
            f"cv2.{name}() opens a window, and there is no screen here, nor in Colab: "
            "use `from google.colab.patches import cv2_imshow`, or plt.imshow."
        )

    refuse.__name__ = name
    return refuse
