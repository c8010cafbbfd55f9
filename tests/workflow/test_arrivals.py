"""From filing to somebody at the scene: per area and hour, against the target, none left out."""

from __future__ import annotations

import pytest

from chalicelib.services.projecting import Projector
from chalicelib.services.rebuilding import Rebuild
from tests.fakes.world import SUKARASA, World
from tests.unit.handlers.pages.test_desk import signed_in

FIRE = {"category": "DRT-01", "location": SUKARASA}


@pytest.fixture
def world():
    with World("2027-04-05T09:55:00+07:00").running() as running:
        yield running


def arrived(world, minutes, **place):
    """A fire, and its unit at the scene so many minutes later."""
    number = world.filed({**FIRE, **place})["number"]
    start = world.engine.clock.at
    from datetime import timedelta

    world.engine.run_until((start + timedelta(minutes=minutes)).isoformat())
    answer = world.act(number, "arrive", user="petugas.bpbd")
    assert answer.status == 200, answer.body
    return number


def test_the_target_is_held_per_area_and_hour_and_who_never_came_counts(world):
    arrived(world, 9)
    arrived(world, 31, location={"kelurahan": "36.71.07.1001"})  # filed at 10.04
    world.filed({**FIRE, "location": {"kelurahan": "36.71.07.1001"}})  # nobody comes
    world.engine.run_until("2027-04-05T11:00:00+07:00")
    world.filed(FIRE)  # still within its limit: nothing is known of it yet
    world.filed({"category": "INF-01", "location": SUKARASA})
    world.project()
    shown = world.get("/v1/statistics/arrivals").json
    assert shown["target_minutes"] == 15
    assert shown["total"] == {
        "key": "", "name": "", "emergencies": 3, "within_target": 1, "share": 1 / 3,
        "within_own_limit": 1, "half_minutes": 45, "nine_tenths_minutes": None,
    }  # fmt: skip
    areas = {one["name"]: (one["emergencies"], one["within_target"]) for one in shown["areas"]}
    assert areas == {"Tangerang": (1, 1), "Karawaci": (2, 0)}
    hours = {one["key"]: one["emergencies"] for one in shown["hours"]}
    assert hours == {"09": 1, "10": 2}
    assert world.get("/v1/statistics/arrivals?from=2027-05-01").json["total"] is None


def test_it_is_the_same_from_the_record_and_leaders_read_it(world):
    arrived(world, 9)
    world.project()
    assert (
        Rebuild(world.engine.store, world.views, Projector(world.views, world.engine.store.load))
        .compare()
        .equal
    )
    html = world.get("/pimpinan", headers=signed_in("walikota")).body.decode()
    assert "Dari laporan masuk sampai tiba di lokasi" in html
    assert "dalam 15 menit" in html.lower() and "100,0 %" in html


def test_a_check_in_far_from_the_place_needs_a_reason_and_keeps_both(world):
    number = world.filed(FIRE)["number"]
    far = {"lat": -6.2, "lon": 106.6319}
    refused = world.act(number, "arrive", far, user="petugas.bpbd")
    assert (refused.status, refused.code) == (422, "arrival_needs_reason")
    assert (refused.json["distance_m"], refused.json["allowed_m"]) == (2413, 150)
    told = world.act(number, "arrive", {**far, "reason": "Jalan tertutup"}, user="petugas.bpbd")
    assert told.status == 200
    event = world.engine.loaded(number).events[-1]
    assert (event.type, dict(event.data)) == (
        "on_scene", {"distance_m": 2413, "at_place": False},
    )  # fmt: skip
    assert event.texts == {"reason": "Jalan tertutup", "point": "-6.200000,106.631900"}
    public = world.get(f"/v1/reports/{number}").body.decode()
    assert "2413" not in public and "Jalan tertutup" not in public


def test_a_check_in_at_the_place_or_without_a_position_needs_none(world):
    near, unplaced = world.filed(FIRE)["number"], world.filed(FIRE)["number"]
    at = {"lat": -6.1785, "lon": 106.6321}
    assert world.act(near, "arrive", at, user="petugas.bpbd").status == 200
    assert dict(world.engine.loaded(near).events[-1].data) == {"distance_m": 31, "at_place": True}
    assert world.act(unplaced, "arrive", user="petugas.bpbd").status == 200
    assert dict(world.engine.loaded(unplaced).events[-1].data) == {}
