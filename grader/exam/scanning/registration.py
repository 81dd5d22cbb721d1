"""Finds a sheet in a picture by its four ArUco marks, and lays it flat: turned, in perspective, unevenly lit."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.exam.paper.identity import Identity, decode
from grader.exam.paper.sheet import (
    CELL_HEIGHT_MM,
    CELL_WIDTH_MM,
    CODE_COLUMNS,
    CODE_ROWS,
    MARK_MM,
    SIZES_MM,
    PaperName,
    code_origins_mm,
    mark_corners_mm,
)

PX_PER_MM = 8
"""Of a flat sheet: some 200 dpi."""
SEARCH_PX = (1400, 2400)
"""The longer side of the picture in which marks are looked for, and of a second, finer look."""
LEAST_MARKS = 3
FARTHEST_MM = 1.5
"""How far a mark's corner may be from where the others say that it is."""
GROUND_MM = 9
"""Ink narrower than this is no part of the paper's own brightness."""
_DARK = 0.5
_FINER = 1.4
"""Pictures with so many more pixels than a flat sheet are made coarser."""


@dataclass(frozen=True)
class Marks:
    """The registration marks of a picture."""

    found: dict[int, NDArray[np.float64]]
    """mark -> its corners, (4, 2), pixels, x y"""
    twice: bool
    """A mark is there more than once: two sheets in one picture."""


@dataclass(frozen=True)
class FlatSheet:
    """A sheet laid flat."""

    darkness: NDArray[np.float32]
    """(height, width), 0 is the paper and 1 the ink of the marks."""
    flat: NDArray[np.uint8]
    """(height, width), as a person looks at it."""
    seen: NDArray[np.bool_]
    """(height in mm, width in mm), what of it lies inside the picture."""


def darkest_colour(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One plane in which every ink is dark: of red, green and blue at each point the one that is absorbed most.

    A yellow highlighter absorbs only blue, which is a tenth of the luminance; a blue pen absorbs red most.

    Parameters
    ----------
    picture : (height, width, 3) uint8, red green blue, row column; or (height, width) uint8, grey

    Returns
    -------
    plane : (height, width) uint8, row column
        Each colour is first measured by that of the paper, which is taken to be as bright as the brightest colour.

    Examples
    --------
    >>> yellow_on_cream = np.full((64, 64, 3), (250, 240, 200), np.uint8)
    >>> yellow_on_cream[8:16, 8:16] = (250, 236, 80)
    >>> np.unique(darkest_colour(yellow_on_cream)).tolist()
    [100, 250]
    """
    if picture.ndim == 2:
        return picture
    paper = np.percentile(picture[::8, ::8].reshape(-1, 3), 90, axis=0)
    gain = paper.max() / np.maximum(paper, 1.0)
    planes = [cv2.LUT(plane, _scaled(float(by))) for plane, by in zip(cv2.split(picture), gain, strict=True)]
    return np.asarray(cv2.min(cv2.min(planes[0], planes[1]), planes[2]), np.uint8)


def _scaled(by: float) -> NDArray[np.uint8]:
    return np.asarray(np.clip(np.rint(np.arange(256) * by), 0, 255), np.uint8)


def find_marks(picture: NDArray[np.uint8]) -> Marks:
    """The registration marks in a picture.

    Parameters
    ----------
    picture : (height, width) uint8, grey, row column
        A scan or a photograph.

    Returns
    -------
    marks : Marks
        Those that were found; a second look, in finer detail, is taken where some are missing.

    Notes
    -----
    Garrido-Jurado et al. (2014), Automatic generation and detection of highly reliable fiducial markers under
    occlusion; OpenCV's detector, with corners refined below a pixel.

    Examples
    --------
    >>> find_marks(np.full((60, 40), 255, np.uint8)).found
    {}
    """
    marks = Marks({}, False)
    longer = max(picture.shape)
    for side in SEARCH_PX:
        marks = _look(picture, min(1.0, side / longer))
        if len(marks.found) == 4 or longer <= side:
            break
    return marks


def _look(picture: NDArray[np.uint8], scale: float) -> Marks:
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    parameters.adaptiveThreshWinSizeMin, parameters.adaptiveThreshWinSizeMax = 13, 33
    parameters.adaptiveThreshWinSizeStep = 20
    parameters.minMarkerPerimeterRate = 0.04
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    small = picture if scale == 1.0 else cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    corners, ids, _ = cv2.aruco.ArucoDetector(dictionary, parameters).detectMarkers(small)
    known = (
        [] if ids is None else [(int(id), corner) for id, corner in zip(ids.ravel(), corners, strict=True) if id < 4]
    )
    # The middle of a pixel, not its corner, is where a coordinate counts from.
    found = {id: (corner.reshape(4, 2).astype(np.float64) + 0.5) / scale - 0.5 for id, corner in known}
    return Marks(found, twice=len(known) > len(found))


def fit_sheet(marks: Marks, paper: PaperName) -> NDArray[np.float64] | None:
    """The homography from a sheet to the picture, by least squares over the corners of the marks.

    Parameters
    ----------
    marks : Marks
        At least three.
    paper : PaperName
        The paper's name.

    Returns
    -------
    homography : (3, 3) float64, millimetres to pixels, x y, or None
        None where marks are missing, or do not lie as they do on such a sheet.

    Examples
    --------
    >>> corners = mark_corners_mm("a4")
    >>> (np.round(fit_sheet(Marks({n: 8 * corners[n] for n in range(4)}, False), "a4"), 6) + 0.0).tolist()
    [[8.0, 0.0, 0.0], [0.0, 8.0, 0.0], [0.0, 0.0, 1.0]]
    """
    if len(marks.found) < LEAST_MARKS:
        return None
    names = sorted(marks.found)
    corners_mm = mark_corners_mm(paper)[names].reshape(-1, 2)
    corners_xy = np.concatenate([marks.found[name] for name in names])
    found, _ = cv2.findHomography(corners_mm, corners_xy, 0)
    if found is None:
        return None
    homography = np.asarray(found, np.float64)
    back = cv2.perspectiveTransform(corners_xy[None], np.linalg.inv(homography))[0]
    return homography if np.abs(back - corners_mm).max() <= FARTHEST_MM else None


def read_identity(picture: NDArray[np.uint8], homography: NDArray[np.float64], paper: PaperName) -> Identity | None:
    """What the sheet's code says: the same above and below, or one of them where the other cannot be read.

    Parameters
    ----------
    picture : (height, width) uint8, grey, row column
    homography : (3, 3) float64, millimetres to pixels, x y
    paper : PaperName
        The paper's name.

    Returns
    -------
    identity : Identity or None
        None where neither can be read, or they differ.

    Examples
    --------
    >>> read_identity(np.full((300, 210), 255, np.uint8), np.eye(3), "a4") is None
    True
    """
    read: set[Identity] = set()
    for left, top in code_origins_mm(paper):
        room = ((left - 2.0, top - 2.0), (CODE_COLUMNS * CELL_WIDTH_MM + 4.0, CODE_ROWS * CELL_HEIGHT_MM + 4.0))
        grey = cv2.GaussianBlur(lay_flat(picture, homography, *room), (0, 0), 2.0)
        # Above and below every cell there is paper, whatever shadow lies on it.
        paper_grey = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((grey.shape[0], 9), np.uint8))
        strip = grey / np.maximum(paper_grey, 1.0)
        rows = ((np.arange(CODE_ROWS) + 0.5) * CELL_HEIGHT_MM + 2.0) * PX_PER_MM
        columns = ((np.arange(CODE_COLUMNS) + 0.5) * CELL_WIDTH_MM + 2.0) * PX_PER_MM
        cells = strip[rows.astype(int)][:, columns.astype(int)]
        low, high = np.percentile(strip, (5, 95))
        identity = decode(cells < low + _DARK * (high - low))
        read |= {identity} if identity is not None else set()
    return read.pop() if len(read) == 1 else None


def flatten(picture: NDArray[np.uint8], homography: NDArray[np.float64], paper: PaperName) -> FlatSheet:
    """The sheet seen from above, 8 pixels to the millimetre, its light evened out.

    Parameters
    ----------
    picture : (height, width) uint8, grey, row column
    homography : (3, 3) float64, millimetres to pixels, x y
    paper : PaperName
        The paper's name.

    Returns
    -------
    sheet : FlatSheet
        Brightness is divided by the paper's own, which is a morphological closing of the sheet, and measured by the
        black of the marks.

    Examples
    --------
    >>> blank = flatten(np.full((300, 210), 200, np.uint8), np.eye(3), "a4")
    >>> blank.darkness.shape, float(blank.darkness.max())
    ((2376, 1680), 0.0)
    """
    width, height = SIZES_MM[paper]
    flat = lay_flat(picture, homography, (0.0, 0.0), (width, height))
    size = (flat.shape[1] // PX_PER_MM, flat.shape[0] // PX_PER_MM)
    coarse = cv2.medianBlur(cv2.resize(flat, size, interpolation=cv2.INTER_AREA), 3)
    ground = cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, np.ones((GROUND_MM, GROUND_MM), np.uint8))
    ground = cv2.resize(cv2.blur(ground, (5, 5)), flat.shape[::-1], interpolation=cv2.INTER_LINEAR)
    even = np.asarray(cv2.divide(flat, ground, scale=255), np.uint8)
    black = _black_of_marks(even, paper)
    darkness = np.clip((255 - even.astype(np.float32)) / max(255.0 - black, 40.0), 0.0, 1.0)
    return FlatSheet(darkness, flat, _seen(picture, homography, size))


def coarsen(
    picture: NDArray[np.uint8], homography: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The picture and its homography, no finer than a flat sheet: what is left out would only be noise.

    Parameters
    ----------
    picture : (height, width) uint8, grey, row column
    homography : (3, 3) float64, millimetres to pixels, x y

    Returns
    -------
    picture : (height, width) uint8, grey, row column
        Each pixel is the mean of those that it stands for.
    homography : (3, 3) float64, millimetres to pixels, x y

    Examples
    --------
    >>> fine = np.diag([16.0, 16.0, 1.0])
    >>> coarse, homography = coarsen(np.zeros((64, 32), np.uint8), fine)
    >>> coarse.shape, homography.round(6).tolist()
    ((32, 16), [[8.0, 0.0, -0.25], [0.0, 8.0, -0.25], [0.0, 0.0, 1.0]])
    """
    detail = np.sqrt(abs(np.linalg.det(homography[:2, :2]))) / PX_PER_MM
    if detail < _FINER:
        return picture, homography
    scale = 1.0 / detail
    coarse = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    # Pixels count from their middles.
    shift = (scale - 1) / 2
    return np.asarray(coarse, np.uint8), np.array([[scale, 0, shift], [0, scale, shift], [0, 0, 1]]) @ homography


def _seen(picture: NDArray[np.uint8], homography: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Which square millimetres of the sheet, (row, column), lie inside the picture."""
    x, y = np.meshgrid(np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5)
    places = cv2.perspectiveTransform(np.stack([x, y], axis=-1).reshape(1, -1, 2), homography)[0]
    height, width = picture.shape
    inside = (places > -0.5) & (places < (width - 0.5, height - 0.5))
    return np.asarray(inside.all(axis=1).reshape(size[1], size[0]))


def lay_flat(
    picture: NDArray[np.uint8],
    homography: NDArray[np.float64],
    origin_mm: tuple[float, float],
    size_mm: tuple[float, float],
) -> NDArray[np.uint8]:
    """A part of the sheet from above, grey or in colour."""
    to_flat = _from_pixels(origin_mm, PX_PER_MM) @ np.linalg.inv(homography)
    size = (round(size_mm[0] * PX_PER_MM), round(size_mm[1] * PX_PER_MM))
    flat = cv2.warpPerspective(picture, to_flat, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(flat, np.uint8)


def _from_pixels(origin_mm: tuple[float, float], px_per_mm: float) -> NDArray[np.float64]:
    """From millimetres on the sheet to pixels of a part of it; a millimetre begins at the edge of a pixel."""
    x, y = origin_mm
    return np.array([[px_per_mm, 0, -x * px_per_mm - 0.5], [0, px_per_mm, -y * px_per_mm - 0.5], [0, 0, 1.0]])


def _black_of_marks(even: NDArray[np.uint8], paper: PaperName) -> float:
    """How dark ink is on this sheet: the median over the upper border of the marks."""
    medians = []
    for corners in mark_corners_mm(paper):
        x, y = (corners[0] * PX_PER_MM).astype(int)
        side, cell = int(MARK_MM * PX_PER_MM), int(MARK_MM * PX_PER_MM / 6)
        upper = even[y + 3 : y + cell - 3, x + 3 : x + side - 3]
        medians.append(float(np.median(upper)))
    return float(np.median(medians))
