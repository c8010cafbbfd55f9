"""Which place is meant by what somebody says on the telephone."""

from __future__ import annotations

import json

import pytest

from chalicelib.adapters.documents import DATA
from chalicelib.domain.areas import Areas
from chalicelib.domain.catalogue_checks import DocumentInvalid
from chalicelib.domain.places import check_places, completed, find, of_areas, of_rows

AREAS = Areas.from_dict(json.loads((DATA / "areas.json").read_text()))
SHIPPED = json.loads((DATA / "places.json").read_text())
PLACES = [*of_areas(AREAS), *of_rows(SHIPPED, AREAS)]
BY_ID = {one.id: one for one in PLACES}
KEBON_BESAR = "36.71.03.1005"
POLE = {
    "code": "tiang-pju-0412",
    "kind": "asset",
    "name": "PJU-0412",
    "areas": [KEBON_BESAR],
    "lat": -6.16,
    "lon": 106.68,
}


def named(said, most=6):
    return [(one.place.kind, one.place.name) for one in find(said, PLACES, most)]


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("kebon besar", ("kelurahan", "Kebon Besar")),
        ("di kebonbesar, pak, rumahnya kebakar", ("kelurahan", "Kebon Besar")),
        ("kebun besar", ("kelurahan", "Kebon Besar")),
        ("batu ceper", ("kelurahan", "Batuceper")),
        ("Karawachi", ("kelurahan", "Karawaci")),
        ("daan mog", ("road", "Jl. Daan Mogot")),
        ("jln daan mogot no 5 depan pom", ("road", "Jl. Daan Mogot")),
        ("depan rsud kota", ("health", "RSUD Kota Tangerang")),
        ("pintu air 10", ("water", "Pintu Air Sepuluh")),
        ("kreo", ("kelurahan", "Kreo")),
    ],
)
def test_what_is_said_in_any_spelling_leads_to_the_place(said, first):
    assert named(said)[0] == first


@pytest.mark.parametrize("said", ["", "  ", "a", "Gg. Kamboja 4", "12", "!!"])
def test_what_names_nothing_known_finds_nothing(said):
    assert named(said) == []


def test_more_of_a_name_may_be_to_come():
    assert ("kelurahan", "Kreo Selatan") in named("kreo")
    assert ("kelurahan", "Jurumudi Baru") not in named("depan pasar baru")


def test_a_number_is_never_nearly_right():
    pole = of_rows([POLE | {"name": "Tiang 10412"}], AREAS)
    assert find("tiang 10413", pole, 6)[0].share == 0.5
    assert find("tiang 10412", pole, 6)[0].sure


def test_a_road_is_narrowed_by_a_kelurahan_that_is_named_with_it():
    road = find("daan mogot kebon besar", PLACES, 6)[0].place
    assert (road.name, road.areas) == ("Jl. Daan Mogot", (KEBON_BESAR,))


def test_a_district_that_is_named_with_a_road_comes_first_and_hides_no_other():
    road = next(
        one.place for one in find("jl merdeka tangerang", PLACES, 6) if one.place.kind == "road"
    )
    assert set(road.areas) == set(BY_ID["jalan-merdeka"].areas)
    assert all(code.startswith("36.71.01") for code in road.areas[:8])


@pytest.mark.parametrize(
    ("said", "id", "address"),
    [
        ("daan mog", "jalan-daan-mogot", "Jl. Daan Mogot"),
        ("depan pom bensin", "jalan-daan-mogot", "Jl. Daan Mogot, depan pom bensin"),
        ("Jl Daan Mogot 12", "jalan-daan-mogot", "Jl Daan Mogot 12"),
        ("", "rsud-kota-tangerang", "RSUD Kota Tangerang"),
        ("gang masjid, kreo", "36.71.13.1004", "gang masjid, kreo"),
    ],
)
def test_the_address_names_the_place_and_keeps_what_was_said(said, id, address):
    assert completed(said, BY_ID[id]) == address
    assert completed(address, BY_ID[id]) == address


def test_the_shipped_list_and_a_pole_with_a_point_are_of_the_form():
    check_places([*SHIPPED, POLE], AREAS)
    assert of_rows([POLE], AREAS)[0].point == (-6.16, 106.68)
    assert all(one.areas for one in PLACES)


@pytest.mark.parametrize(
    "change",
    [
        {"code": "Dua Kata"},
        {"code": None},
        {"kind": "kelurahan"},
        {"name": ""},
        {"name": "Jl."},
        {"name": "x" * 101},
        {"aliases": "PJU"},
        {"aliases": [7]},
        {"areas": []},
        {"areas": ["36.71.99"]},
        {"lat": 96},
        {"lat": None},
        {"lon": "106"},
    ],
)
def test_what_cannot_be_a_place_is_refused(change):
    with pytest.raises(DocumentInvalid):
        check_places([POLE | change], AREAS)


def test_each_code_is_used_once():
    with pytest.raises(DocumentInvalid):
        check_places([POLE, POLE], AREAS)
