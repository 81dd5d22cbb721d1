"""The pinhole camera: how a point in space becomes a pixel, and what is needed to go back.

Similar triangles give u / f = x / z and v / f = y / z: what is twice as far away looks half as large. Counting pixels
from the image's corner instead of from the optical axis adds the optical centre c. Both fit in one matrix:

        | u |   | f_x   0   c_x | | x |
      z | v | = |  0   f_y  c_y | | y |
        | 1 |   |  0    0    1  | | z |

The division by z cannot be undone from the pixel alone: a pixel is a ray, and only a depth picks the point on it. That
is why inverse rendering is ill-posed.

The camera looks along +z, x points to the right, y down. Lens distortion is left out.
"""

from __future__ import annotations

import numpy as np


def intrinsic_matrix(focal_xy: tuple[float, float], centre_xy: tuple[float, float]) -> np.ndarray:
    """The matrix K of a camera's focal lengths and optical centre.

    Source: lecture 1, "Pinhole camera model"; Hartley and Zisserman (2004), eq. 6.9, without skew.

    Parameters
    ----------
    focal_xy : 2 floats, pixels, (x, y)
    centre_xy : 2 floats, pixels, (x, y)

    Returns
    -------
    K : (3, 3) float64, pixels

    Raises
    ------
    ValueError
        A focal length is not positive.

    Examples
    --------
    >>> intrinsic_matrix((500, 400), (320, 240))
    array([[500.,   0., 320.],
           [  0., 400., 240.],
           [  0.,   0.,   1.]])
    """
    focal_x, focal_y = focal_xy
    centre_x, centre_y = centre_xy
    if not (focal_x > 0 and focal_y > 0):
        raise ValueError(f"focal lengths are positive, in pixels; these are {focal_x:g} and {focal_y:g}")
    return np.array([[focal_x, 0, centre_x], [0, focal_y, centre_y], [0, 0, 1]], dtype=np.float64)


def project(points_xyz: np.ndarray, intrinsics: np.ndarray) -> np.ndarray:
    """The pixels at which points in front of the camera are seen: z (u, v, 1) = K (x, y, z).

    Source: lecture 1, "Pinhole camera model". Agrees with `cv2.projectPoints` without distortion.

    Parameters
    ----------
    points_xyz : (N, 3) float, any unit of length, (x, y, z) in the camera's frame
    intrinsics : (3, 3) float, pixels

    Returns
    -------
    points_uv : (N, 2) float64, pixels, (u to the right, v down)

    Raises
    ------
    ValueError
        A point has no positive depth: it lies behind the camera, or in its plane.

    Examples
    --------
    A point 2 m ahead and 1 m to the right; then the same one twice as far away.

    >>> K = intrinsic_matrix((500, 500), (320, 240))
    >>> project(np.array([[1.0, 0.0, 2.0], [1.0, 0.0, 4.0]]), K)
    array([[570., 240.],
           [445., 240.]])
    """
    points_xyz = np.asarray(points_xyz, dtype=np.float64)
    _check_depths(points_xyz[:, 2])
    homogeneous = points_xyz @ intrinsics.T
    points_uv: np.ndarray = homogeneous[:, :2] / homogeneous[:, 2:]
    return points_uv


def back_project(points_uv: np.ndarray, depths: np.ndarray, intrinsics: np.ndarray) -> np.ndarray:
    """The points in space that are seen at these pixels, at these depths: z K⁻¹ (u, v, 1).

    Source: lecture 1, "Pinhole camera model", solved for (x, y, z). The inverse of `project`.

    Parameters
    ----------
    points_uv : (N, 2) float, pixels, (u, v)
    depths : (N,) float, any unit of length, along z (not along the ray)
    intrinsics : (3, 3) float, pixels

    Returns
    -------
    points_xyz : (N, 3) float64, the unit of `depths`, (x, y, z)

    Raises
    ------
    ValueError
        A depth is not positive.

    Examples
    --------
    >>> K = intrinsic_matrix((500, 500), (320, 240))
    >>> back_project(np.array([[570.0, 240.0]]), np.array([2.0]), K)
    array([[1., 0., 2.]])
    """
    points_uv = np.asarray(points_uv, dtype=np.float64)
    depths = np.asarray(depths, dtype=np.float64)
    _check_depths(depths)
    homogeneous = np.column_stack([points_uv, np.ones(len(points_uv))])
    rays = np.linalg.solve(intrinsics, homogeneous.T).T
    return depths[:, None] * rays


def _check_depths(depths: np.ndarray) -> None:
    wrong = np.flatnonzero(~(depths > 0))
    if len(wrong):
        raise ValueError(
            f"point {wrong[0]} has depth {depths[wrong[0]]:g}: a camera sees only what lies before it (z > 0)"
        )
