"""Situation reports: short words from the field, on the wall; a call for help is heard at once."""

from __future__ import annotations

import pytest

from tests.fakes.world import SUKARASA, World
from tests.unit.handlers.pages.test_desk import post, signed_in

FIRE = {"category": "DRT-01", "location": SUKARASA}


@pytest.fixture
def world():
    with World("2027-04-05T09:55:00+07:00").running() as running:
        yield running


def said(world, number, state, **more):
    return world.act(number, "situation", {"state": state, **more}, user="petugas.bpbd")


def wall(world):
    world.project()
    return world.get("/ruang", headers=signed_in("operator")).body.decode()


def test_the_wall_shows_the_latest_word_and_its_time_and_not_what_was_written(world):
    number = world.filed(FIRE)["number"]
    assert said(world, number, "on_the_way").json["status"] == "acknowledged"
    assert "Menuju lokasi 09.55" in wall(world)
    world.engine.run_until("2027-04-05T10:12:00+07:00")
    assert said(world, number, "under_control", note="Korban: dua orang").status == 200
    html = wall(world)
    assert "Terkendali 10.12" in html and "Menuju lokasi 09.55" not in html
    assert "Korban" not in html
    public = world.get(f"/v1/reports/{number}").body.decode()
    assert "Korban" not in public and "situation" not in public


def test_a_call_for_help_tells_the_squad_leader_and_the_control_room_at_once(world):
    number = world.filed(FIRE)["number"]
    said(world, number, "handling")
    assert called(world, number) == set()
    said(world, number, "needs_help", note="Api merembet ke rumah sebelah")
    assert called(world, number) == {("danru.bpbd", True), ("pusat_kendali", True)}


def called(world, number):
    """Who was told over the doers' heads, and whether at once."""
    planned = world.engine.store.deliveries(number)
    return {(one.recipient, one.urgent) for one in planned if one.template == "step_escalation"}


def test_it_needs_a_known_word_an_own_case_and_a_form_offers_it(world):
    number = world.filed(FIRE)["number"]
    assert said(world, number, "fine").code == "invalid_field"
    refused = world.act(number, "situation", {"state": "handling"}, user="petugas.pupr")
    assert refused.status in (403, 404)
    who = signed_in("petugas.bpbd")
    answer = post(
        world, f"/kasus/{number}/situation", {"state": "handling"}, who, f"/kasus/{number}"
    )
    assert answer.status == 303
    assert world.engine.loaded(number).report.situation == "handling"
