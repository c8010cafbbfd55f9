"""Measures of promises: what counts as in time, as late, and as unsent; and where they go."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from chalicelib.adapters.metrics import EmbeddedMeasures
from chalicelib.domain.sop import Sop
from chalicelib.services.measuring import ACKNOWLEDGED_IN_TIME, ESCALATION_LAG, UNSENT_AGE
from tests.fakes.engine import SHIPPED, Engine

MONDAY = "2027-04-05T09:55:00+07:00"


def assigned() -> tuple[Engine, str]:
    engine = Engine(MONDAY)
    number = engine.filed().report.number
    engine.act(number, "verify", "operator")
    engine.pump()
    return engine, number


def over_the_head(sop: Sop) -> list[str]:
    waiting = [s for s in sop.steps if (s.clock, s.until) == ("agency", "acknowledged")]
    doers = {who for s in waiting if s.id == "L0" for who in s.notify}
    return [s.id for s in waiting if not doers & set(s.notify)]


def test_in_every_sop_the_first_to_be_told_over_the_doers_head_is_told_by_l1():
    firsts = {}
    for category in SHIPPED.categories():
        sop = SHIPPED.sop_in_force(category, Engine(MONDAY).clock.now())
        firsts[sop.id] = over_the_head(sop)[:1]
    assert {name: first for name, first in firsts.items() if first not in (["L1"], [])} == {}


@pytest.mark.parametrize(
    ("until", "in_time"),
    [("2027-04-05T13:50:00+07:00", [1]), ("2027-04-06T13:00:00+07:00", [0])],
)
def test_a_task_is_in_time_while_only_the_doer_was_reminded(until, in_time):
    engine, number = assigned()
    engine.run_until(until)
    engine.act(number, "acknowledge", "petugas.pupr")
    assert engine.measures.of(ACKNOWLEDGED_IN_TIME) == in_time


def test_work_begun_without_taking_it_on_counts_as_taken_on_once():
    engine, number = assigned()
    engine.act(number, "start", "petugas.pupr")
    assert engine.measures.of(ACKNOWLEDGED_IN_TIME) == [1]


def test_a_clock_that_runs_leaves_no_lag_and_one_that_stood_still_shows_it():
    engine, number = assigned()
    engine.run_until("2027-04-05T11:00:00+07:00")
    assert set(engine.measures.of(ESCALATION_LAG)) == {0.0}
    engine.off |= {"execution", "sweeper"}
    engine.run_until("2027-04-05T14:30:00+07:00")
    engine.measures.recorded.clear()
    engine.fire(number)
    first = next(e for e in engine.loaded(number).events if e.data.get("entry") == "1#A50#0")
    waited = engine.clock.at - datetime.fromisoformat(first.data["due_at"])
    assert waited > timedelta(hours=1)
    assert engine.measures.of(ESCALATION_LAG) == [waited.total_seconds()]


def test_the_oldest_message_that_has_not_gone_out_has_an_age():
    engine = Engine(MONDAY)
    engine.off |= {"stream", "sweeper", "execution"}
    assert engine.sweeper.sweep().unsent_age == 0
    number = engine.filed().report.number
    engine.act(number, "verify", "operator")
    engine.run_until("2027-04-05T10:10:00+07:00")
    assert engine.sweeper.sweep().unsent_age == 15 * 60


def test_a_measure_is_a_metric_of_the_stage_with_its_unit(monkeypatch, capsys):
    EmbeddedMeasures().record(UNSENT_AGE, 12.5)
    assert capsys.readouterr().out == "", "outside Lambda nothing is written"
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "live-room-test-sweep")
    EmbeddedMeasures().record(UNSENT_AGE, 12.5)
    written = json.loads(capsys.readouterr().out)
    [directive] = written["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "LiveRoom"
    assert directive["Metrics"] == [{"Name": UNSENT_AGE, "Unit": "Seconds"}]
    assert (written[UNSENT_AGE], written["service"]) == ([12.5], "live-room-local")
