"""What a report's page says: phase, remainder on the office calendar, ladder."""

from __future__ import annotations

from datetime import datetime

from chalicelib.services.composing import Planner
from chalicelib.services.progress import ShowProgress
from tests.fakes.engine import SHIPPED, Engine

MONDAY = "2027-04-05T09:55:00+07:00"


def progress(engine: Engine, number: str):
    stored = engine.loaded(number)
    return ShowProgress(SHIPPED, Planner(SHIPPED))(stored, engine.clock.now())


def test_a_new_report_counts_down_to_its_verification_in_office_time():
    engine = Engine(MONDAY)
    number = engine.filed().report.number
    engine.pump()
    seen = progress(engine, number)
    assert seen.phase == 0
    assert seen.countdown.awaited == "verified"
    assert seen.countdown.due_at == datetime.fromisoformat("2027-04-06T16:00:00+07:00")
    # Monday 09.55–12.00 and 13.00–16.00, Tuesday 07.30–12.00 and 13.00–16.00.
    assert seen.countdown.left_seconds == (2 * 60 + 5 + 3 * 60 + 7 * 60 + 30) * 60
    assert seen.countdown.state == "safe" and seen.countdown.working
    assert seen.countdown.open_until == datetime.fromisoformat("2027-04-05T12:00:00+07:00")


def test_from_four_fifths_on_it_is_nearly_due_and_at_the_limit_late():
    engine = Engine(MONDAY)
    number = engine.filed().report.number
    engine.run_until("2027-04-06T14:00:00+07:00")
    assert progress(engine, number).countdown.state == "near"
    engine.run_until("2027-04-06T16:00:00+07:00")
    late = progress(engine, number).countdown
    assert (late.awaited, late.limit) == ("verified", "legal")
    engine.run_until("2027-04-08T17:00:00+07:00")
    assert progress(engine, number).countdown.state == "late"


def test_the_ladder_names_positions_and_says_who_is_told_next():
    engine = Engine(MONDAY)
    number = engine.filed().report.number
    engine.pump()
    engine.act(number, "verify", by="operator")
    engine.run_until("2027-04-05T15:30:00+07:00")
    engine.act(number, "acknowledge", by="petugas.pupr")
    seen = progress(engine, number)
    told = [(rung.step, rung.state) for rung in seen.ladder if rung.state in ("done", "late")]
    assert told == [
        ("V0", "done"),
        ("L0", "done"),
        ("A50", "done"),
        ("A80", "done"),
        ("L1", "done"),
    ]
    assert seen.next_rung.step == "R50"
    assert seen.next_rung.who["id"] == "Petugas lapangan PUPR"
    assert not [rung for rung in seen.ladder if rung.state == "skip"]
