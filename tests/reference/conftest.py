"""Synthetic pictures on which the references meet their oracles."""

import cv2
import numpy as np
import pytest


def draw_scene(height, width, seed):
    """Overlapping rectangles and discs of many sizes and gray levels, softened a little: corners, edges and blobs."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[:height, :width]
    scene = np.full((height, width), 90.0)
    for _ in range(height * width // 250):
        row, column = random.uniform(0, height), random.uniform(0, width)
        half_height, half_width = random.uniform(2, 14, 2)
        level = random.uniform(0, 255)
        if random.random() < 0.5:
            inside = (abs(rows - row) < half_height) & (abs(columns - column) < half_width)
        else:
            inside = (rows - row) ** 2 + (columns - column) ** 2 < half_height**2
        scene[inside] = level
    return cv2.GaussianBlur(scene, (0, 0), 0.8)


@pytest.fixture
def scene():
    """(120, 160) float64, from 0 to 255."""
    return draw_scene(120, 160, seed=1)


@pytest.fixture
def scene_bytes(scene):
    return scene.round().astype(np.uint8)


@pytest.fixture
def large_scene():
    """(240, 320) float64, from 0 to 255."""
    return draw_scene(240, 320, seed=2)


@pytest.fixture
def noise_bytes():
    return np.random.default_rng(3).integers(0, 256, (90, 70), dtype=np.uint8)
