"""Probable duplicates side by side: found, merged, told apart, never twice."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from chalicelib.domain.crowds import shared_words
from tests.fakes.world import SUKARASA, WITH_MAIL, World
from tests.unit.handlers.pages.test_desk import csrf, signed_in

PLACE = "/ruang/ganda"


@pytest.fixture
def world():
    with World().running() as running:
        yield running


def pothole(world, text, place=SUKARASA, minutes=0):
    if minutes:
        world.engine.clock.at += timedelta(minutes=minutes)
    number = world.filed(WITH_MAIL | {"description": text, "location": place})["number"]
    settle(world)
    return number


def settle(world):
    world.engine.pump()
    world.project()


def seen(world, user="operator"):
    return world.get(PLACE, headers=signed_in(user)).body.decode()


def act(world, older, newer, do):
    who = signed_in("operator")
    html = world.get(PLACE, headers=who).body.decode()
    fields = {"csrf": csrf(html), "older": older, "newer": newer, "do": do}
    return world.post(PLACE, urlencode(fields).encode(), headers=who)


def test_two_near_each_other_stand_side_by_side_with_what_they_share(world):
    older = pothole(world, "Lubang besar di depan sekolah")
    near = {"lat": SUKARASA["lat"] + 0.0002, "lon": SUKARASA["lon"]}
    newer = pothole(world, "Ada lubang dekat sekolah", near, minutes=30)
    html = seen(world)
    assert html.index(older) < html.index(newer)
    assert "22 m, 30 menit" in html and "kata yang sama: lubang, sekolah" in html
    far = pothole(world, "Lubang lain", {"lat": -6.2, "lon": 106.65})
    assert far not in seen(world)


def test_merging_joins_the_newer_to_the_older_and_the_pair_is_gone(world):
    older, newer = pothole(world, "Lubang"), pothole(world, "Lubang", minutes=5)
    assert act(world, older, newer, "merge").status == 303
    shown = world.get(f"/v1/reports/{newer}", user="operator").json
    assert (shown["status"], shown["merged_into"]) == ("merged", older)
    settle(world)
    assert "Tidak ada dugaan laporan ganda" in seen(world)
    again = act(world, older, newer, "merge")
    assert again.status == 409 and newer in again.body.decode()


def test_what_somebody_told_apart_is_proposed_to_nobody_again_from_neither_side(world):
    older, newer = pothole(world, "Lubang"), pothole(world, "Lubang", minutes=5)
    assert act(world, older, newer, "keep_apart").status == 303
    assert "Tidak ada dugaan laporan ganda" in seen(world)
    settle(world)
    for number in (older, newer):
        similar = world.get(f"/v1/reports/{number}/similar", user="operator").json
        assert similar["items"] == []
        told = [
            one["sentence"]["id"]
            for one in world.get(f"/v1/reports/{number}", user="operator").json["history"]
            if one["type"] == "kept_apart"
        ]
        other = {older: newer, newer: older}[number]
        assert told == [f"Diperiksa: bukan laporan yang sama dengan {other}."]
    public = world.get(f"/v1/reports/{newer}").json["history"]
    assert "kept_apart" not in {one["type"] for one in public}


def test_two_calls_of_one_kind_from_one_kelurahan_are_proposed_without_a_point(world):
    place = {"kelurahan": "36.71.01.1007", "address": "Jl. Merdeka"}
    calls = []
    for minutes in (0, 10, 115):
        world.engine.clock.at += timedelta(minutes=minutes)
        body = {"category": "DRT-01", "location": place, "description": "Api besar"}
        calls.append(world.filed(body)["number"])
        settle(world)
    html = seen(world)
    assert "kelurahan yang sama" in html and calls[0] in html and calls[1] in html
    assert html.count('class="pair"') == 2  # the third came too late for the first
    assert calls[0] not in html.partition(f"{calls[1]}-{calls[2]}")[2]


def test_confidential_reports_and_those_of_others_are_in_no_pair(world):
    for _ in range(2):
        world.filed(WITH_MAIL | {"visibility": "confidential"})
        settle(world)
    assert "Tidak ada dugaan laporan ganda" in seen(world)
    assert world.get(PLACE, headers=signed_in("petugas.pupr")).status == 403
    assert world.get(PLACE, headers=signed_in("walikota")).status == 403


def test_only_the_two_acts_of_the_page_are_done(world):
    older, newer = pothole(world, "Lubang"), pothole(world, "Lubang", minutes=5)
    assert act(world, older, newer, "reject").status == 404
    assert act(world, older, "x", "merge").status == 404
    assert act(world, newer, newer, "keep_apart").status == 422


def test_words_that_say_something_are_compared_whatever_their_case():
    assert shared_words("Lubang di JALAN, lubang!", "jalan itu ada lubang") == ("lubang", "jalan")
    assert shared_words("di dan", "di dan") == ()
