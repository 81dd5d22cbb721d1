"""Simulated scanners, copiers and telephones: what becomes of a page's picture on the way to a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

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


def take(page: np.ndarray, px_per_mm: float, scan: Scan, chance: np.random.Generator) -> np.ndarray:
    """The file's picture, (height, width) uint8 grey, of a page, (height, width) float32 from 0, black, to 1."""
    picture = _warp(page, px_per_mm, scan)
    out_px_per_mm = scan.dpi / 25.4
    picture = cv2.GaussianBlur(picture, (0, 0), max(0.1, scan.blur_mm * out_px_per_mm))
    if scan.copied:
        picture = _copy(picture, chance)
    picture = scan.black + (scan.white - scan.black) * picture
    if scan.shadow:
        picture *= _light(picture.shape, scan.shadow, chance)
    picture += chance.normal(0, scan.noise, picture.shape).astype(np.float32)
    grey = np.clip(picture * 255, 0, 255).astype(np.uint8)
    return cv2.imdecode(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, scan.quality])[1], cv2.IMREAD_GRAYSCALE)


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
    return cv2.remap(page, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=ground)


def _copy(picture: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """A copier: hard contrast, a grey veil, and specks of toner."""
    picture = 1 / (1 + np.exp(-(picture - 0.62) * 11))
    specks = chance.random(picture.shape, np.float32) > 0.99995
    dirt = cv2.dilate(specks.astype(np.uint8), np.ones((2, 2), np.uint8)).astype(np.float32)
    return np.clip(picture * (1 - 0.8 * dirt), 0, 1).astype(np.float32)


def _light(shape: tuple[int, ...], depth: float, chance: np.random.Generator) -> np.ndarray:
    """A shadow with a soft edge, and light that falls off to one side."""
    y, x = np.mgrid[0:1:64j, 0:1:48j]
    angle = chance.uniform(0, 2 * np.pi)
    along = np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5) - chance.uniform(-0.3, 0.3)
    light = 1 - depth / (1 + np.exp(-along / chance.uniform(0.02, 0.15))) - 0.15 * along
    return cv2.resize(light.astype(np.float32), shape[::-1], interpolation=cv2.INTER_LINEAR)
