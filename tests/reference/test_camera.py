import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.camera import back_project, intrinsic_matrix, project

K = intrinsic_matrix((520.0, 515.0), (319.5, 239.5))


def test_points_are_seen_where_opencv_sees_them():
    points_xyz = np.random.default_rng(0).uniform([-3, -3, 0.5], [3, 3, 20], (200, 3))
    oracle, _ = cv2.projectPoints(points_xyz, np.zeros(3), np.zeros(3), K, None)
    np.testing.assert_allclose(project(points_xyz, K), oracle[:, 0], atol=1e-9)


@given(
    u=st.floats(-2000, 2000),
    v=st.floats(-2000, 2000),
    depth=st.floats(0.01, 1000),
    focal=st.floats(10, 5000),
)
def test_a_pixel_with_its_depth_comes_back_to_itself(u, v, depth, focal):
    intrinsics = intrinsic_matrix((focal, 1.2 * focal), (320, 240))
    points_xyz = back_project(np.array([[u, v]]), np.array([depth]), intrinsics)
    assert points_xyz[0, 2] == pytest.approx(depth)
    np.testing.assert_allclose(project(points_xyz, intrinsics), [[u, v]], atol=1e-8)


def test_a_pixel_is_a_ray_all_points_of_which_look_alike():
    ray = np.array([[0.3, -0.2, 1.0]])
    seen = project(np.vstack([ray, 2 * ray, 7.5 * ray]), K)
    np.testing.assert_allclose(seen, np.repeat(seen[:1], 3, axis=0), atol=1e-9)


def test_the_optical_axis_meets_the_image_at_the_optical_centre():
    np.testing.assert_allclose(project(np.array([[0.0, 0.0, 3.0]]), K), [[319.5, 239.5]])


@pytest.mark.parametrize("depth", [0.0, -1.0, float("nan")])
def test_a_point_behind_the_camera_is_refused_by_its_number(depth):
    with pytest.raises(ValueError, match=r"point 1 has depth .*: a camera sees only what lies before it \(z > 0\)"):
        project(np.array([[0, 0, 1], [0, 0, depth]]), K)
    with pytest.raises(ValueError, match="point 0 has depth"):
        back_project(np.array([[1.0, 1.0]]), np.array([depth]), K)


@pytest.mark.parametrize("focal_xy", [(500, 0), (0, 500), (500, -2)])
def test_a_focal_length_that_is_not_positive_is_refused(focal_xy):
    said = f"focal lengths are positive, in pixels; these are {focal_xy[0]} and {focal_xy[1]}"
    with pytest.raises(ValueError, match=said):
        intrinsic_matrix(focal_xy, (320, 240))


def test_a_focal_length_below_a_pixel_is_still_one():
    np.testing.assert_array_equal(np.diag(intrinsic_matrix((0.5, 0.5), (0, 0))), [0.5, 0.5, 1])
