"""What is right: the number twice."""

import numpy as np
import numpy.typing as npt


def double(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """2x; *any shape float64*.

    >>> double(np.array([1.0, 2.5]))
    array([2., 5.])
    """
    return 2 * x
