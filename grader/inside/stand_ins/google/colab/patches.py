"""Pictures in a cell's output, in place of OpenCV's windows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from IPython.display import display
from PIL import Image


def cv2_imshow(a: npt.NDArray[Any]) -> None:
    """Show an image as OpenCV has it: *(height, width)* grey, or *(height, width, 3 or 4)* with blue first."""
    image = np.asarray(a).clip(0, 255).astype(np.uint8)
    if image.ndim == 3:
        image = image[:, :, [2, 1, 0, 3][: image.shape[2]]]
    display(Image.fromarray(image))


cv_imshow = cv2_imshow
