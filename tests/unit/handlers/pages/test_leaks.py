"""The register of leaks as pages: entering one, its 3 × 24 hours, both notices, and its end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fakes.world import World
from tests.unit.handlers.pages.test_desk import post, signed_in


@pytest.fixture
def world():
    with World().running() as running:
        yield running


LEAK = {
    "known_at": "2027-04-05T08:00",
    "what": "Daftar pelapor terkirim ke alamat yang salah",
    "leaked.name": "1",
    "leaked.phone": "1",
    "people": "12",
    "report": "",
    "key": "0123456789abcdef0123456789abcdef",
}


def enter(world, **fields):
    return post(world, "/kebocoran", LEAK | fields, signed_in("inspektorat"), seen="/kebocoran")


def entry(world, number, user="inspektorat"):
    return world.get(f"/kebocoran/{number}", headers=signed_in(user)).body.decode()


def tell(world, number, **fields):
    path = f"/kebocoran/{number}"
    return post(world, path, fields, signed_in("inspektorat"), seen=path)


def test_a_leak_is_entered_once_and_its_clock_runs_from_when_it_was_known(world):
    answer = enter(world)
    assert answer.status == 303
    number = answer.headers["Location"].rpartition("/")[2]
    assert enter(world).headers["Location"] == f"/kebocoran/{number}"  # the same form sent twice
    html = entry(world, number)
    assert "Kamis, 8 April 2027 pukul 08.00 WIB" in html  # 72 hours on, holidays or not
    assert "70<small> jam</small>" in html and "Register kebocoran" in html
    assert world.engine.loaded(number).report.category == "WAS-05"


@pytest.mark.parametrize(
    "bad",
    [
        {"known_at": "2027-04-06T08:00"},
        {"known_at": "kemarin"},
        {"leaked.name": "", "leaked.phone": ""},
        {"what": ""},
        {"report": "bukan nomor"},
        {"people": "banyak"},
    ],
)
def test_what_cannot_be_is_refused_in_place_and_nothing_is_lost(world, bad):
    answer = enter(world, **bad)
    html = answer.body.decode()
    assert answer.status in (400, 422) and 'role="alert"' in html
    assert 'value="12"' in html or "people" in bad
    assert "Belum ada kebocoran" in html


def test_both_must_be_told_and_then_the_clock_has_ended(world):
    number = enter(world).headers["Location"].rpartition("/")[2]
    assert tell(world, number, whom="subjects", reference="").status == 422
    assert tell(world, number, whom="press", reference="1").status == 400
    assert tell(world, number, whom="subjects", reference="B/101/INSP").status == 303
    assert "Waktu berjalan" in entry(world, number)
    assert tell(world, number, whom="authority", reference="B/102/INSP").status == 303
    html = entry(world, number)
    assert "Sudah diberi tahu dalam waktunya" in html and 'name="reference"' not in html


def test_past_the_72_hours_the_entry_is_late_and_first_in_the_list(world):
    late = enter(world, known_at="2027-04-01T08:00", key="a" * 32).headers["Location"]
    fresh = enter(world).headers["Location"]
    world.engine.clock.at += timedelta(minutes=1)
    html = world.get("/kebocoran", headers=signed_in("inspektorat")).body.decode()
    assert html.index(late) < html.index(fresh)
    assert "row--late" in html
    assert "Batasnya lewat pada" in entry(world, late.rpartition("/")[2])


def test_the_auditor_reads_the_register_and_writes_nothing(world):
    number = enter(world).headers["Location"].rpartition("/")[2]
    assert number in world.get("/kebocoran", headers=signed_in("auditor")).body.decode()
    assert 'name="reference"' not in entry(world, number, "auditor")
    assert world.get("/kebocoran", headers=signed_in("operator")).status == 403
    unknown = world.get("/kebocoran/TL-7K3QX9MW", headers=signed_in("inspektorat"))
    assert unknown.status == 404
