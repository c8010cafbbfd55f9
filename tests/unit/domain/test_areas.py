"""Where a place lies: nearest reference point, reach, names."""

import json
import math
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.areas import (
    OUTSIDE,
    REACH_M,
    AreaIndex,
    Areas,
    Place,
    distance_m,
    rounded,
)

DATA = Path(__file__).parents[3] / "chalicelib" / "data"

POINTS = [
    ["36.71.01.1001", -6.16955, 106.63397],
    ["36.71.01.1001", -6.1766, 106.62972],
    ["36.71.01.1003", -6.171918, 106.652279],
    ["36.71.04.1003", -6.125, 106.69],
    ["luar", -6.16, 106.60],
]
AREAS = {
    "kecamatan": [
        {"code": "36.71.02", "name": "Jatiuwung", "population": 121493, "zone": "Barat"},
        {"code": "36.71.09", "name": "Cibodas", "population": 151815, "zone": "Barat"},
    ],
    "kelurahan": [
        {"code": "36.71.09.1001", "name": "Cibodas", "kecamatan": "36.71.09"},
        {"code": "36.71.09.1002", "name": "Cibodas Sari", "kecamatan": "36.71.09"},
        {"code": "36.71.09.1006", "name": "Jatiuwung", "kecamatan": "36.71.09"},
        {"code": "36.71.02.1001", "name": "Keroncong", "kecamatan": "36.71.02"},
        {"code": "36.71.11.1006", "name": "Kelapa Dua", "kecamatan": "36.71.11"},
    ],
}


@pytest.fixture
def index():
    return AreaIndex(POINTS)


@pytest.fixture
def areas():
    return Areas.from_dict(AREAS)


def test_a_place_belongs_to_the_kelurahan_of_the_nearest_point(index):
    assert index.locate(-6.1700, 106.6335) == Place("36.71.01.1001", "36.71.01")
    assert index.locate(-6.1715, 106.6500) == Place("36.71.01.1003", "36.71.01")


def test_a_place_nearest_to_a_point_outside_the_city_is_outside(index):
    assert index.locate(-6.1601, 106.6003) is OUTSIDE


@pytest.mark.parametrize(
    "lat, lon",
    [
        (-6.9, 107.6),  # Bandung
        (0.0, 0.0),
        (6.1700, 106.6335),  # the sign of the latitude lost
        (106.6335, -6.1700),  # latitude and longitude exchanged
        (math.nan, 106.6),
        (-6.17, math.inf),
    ],
)
def test_what_is_far_away_or_no_place_is_outside(index, lat, lon):
    assert index.locate(lat, lon) is OUTSIDE


def test_reach_ends_about_one_and_a_half_kilometres_from_the_last_point(index):
    degrees = REACH_M / 111_195
    assert index.locate(-6.125 + degrees * 0.98, 106.69) == Place("36.71.04.1003", "36.71.04")
    assert index.locate(-6.125 + degrees * 1.02, 106.69) is OUTSIDE


def test_points_are_read_at_the_first_lookup_and_once():
    reads = []

    def read():
        reads.append(1)
        return POINTS

    index = AreaIndex(read)
    assert reads == []
    index.locate(-6.17, 106.63)
    index.locate(-6.18, 106.64)
    assert reads == [1]


@given(
    st.floats(-6.30, -6.05),
    st.floats(106.50, 106.80),
    st.lists(
        st.tuples(st.floats(-6.30, -6.05), st.floats(106.50, 106.80)), min_size=1, max_size=30
    ),
)
def test_the_grid_finds_what_looking_at_every_point_finds(lat, lon, places):
    points = [[f"36.71.01.{1000 + i}", *place] for i, place in enumerate(places)]
    scale = math.cos(math.radians(6.17))

    def away(point):
        return math.hypot(point[1] - lat, (point[2] - lon) * scale) * 111_195.08

    nearest = min(points, key=away)
    found = AreaIndex(points).locate(lat, lon)
    if away(nearest) > REACH_M + 1:
        assert found is OUTSIDE
    elif away(nearest) < REACH_M - 1:
        codes = {point[0] for point in points if away(point) <= away(nearest) + 0.001}
        assert found.kelurahan in codes


def test_every_reference_point_of_the_city_lies_in_its_own_area_within_a_millisecond():
    points = json.loads((DATA / "area_points.json").read_text())
    index = AreaIndex({"points": points})
    index.locate(*points[0][1:])
    started = time.perf_counter()
    found = [index.locate(lat, lon) for _, lat, lon in points]
    took = (time.perf_counter() - started) / len(points)
    codes = ["luar" if place is OUTSIDE else place.kelurahan for place in found]
    assert codes == [code for code, _, _ in points]
    assert took < 0.001


def test_distances_along_a_meridian_and_a_parallel():
    degree = math.pi * 6_371_008.8 / 180
    assert distance_m((-6, 106.63), (-7, 106.63)) == pytest.approx(degree)
    parallel = 0.01 * degree * math.cos(math.radians(6.17))
    assert distance_m((-6.17, 106.63), (-6.17, 106.64)) == pytest.approx(parallel, rel=1e-6)
    assert distance_m((-6.17, 106.63), (-6.17, 106.63)) == 0


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_distance_is_symmetric_and_at_most_half_the_earth(lat_a, lon_a, lat_b, lon_b):
    there = distance_m((lat_a, lon_a), (lat_b, lon_b))
    assert there == pytest.approx(distance_m((lat_b, lon_b), (lat_a, lon_a)))
    assert 0 <= there <= math.pi * 6_371_009


def test_rounding_moves_a_sensitive_place_to_a_grid_of_about_a_kilometre():
    assert rounded(-6.17234, 106.63876) == (-6.17, 106.64)


@pytest.mark.parametrize(
    "text, code",
    [
        ("Cibodas Sari", "36.71.09.1002"),
        ("  cibodassari ", "36.71.09.1002"),
        ("CIBODAS  SARI", "36.71.09.1002"),
        ("Kel. Cibodas Sari", "36.71.09.1002"),
        ("kelurahan cibodas", "36.71.09.1001"),
        ("36.71.09.1006", "36.71.09.1006"),
        ("3671091006", "36.71.09.1006"),
        ("Jatiuwung", "36.71.09.1006"),  # the kelurahan, which lies in kecamatan Cibodas
        ("Jatiuwung, Cibodas", "36.71.09.1006"),
        ("Kel Jatiuwung (Kec. Cibodas)", "36.71.09.1006"),
        ("Kelapa Dua", "36.71.11.1006"),  # "Kel" is part of the name here
    ],
)
def test_a_kelurahan_is_found_by_name_or_code(areas, text, code):
    assert areas.resolve_name(text).code == code


@pytest.mark.parametrize(
    "text", ["", "Kel.", "Bandung", "Kec. Jatiuwung", "Jatiuwung, Jatiuwung", "36.71.09"]
)
def test_what_is_no_kelurahan_is_not_found(areas, text):
    assert areas.resolve_name(text) is None


def test_a_name_borne_by_both_levels_yields_both_and_the_level_decides(areas):
    assert {area.code for area in areas.matches("jatiuwung")} == {"36.71.02", "36.71.09.1006"}
    assert areas.resolve_name("Kec. Jatiuwung", "kecamatan").code == "36.71.02"


def test_a_name_borne_by_two_kelurahan_needs_its_kecamatan():
    twins = {
        "kecamatan": AREAS["kecamatan"],
        "kelurahan": [
            *AREAS["kelurahan"],
            {"code": "36.71.02.1009", "name": "Cibodas Sari", "kecamatan": "36.71.02"},
        ],
    }
    areas = Areas.from_dict(twins)
    assert areas.resolve_name("Cibodas Sari") is None
    assert areas.resolve_name("Cibodas Sari, Kec. Jatiuwung").code == "36.71.02.1009"


def test_every_area_of_the_city_is_found_by_its_name():
    areas = Areas.from_dict(json.loads((DATA / "areas.json").read_text()))
    kelurahan = areas.all("kelurahan")
    assert (len(areas.all("kecamatan")), len(kelurahan)) == (13, 104)
    assert [areas.resolve_name(area.name.upper()) for area in kelurahan] == list(kelurahan)
    assert {areas.get(area.kecamatan).level for area in kelurahan} == {"kecamatan"}


def test_names_and_lists(areas):
    assert areas.name("36.71.02") == "Jatiuwung"
    assert areas.name("36.71.99") == "36.71.99"
    assert areas.name(None) == ""
    assert [area.name for area in areas.all("kecamatan")] == ["Jatiuwung", "Cibodas"]
    assert [area.code for area in areas.kelurahan_of("36.71.02")] == ["36.71.02.1001"]
    assert areas.get("36.71.02").population == 121493
    assert "36.71.02" in areas and "x" not in areas
