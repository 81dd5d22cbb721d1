"""Simulated scanners, copiers and telephones: what becomes of a page's picture on the way to a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from .pens import LUMINANCE

Device = Literal["scanner", "feeder", "copier", "telephone"]
DEVICES: tuple[Device, ...] = ("scanner", "feeder", "copier", "telephone")


@dataclass(frozen=True)
class Scan:
    """How a page is taken: lengths in millimetres on the paper, light from 0 to 1."""

    dpi: float = 200.0
    turned_deg: float = 0.0
    scale: float = 1.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    feed_mm: float = 0.0
    """How far the paper is ahead or behind in the middle of its way."""
    perspective: float = 0.0
    """How much nearer one edge is than the other, as a share."""
    margin_mm: float = 0.0
    """What is seen round the paper."""
    blur_mm: float = 0.05
    noise: float = 0.02
    black: float = 0.1
    white: float = 0.95
    shadow: float = 0.0
    copied: bool = False
    quality: int = 90
    """Of the JPEG."""
    coloured: bool = False
    """Whether the file has colours, where the page has."""
    clip: float = 1.0
    """From here the scanner writes pure white."""
    threshold: float | None = None
    """Of a scan in black and white: what is darker becomes black."""
    sharpened: float = 0.0
    """How much of a blurred picture is taken away again, as scanners do."""
    gamma: float = 1.0


def some_scan(device: Device, chance: np.random.Generator) -> Scan:
    """A page as this kind of device takes it."""
    plain = Scan(
        dpi=float(chance.choice([150, 200, 300], p=[0.2, 0.65, 0.15])),
        turned_deg=float(chance.normal(0, 0.7)) + (180.0 if chance.random() < 0.15 else 0.0),
        scale=float(chance.uniform(0.97, 1.02)),
        shift_mm=(float(chance.normal(0, 1.5)), float(chance.normal(0, 1.5))),
        blur_mm=float(chance.uniform(0.03, 0.09)),
        noise=float(chance.uniform(0.005, 0.03)),
        black=float(chance.uniform(0.0, 0.25)),
        white=float(chance.uniform(0.85, 1.0)),
        quality=int(chance.integers(60, 96)),
    )
    match device:
        case "feeder":
            return replace(
                plain, feed_mm=float(chance.normal(0, 0.5)), turned_deg=plain.turned_deg + float(chance.normal(0, 0.8))
            )
        case "copier":
            return replace(plain, copied=True, blur_mm=0.06, quality=85)
        case "telephone":
            return replace(
                plain,
                dpi=float(chance.uniform(170, 260)),
                turned_deg=float(np.clip(chance.normal(0, 2), -4, 4)),
                perspective=float(chance.normal(0, 0.06)),
                margin_mm=12.0,
                feed_mm=float(chance.normal(0, 0.2)),
                blur_mm=float(chance.uniform(0.06, 0.13)),
                shadow=float(chance.uniform(0.1, 0.5)),
                black=float(chance.uniform(0.1, 0.3)),
                scale=1.0,
            )
    return plain


MEASURING: Mapping[str, Scan] = {
    "grey 150": Scan(dpi=150, turned_deg=0.4, noise=0.012, black=0.06, white=0.93, quality=75, blur_mm=0.07),
    "grey 150, JPEG 30": Scan(dpi=150, turned_deg=-0.7, noise=0.015, black=0.1, white=0.9, quality=30, blur_mm=0.06),
    "grey 200": Scan(dpi=200, turned_deg=180.6, noise=0.018, black=0.12, white=0.96, quality=80, feed_mm=0.5),
    "grey 200, sharpened": Scan(dpi=200, turned_deg=-0.3, noise=0.02, white=0.92, sharpened=0.8, quality=70),
    "grey 300": Scan(dpi=300, turned_deg=0.9, noise=0.025, black=0.05, white=0.94, quality=85, gamma=1.2),
    "grey paper": Scan(dpi=200, turned_deg=0.2, noise=0.02, black=0.15, white=0.7, quality=80, feed_mm=-0.6),
    "colour 200": Scan(dpi=200, turned_deg=-0.5, noise=0.015, white=0.95, quality=80, coloured=True),
    "colour 150, JPEG 50": Scan(dpi=150, turned_deg=0.3, noise=0.02, white=0.92, quality=50, coloured=True),
    "black and white": Scan(dpi=200, turned_deg=0.4, noise=0.02, threshold=0.5),
    "black and white, 300": Scan(dpi=300, turned_deg=-0.4, noise=0.03, threshold=0.6),
    "clipped to white": Scan(dpi=200, turned_deg=0.5, noise=0.01, white=0.93, clip=0.8, quality=80),
    "blurred": Scan(dpi=150, turned_deg=0.3, noise=0.015, white=0.93, blur_mm=0.33, quality=70),
}
"""Devices on which nothing was chosen: the reader is measured on them."""
GREY = ("grey 150", "grey 150, JPEG 30", "grey 200", "grey 200, sharpened", "grey 300", "grey paper")
COLOUR = ("colour 200", "colour 150, JPEG 50")
POOR = ("black and white", "black and white, 300", "clipped to white", "blurred")
"""Those whose pages cannot show a pale tick."""


def take(page: np.ndarray, px_per_mm: float, scan: Scan, chance: np.random.Generator) -> np.ndarray:
    """The file's picture, uint8 grey or RGB, of a page, (height, width) or (height, width, 3) float32, 0 is black."""
    picture = _warp(page, px_per_mm, scan)
    out_px_per_mm = scan.dpi / 25.4
    picture = cv2.GaussianBlur(picture, (0, 0), max(0.1, scan.blur_mm * out_px_per_mm))
    if scan.copied:
        picture = _copy(picture, chance)
    picture = scan.black + (scan.white - scan.black) * picture
    if scan.shadow:
        light = _light(picture.shape[:2], scan.shadow, chance)
        picture *= light[:, :, None] if picture.ndim == 3 else light
    picture += chance.normal(0, scan.noise, picture.shape).astype(np.float32)
    if scan.sharpened:
        picture += scan.sharpened * (picture - cv2.GaussianBlur(picture, (0, 0), 0.2 * out_px_per_mm))
    picture = np.clip(picture / scan.clip, 0, 1) ** scan.gamma
    if picture.ndim == 3 and not scan.coloured:
        picture = picture @ np.array(LUMINANCE, np.float32)
    if scan.threshold is not None:
        return np.where(picture < scan.threshold, 0, 255).astype(np.uint8)
    told = np.asarray(picture * 255, np.uint8)
    flag = cv2.IMREAD_COLOR if told.ndim == 3 else cv2.IMREAD_GRAYSCALE
    kept = cv2.imdecode(cv2.imencode(".jpg", told[..., ::-1] if told.ndim == 3 else told,
                                     [cv2.IMWRITE_JPEG_QUALITY, scan.quality])[1], flag)  # fmt: skip
    return np.ascontiguousarray(kept[..., ::-1]) if kept.ndim == 3 else kept


def _warp(page: np.ndarray, px_per_mm: float, scan: Scan) -> np.ndarray:
    """Every pixel of the file from where it lies on the page; computed for one in eight, and filled in between."""
    width_mm, height_mm = page.shape[1] / px_per_mm, page.shape[0] / px_per_mm
    out = scan.dpi / 25.4
    size = tuple(round((side + 2 * scan.margin_mm) * out) for side in (width_mm, height_mm))
    columns, rows = (np.linspace(0, side, side // 8 + 2, dtype=np.float64) for side in size)
    x, y = np.meshgrid(columns / out - scan.margin_mm, rows / out - scan.margin_mm)
    x, y = x - width_mm / 2 - scan.shift_mm[0], y - height_mm / 2 - scan.shift_mm[1]
    near = 1 + scan.perspective * (y / height_mm) + 0.5 * scan.perspective * (x / width_mm)
    x, y = x * near / scan.scale, y * near / scan.scale
    angle = np.deg2rad(scan.turned_deg)
    x, y = np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y
    y = y + scan.feed_mm * np.sin(np.pi * (y / height_mm + 0.5))
    x = x + 0.4 * scan.feed_mm * np.sin(np.pi * (y / height_mm + 0.5))
    maps = [
        cv2.resize((half + place).astype(np.float32), size, interpolation=cv2.INTER_LINEAR) * px_per_mm - 0.5
        for place, half in ((x, width_mm / 2), (y, height_mm / 2))
    ]
    ground = 0.35 if scan.margin_mm else 1.0
    return cv2.remap(page, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(ground,) * 3)


def _copy(picture: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """A copier: hard contrast, a grey veil, and specks of toner."""
    picture = 1 / (1 + np.exp(-(picture - 0.62) * 11))
    specks = chance.random(picture.shape[:2], np.float32) > 0.99995
    dirt = cv2.dilate(specks.astype(np.uint8), np.ones((2, 2), np.uint8)).astype(np.float32)
    dirt = dirt[:, :, None] if picture.ndim == 3 else dirt
    return np.clip(picture * (1 - 0.8 * dirt), 0, 1).astype(np.float32)


def _light(shape: tuple[int, ...], depth: float, chance: np.random.Generator) -> np.ndarray:
    """A shadow with a soft edge, and light that falls off to one side."""
    y, x = np.mgrid[0:1:64j, 0:1:48j]
    angle = chance.uniform(0, 2 * np.pi)
    along = np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5) - chance.uniform(-0.3, 0.3)
    light = 1 - depth / (1 + np.exp(-along / chance.uniform(0.02, 0.15))) - 0.15 * along
    return cv2.resize(light.astype(np.float32), shape[::-1], interpolation=cv2.INTER_LINEAR)
