"""Who opens a sealed case is on its record: once for a person and day, and nobody else is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fakes.world import POTHOLE, World
from tests.unit.handlers.pages.test_desk import signed_in

COMPLAINT = POTHOLE | {"category": "WAS-01"}


@pytest.fixture
def world():
    with World().running() as running:
        yield running


def readings(world, number):
    events = world.engine.loaded(number).events
    return [event.actor.person for event in events if event.type == "case_read"]


def test_opening_a_sealed_case_is_recorded_once_a_day_however_it_is_opened(world):
    number = world.filed(COMPLAINT)["number"]
    path = f"/v1/reports/{number}"
    shown = world.get(path, user="inspektorat").json
    assert shown["history"][-1]["type"] == "case_read"  # on record before it was shown
    world.get(f"{path}/timeline", user="inspektorat")
    world.get(f"/kasus/{number}", headers=signed_in("inspektorat"))
    assert readings(world, number) == ["inspektorat"]
    world.engine.clock.at += timedelta(days=1)
    world.get(f"/kasus/{number}", headers=signed_in("inspektorat"))
    assert readings(world, number) == ["inspektorat"] * 2


def test_the_reporter_sees_that_it_was_opened_and_no_account(world):
    filed = world.filed(COMPLAINT)
    number, token = filed["number"], world.token_of(filed["number"])
    world.get(f"/v1/reports/{number}", token=token)
    assert readings(world, number) == []
    world.get(f"/v1/reports/{number}", user="inspektorat")
    last = world.get(f"/v1/reports/{number}", token=token).json["history"][-1]
    assert last["sentence"]["id"] == "Kasus dibuka dan dibaca oleh Inspektorat."
    assert "person" not in last["by"]


def test_who_may_not_see_it_and_what_is_not_sealed_leave_no_reading(world):
    sealed, open_ = world.filed(COMPLAINT)["number"], world.filed()["number"]
    for user in ("operator", "walikota", "kadis.pupr"):
        assert world.get(f"/v1/reports/{sealed}", user=user).status == 404
    world.get(f"/v1/reports/{open_}", user="inspektorat")
    assert (readings(world, sealed), readings(world, open_)) == ([], [])


def test_the_clock_of_the_case_does_not_move_with_a_reading(world):
    number = world.filed(COMPLAINT)["number"]
    before = world.get(f"/v1/reports/{number}", token=world.token_of(number)).json
    world.get(f"/v1/reports/{number}", user="inspektorat")
    after = world.get(f"/v1/reports/{number}", token=world.token_of(number)).json
    assert after["promises"] == before["promises"]
    assert world.engine.loaded(number).epoch == 1
