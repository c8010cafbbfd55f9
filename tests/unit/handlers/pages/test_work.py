"""The work list narrowed by its address, and one act for several reports at once."""

from __future__ import annotations

import re
from urllib.parse import quote

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
    assert send(world, "operator", {f"pick.{number}": "1", "do": "submit"}).status == 404


def test_many_are_rejected_with_a_reason_and_each_outcome_is_shown(world):
    new = world.filed(WITH_MAIL)["number"]
    taken = world.filed(WITH_MAIL)["number"]
    world.act(taken, "verify", user="operator")
    picked = {f"pick.{new}": "1", f"pick.{taken}": "1", "do": "reject"}
    without = send(world, "operator", picked)
    assert without.status == 409 and "2 laporan tidak berubah" in without.body.decode()
    answer = send(world, "operator", picked | {"reason": "already_answered"})
    html = answer.body.decode()
    assert answer.status == 409 and "1 laporan: Tidak dapat diproses" in html
    assert html.index(new) < html.index("1 laporan tidak berubah") < html.index(taken)
    assert world.get(f"/v1/reports/{new}").json["status"] == "rejected"
    assert world.get(f"/v1/reports/{taken}").json["status"] == "assigned"


def test_a_filter_is_kept_under_a_name_and_forgotten_again(world):
    keep = {"do": "keep_filter", "name": "P2 Tangerang", "f.tier": "P2", "f.area": "36.71.01"}
    answer = send(world, "operator", keep)
    assert answer.headers["Location"] == "/tugas?tier=P2&area=36.71.01"
    html = world.get("/tugas", headers=signed_in("operator")).body.decode()
    assert 'href="/tugas?tier=P2&amp;area=36.71.01">P2 Tangerang' in html
    other = world.get("/tugas", headers=signed_in("verifikator")).body.decode()
    assert "P2 Tangerang" not in other
    send(world, "operator", {"do": "drop_filter", "name": "P2 Tangerang"})
    html = world.get("/tugas", headers=signed_in("operator")).body.decode()
    assert "P2 Tangerang" not in html


def test_filters_are_bounded_and_none_is_empty(world):
    for number in range(12):
        kept = {"do": "keep_filter", "name": f"s{number}", "f.tier": "P2"}
        assert send(world, "operator", kept).status == 303
    full = send(world, "operator", {"do": "keep_filter", "name": "x", "f.tier": "P2"})
    assert full.status == 409 and "sudah penuh" in full.body.decode()
    again = {"do": "keep_filter", "name": "s3", "f.tier": "P3"}
    assert send(world, "operator", again).status == 303
    assert send(world, "operator", {"do": "keep_filter", "name": "y"}).status == 409


def test_words_find_by_number_kind_place_and_agency(world):
    hole = world.filed(WITH_MAIL)["number"]
    lamp = world.filed(WITH_MAIL | {"category": "INF-07", "description": ""})["number"]
    who = signed_in("operator")

    def found(words):
        html = world.get(f"/tugas?q={words}", headers=who).body.decode()
        return [number for number in (hole, lamp) if f"/kasus/{number}" in html]

    assert found("lubang+sukasari") == found("pothole") == [hole]
    assert found(hole[-4:].lower()) == [hole]
    assert found("sukasari") == [hole, lamp]
    assert found("lubang+nowhere") == []
    to = world.get("/ruang/cari?nomor=lubang", headers=who).headers["Location"]
    assert to == "/tugas?q=lubang"


def numbers_in(html, part):
    before, _, after = html.partition('id="elsewhere"')
    return set(re.findall(r'href="/(?:kasus|laporan)/(TL-[0-9A-Z-]+)"', after if part else before))


def test_words_find_what_people_wrote_although_it_was_never_released(world):
    text = {"description": "Motor tetangga jatuh di lubangnya, bapak itu terluka"}
    place = WITH_MAIL["location"] | {"address": "Gg. Melati 12"}
    hole = world.filed(WITH_MAIL | text)["number"]
    lane = world.filed(WITH_MAIL | {"location": place, "description": ""})["number"]
    for said, number in (("motor", hole), ("terluka jatuh", hole), ("melati", lane)):
        assert numbers_in(see(world, "operator", f"/tugas?q={quote(said)}"), 0) == {number}
    mixed = see(world, "operator", f"/tugas?q={quote('pothole motor')}")
    assert numbers_in(mixed, 0) == {hole}
    assert numbers_in(see(world, "operator", f"/tugas?q={quote('motor melati')}"), 0) == set()


def test_what_a_confidential_report_says_and_who_reported_are_not_searched(world):
    secret = WITH_MAIL | {"visibility": "confidential", "description": "Pungutan di loket tiga"}
    number = world.filed(secret)["number"]
    world.filed(WITH_MAIL)
    for said in ("pungutan", "loket", "Tini", "warga@example.org"):
        assert numbers_in(see(world, "operator", f"/tugas?q={quote(said)}"), 0) == set()
    assert number in see(world, "operator", "/tugas?q=lubang")


def test_reports_of_other_offices_are_named_beside_the_list_by_their_public_words(world):
    mine = world.filed(WITH_MAIL)["number"]
    theirs = assigned(world)
    hidden = world.filed(WITH_MAIL | {"visibility": "confidential"})["number"]
    world.act(hidden, "verify", user="operator")
    world.engine.pump()
    world.project()
    html = see(world, "operator", "/tugas?q=lubang")
    assert (numbers_in(html, 0), numbers_in(html, 1)) == ({mine}, {theirs})
    html = see(world, "petugas.pupr", "/tugas?q=lubang")
    assert theirs in numbers_in(html, 0) and numbers_in(html, 1) == {mine}
    assert f'href="/laporan/{mine}"' in html
