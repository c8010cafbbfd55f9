"""What leaves the darkroom: pixels only; and what an image library costs stays out of the API."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chalicelib.adapters.darkroom import PillowDarkroom
from chalicelib.domain.images import JPEG, KINDS, PictureRefused, markers, parts, sniff
from chalicelib.services.photos import Box
from infra.policies import FUNCTIONS
from tests.fakes.pictures import HERE, exif, jpeg, png, scene, webp

ROOT = Path(__file__).parents[3]
DARKROOM = PillowDarkroom()
TAKEN = {"taken": "2027-04-05T13:30:00", "point": HERE, "software": "Contoh 14"}


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("data", [jpeg(scene(1), **TAKEN), webp(scene(1), **TAKEN), png(scene(1))])
def test_t17_copies_are_made_anew_and_hold_no_metadata(data):
    picture = DARKROOM.develop(data, sniff(data))
    for copy in picture.copies.values():
        image = opened(copy)
        assert image.format == "JPEG"
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }
        assert b"Contoh" not in copy
    assert opened(picture.copies["large"]).width <= 1600
    assert opened(picture.copies["small"]).width == 320


def test_time_and_place_are_read_before_they_are_stripped():
    picture = DARKROOM.develop(jpeg(scene(1), **TAKEN), JPEG)
    assert picture.taken_at is not None
    assert picture.taken_at.isoformat() == "2027-04-05T06:30:00+00:00"
    assert picture.point == pytest.approx(HERE, abs=1e-5)
    assert picture.software == "Contoh 14"


def test_a_camera_that_names_no_zone_is_in_the_city():
    picture = DARKROOM.develop(jpeg(scene(1), taken="2027-04-05T13:30:00", offset=""), JPEG)
    assert picture.taken_at and picture.taken_at.hour == 6


def test_a_covered_place_cannot_be_read_again():
    copy = DARKROOM.develop(jpeg(scene(1)), JPEG).copies["large"]
    made = DARKROOM.cover(copy, [Box(0.25, 0.25, 0.5, 0.5)])
    image = opened(made["large"])
    middle = image.crop(
        (int(image.width * 0.3), int(image.height * 0.3), int(image.width * 0.7),
         int(image.height * 0.7))
    )  # fmt: skip
    assert max(high - low for low, high in middle.getextrema()) <= 8
    assert max(high - low for low, high in image.getextrema()) > 100


def test_nonsense_in_the_metadata_counts_as_absent():
    odd = exif("2027-04-05T13:30:00", (91.5, 200.0), gps_day="not a day")
    odd.get_ifd(0x8769)[0x9003] = "9999:99:99 99:99:99"
    out = io.BytesIO()
    scene(1).save(out, "JPEG", exif=odd)
    picture = DARKROOM.develop(out.getvalue(), JPEG)
    assert (picture.taken_at, picture.point, picture.gps_at) == (None, None, None)


GOOD = dict(
    zip(
        KINDS,
        (jpeg(scene(1)), png(scene(1).resize((60, 40))), webp(scene(1).resize((60, 40)))),
        strict=True,
    )
)


@settings(deadline=None)
@given(st.sampled_from(KINDS), st.data())
def test_damage_anywhere_is_refused_or_harmless(kind, data):
    """Whatever bytes change, the outcome is a picture or a refusal, never another fault."""
    broken = bytearray(GOOD[kind][:4000])
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = sniff(bytes(broken))
        markers(bytes(broken), found)
        DARKROOM.develop(bytes(broken), found)
    except PictureRefused as refused:
        assert refused.code in {"not_a_picture", "polyglot", "damaged", "too_many_pixels"}


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(KINDS))
def test_following_a_file_ends_whatever_it_says(data, kind):
    assert len(list(parts(data, kind))) <= 300


def test_importing_the_app_loads_no_image_library():
    code = "import sys, app; print('PIL' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]


def test_only_functions_for_media_get_the_layer_with_image_libraries():
    users = {name for name, row in FUNCTIONS.items() if "media" in row.layers}
    assert "media" in users
    assert not users & {"api_handler", "reveal", "send", "fire", "arm", "dispatch", "sweep"}


def test_image_libraries_are_no_requirement_of_the_other_functions():
    words = ("pillow", "opencv", "numpy")
    assert not any(word in (ROOT / "requirements.txt").read_text().lower() for word in words)


def test_only_the_darkroom_imports_an_image_library():
    users = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "chalicelib").rglob("*.py")
        if "from PIL" in path.read_text() or "import PIL" in path.read_text()
    }
    assert users == {"chalicelib/adapters/darkroom.py"}
