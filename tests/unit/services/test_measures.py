"""How promises were kept: late once is late for ever, silence is never on time by itself."""

from __future__ import annotations

from collections import Counter

import pytest

from chalicelib.services.photos import photo_key
from chalicelib.services.tallies import counts_in
from chalicelib.services.views import LONGER, alarm_of, time_class, view_of
from tests.fakes.engine import Engine

START = "2027-04-05T09:55:00+07:00"


def closed(engine, number):
    engine.act(number, "acknowledge", by="petugas.pupr")
    photo = "p-1"
    engine.act(number, "add_photo", by="petugas.pupr", photo=photo, purpose="result")
    engine.blobs.keys.add(photo_key(number, photo))
    engine.act(number, "submit", by="petugas.pupr", outcome="done", photos=[photo])
    engine.act(number, "validate", by="verifikator")


def promised(engine, number):
    report = engine.loaded(number).report
    groups = ("promise-agency", "promise-category", "promise-kelurahan")
    kept = set(counts_in(Counter(view_of(report, 1).counted), groups))
    assert kept == (
        {
            ("promise-agency", "2027-04", "PUPR", report.promise),
            ("promise-category", "2027-04", "INF-01", report.promise),
            ("promise-kelurahan", "2027-04", report.kelurahan, report.promise),
        }
        if report.promise
        else set()
    )
    return report.promise


def test_an_open_report_is_overdue_from_its_limit_on_and_then_late_for_ever():
    engine = Engine(START)
    number = engine.filed().report.number
    engine.pump()
    engine.act(number, "verify", by="operator")
    assert promised(engine, number) == ""
    engine.run_until("2027-04-08T15:59:00+07:00")
    assert promised(engine, number) == ""
    engine.run_until("2027-04-08T16:01:00+07:00")
    assert promised(engine, number) == "overdue"
    closed(engine, number)
    assert promised(engine, number) == ""
    engine.act(number, "confirm")
    assert promised(engine, number) == "late"
    engine.act(number, "reopen")
    assert promised(engine, number) == ""
    assert engine.loaded(number).report.breaches


def test_done_within_the_limit_is_on_time_when_the_reporter_says_so():
    engine = Engine(START)
    number = engine.filed().report.number
    engine.pump()
    engine.act(number, "verify", by="operator")
    closed(engine, number)
    assert promised(engine, number) == ""
    engine.act(number, "confirm")
    assert promised(engine, number) == "on_time"


@pytest.mark.parametrize(
    ("seconds", "most"), [(0, 1), (60, 1), (61, 2), (900, 15), (901, 20), (10**8, LONGER)]
)
def test_a_time_belongs_to_the_class_that_ends_at_or_after_it(seconds, most):
    assert time_class(seconds) == most


def test_the_board_tells_of_a_confidential_emergency_no_more_than_kind_and_kecamatan():
    engine = Engine(START)
    number = engine.filed(category="DRT-10", kelurahan="36.71.01.1007").report.number
    row = alarm_of(engine.loaded(number).report)
    assert (row["secret"], row["kelurahan"], row["kecamatan"]) == (True, "", "36.71.01")
