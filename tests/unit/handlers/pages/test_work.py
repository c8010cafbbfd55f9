"""The work list narrowed by its address, and one act for several reports at once."""

from __future__ import annotations

import pytest

from tests.fakes.world import WITH_MAIL, World
from tests.unit.handlers.pages.test_desk import assigned, post, signed_in


@pytest.fixture
def world():
    with World().running() as running:
        yield running


def see(world, user, path):
    return world.get(path, headers=signed_in(user)).body.decode()


def send(world, user, fields):
    """Send the list's form as the user who sees it."""
    return post(world, "/tugas", fields, signed_in(user), seen="/tugas")


def test_the_list_is_narrowed_by_its_address(world):
    number = assigned(world)
    for fits in ("status=assigned", "tier=P2", "category=INF-01", "area=36.71.01"):
        assert number in see(world, "petugas.pupr", f"/tugas?{fits}"), fits
    for other in ("status=received", "tier=P1", "category=INF-07", "area=36.71.02"):
        assert number not in see(world, "petugas.pupr", f"/tugas?{other}"), other
    assert world.get("/tugas?status=lain", headers=signed_in("operator")).status == 400


def test_several_reports_are_verified_at_once(world):
    numbers = [world.filed(WITH_MAIL)["number"] for _ in range(2)]
    picked = {f"pick.{number}": "1" for number in numbers}
    answer = send(world, "operator", picked | {"do": "verify", "f.tier": "P2"})
    assert (answer.status, answer.headers["Location"]) == (303, "/tugas?tier=P2")
    shown = [world.get(f"/v1/reports/{number}").json["status"] for number in numbers]
    assert shown == ["assigned", "assigned"]


def test_what_is_refused_is_named_and_the_rest_is_done(world):
    ready, foreign = assigned(world), world.filed({"category": "DRT-01"})["number"]
    picked = {f"pick.{ready}": "1", f"pick.{foreign}": "1", "do": "acknowledge"}
    answer = send(world, "petugas.pupr", picked)
    assert answer.status == 409
    said = answer.body.decode().partition('role="alert"')[2].partition("</div>")[0]
    assert foreign in said and ready not in said
    assert world.get(f"/v1/reports/{ready}").json["status"] == "acknowledged"


def test_an_act_that_is_not_for_many_is_refused(world):
    number = assigned(world)
    assert send(world, "operator", {f"pick.{number}": "1", "do": "reject"}).status == 404
