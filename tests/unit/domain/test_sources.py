"""Where reports come from, in a bounded number of names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.sources import (
    CHANNELS,
    MEDIA,
    in_the_city,
    name_of,
    place_of,
    source_class,
    source_of,
)
from tests.fakes.engine import SHIPPED, Engine

SUKASARI = "36.71.01.1007"


@pytest.mark.parametrize(
    "source, counted",
    [
        ("web", "web"),
        ("112", "112"),
        ("Telepon", "telepon"),
        ("119", "telepon"),
        ("surat", "loket"),
        ("sp4n-lapor", "sp4n"),
        ("open311.jaki", "open311"),
        ("sensor.tma-07", "sensor"),
        ("ios", "app"),
        (f"poster-{SUKASARI}", f"poster-{SUKASARI}"),
        (f"tiang-{SUKASARI}", f"tiang-{SUKASARI}"),
        ("poster", "poster"),
        (f"spanduk-{SUKASARI}", "other"),
        ("whatever", "other"),
        ("", "other"),
    ],
)
def test_a_source_counts_under_its_class(source, counted):
    assert source_class(source) == counted


@given(st.text(max_size=40))
def test_whatever_is_written_falls_into_a_known_class(source):
    found = source_class(source)
    assert found in CHANNELS or found in MEDIA or place_of(found) is not None
    assert source_class(found) == found


@pytest.mark.parametrize("medium", MEDIA)
def test_what_a_code_carries_counts_for_its_medium_and_kelurahan(medium):
    source = source_of(medium, SUKASARI)
    assert place_of(source_class(source)) == (medium, SUKASARI)
    assert len(source) <= 40


def test_a_code_of_no_real_place_counts_for_its_medium_alone():
    known = SHIPPED.areas.__contains__
    assert in_the_city("poster-99.99.99.9999", known) == "poster"
    assert in_the_city(f"poster-{SUKASARI}", known) == f"poster-{SUKASARI}"
    assert in_the_city("web", known) == "web"


def test_filing_lets_no_place_through_that_does_not_exist():
    engine = Engine("2027-04-05T10:00:00+07:00")
    made_up = engine.filed(source="kartu-36.71.01.9999").report
    assert made_up.source == "kartu"
    assert engine.filed(source=f"kartu-{SUKASARI}").report.source == f"kartu-{SUKASARI}"


def test_classes_have_names_in_both_languages():
    assert name_of(f"halte-{SUKASARI}", SHIPPED.areas.name) == {
        "id": "Pelat halte, Kel. Sukasari",
        "en": "Plate at a bus stop, Kel. Sukasari",
    }
    assert name_of("112", SHIPPED.areas.name)["en"] == "Calls to 112"
    assert name_of("poster", SHIPPED.areas.name) == {"id": "Poster", "en": "Poster"}
