"""The SOP pages: what an SOP will do on the calendar, on which law, and its printed form."""

from __future__ import annotations

import importlib
import json
import re
from datetime import datetime

import pytest

from chalicelib.handlers.pages.strips import Strips
from chalicelib.services.simulating import Simulator
from tests.fakes.engine import SHIPPED, SetClock
from tests.fakes.world import World

FRIDAY = "2027-05-14T15:59:00+07:00"
SIMULATOR = Simulator(SHIPPED, SetClock(datetime.fromisoformat(FRIDAY)))


@pytest.fixture(scope="module")
def world():
    with World().running() as running:
        yield running


def strips(category: str, at: str = FRIDAY, language: str = "id") -> Strips:
    return Strips(SIMULATOR.in_force(category, datetime.fromisoformat(at)), language)


def text(world: World, path: str, status: int = 200) -> str:
    answer = world.get(path)
    assert answer.status == status, answer.body
    return answer.body.decode()


def test_all_kinds_of_report_are_listed_with_promise_and_legal_limit(world):
    html = text(world, "/sop")
    assert html.count('<tr><th scope="row">') == 75
    row = re.search(r"<tr>(?:(?!</tr>).)*INF-01.*?</tr>", html, re.S)
    assert row and "<td>3 hari kerja</td><td>14 hari kerja</td>" in row[0]


def test_the_list_is_narrowed_by_peoples_own_words(world):
    html = text(world, "/sop?q=lampu+mati")
    assert "INF-07" in html and "INF-01" not in html


def test_a_page_says_on_which_day_and_minute_whom_a_report_reaches(world):
    html = text(world, "/sop/jalan-berlubang?at=2027-05-14T15:59")
    assert "Jumat, 14 Mei 2027 pukul 15.59 WIB" in html
    assert re.search(r"16\.00\*</b><span class=\"ev__w\"><b>Kepala Dinas PUPR", html)
    assert "Perlu diverifikasi Bagian Hukum" in html and "Belum ada" in html
    assert "Contoh (demo)" not in html


def test_where_the_law_is_unclear_both_counts_stand_on_the_page(world):
    html = text(world, "/sop/pungli-petugas?at=2027-05-14T15:59")
    assert "yang lebih awal yang berlaku: Rabu, 14 Juli 2027 pukul 00.00 WIB" in html
    assert "bukan Jumat, 13 Agustus 2027 pukul 16.30 WIB" in html


@pytest.mark.parametrize("sop", sorted({row["sop"] for row in SHIPPED.assignments()})[::9])
def test_every_sop_has_its_page_in_both_languages(world, sop):
    for path in (f"/sop/{sop}/versi/1", f"/sop/{sop}/versi/1?lang=en"):
        assert "</html>" in text(world, path)


def test_beyond_the_calendar_the_page_says_so_and_guesses_nothing(world):
    html = text(world, "/sop/jalan-berlubang?at=2027-12-30T10:00")
    assert "belum ditetapkan, dan tidak ditebak" in html


def test_a_moment_that_is_none_leads_to_now(world):
    answer = world.get("/sop/jalan-berlubang?at=besok")
    assert (answer.status, answer.headers["Location"]) == (303, "/sop/jalan-berlubang")


@pytest.mark.parametrize("path", ["/sop/x", "/sop/jalan-berlubang/versi/9", "/sop/x/versi/1/pdf"])
def test_what_does_not_exist_is_not_found(world, path):
    text(world, path, 404)


def test_the_form_is_asked_for_and_then_opened(world):
    waiting = world.get("/sop/genangan/versi/1/pdf")
    assert (waiting.status, waiting.headers["Refresh"]) == (200, "2")
    for body in world.engine.jobs.bodies.pop("document"):
        event = {"Records": [{"messageId": "1", "body": json.dumps(body)}]}
        importlib.import_module("app").app.handler_map["document"](event, None)
    opened = world.get("/sop/genangan/versi/1/pdf")
    assert opened.status == 303
    assert opened.headers["Location"].startswith("https://prints.test/printed/genangan/v1/")


# -- the strips ----------------------------------------------------------------------------------


def test_a_day_shows_its_open_hours_before_the_filing_idle_then_within_the_promise():
    first = next(strips("INF-01").rows())
    assert (first.label, first.kind) == ("Jumat 14", "open")
    assert [(one.kind, one.x, one.width) for one in first.pieces] == [
        ("idle", "5.00%", "40.00%"),
        ("idle", "60.00%", "29.83%"),
        ("svc", "89.83%", "5.17%"),
    ]
    assert [(one.kind, one.x) for one in first.pins] == [("start", "89.83%"), ("n", "89.83%")]


def test_closed_days_stand_by_their_reason_and_feasts_not_fixed_are_marked():
    rows = [
        (row.label, row.words, row.provisional)
        for row in strips("INF-01").rows()
        if row.kind == "shut"
    ]
    assert rows[:4] == [
        ("Sab–Min 15–16", "akhir pekan", False),
        ("Senin 17", "Hari Raya Idul Adha", True),
        ("Selasa 18", "Cuti Bersama Hari Raya Idul Adha", True),
        ("Rabu 19", "Cuti Bersama Hari Raya Waisak", False),
    ]


def test_quiet_stretches_are_one_row_and_say_how_many_days_work():
    rows = {row.label: (row.kind, row.words) for row in strips("INF-01").rows()}
    assert rows["Sen–Rab 7–9 Juni"] == ("quiet", "3 hari kerja tanpa pemberitahuan")


def test_an_emergencys_day_has_all_hours():
    drawn = strips("DRT-01", language="en")
    assert [hour for hour, _ in drawn.axis()] == ["01", "07", "13", "19"]
    labels = [row.words for row in drawn.rows() if row.kind == "quiet"]
    assert labels == ["24 days without a notice"]


def test_reminders_limits_and_law_are_told_apart():
    kinds = {rung.why: rung.kind for rung in strips("INF-01").rungs()}
    assert [
        kinds[why]
        for why in (
            "Tugas disposisi",
            "Pengingat 50 % target selesai",
            "Belum diterima: kepala OPD",
            "Target selesai 3 hari kerja",
            "Batas hukum 14 hari kerja",
        )
    ] == ["n", "r", "n", "lim", "leg"]
