"""Days before anything is due no execution waits; a day ahead one is started, and is in time."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.services.composing import AHEAD, FAR, is_far, start_at
from chalicelib.services.sweeping import Swept
from tests.fakes.engine import Engine

START = "2027-04-05T10:00:00+07:00"
#: The reporter is asked again seven days after the result was validated, at midnight.
ASKED_AGAIN = "2027-04-13T00:00:00+07:00"


def awaiting_confirmation() -> tuple[Engine, str]:
    """A report whose result was validated at noon; all that was told of it has arrived."""
    engine = Engine(START)
    number = engine.filed().report.number
    engine.act(number, "verify", "operator")
    engine.act(number, "acknowledge", "petugas.pupr")
    result = {"outcome": "nothing_found", "note": "Tidak ada", "reason": "Sudah ditambal"}
    engine.act(number, "submit", "petugas.pupr", **result)
    engine.run_until("2027-04-05T12:00:00+07:00")
    before = engine.loaded(number)
    assert engine.executions.running.keys() == {(number, before.epoch)}
    engine.act(number, "validate", "verifikator")
    engine.pump()
    return engine, number


def test_an_execution_that_would_wait_for_days_is_not_started_and_the_one_before_is_stopped():
    engine, number = awaiting_confirmation()
    started = engine.executions.transitions
    assert engine.executions.running == {}
    engine.run_until("2027-04-11T23:59:00+07:00")
    assert (engine.executions.running, engine.executions.transitions) == ({}, started)
    stored = engine.loaded(number)
    assert stored.armed_epoch == -stored.epoch


def test_a_day_ahead_the_sweeper_has_it_started_which_is_no_repair():
    engine, number = awaiting_confirmation()
    engine.clock.at += timedelta(days=6, hours=13)  # an hour after it was time
    assert engine.sweeper.sweep() == Swept(started=1)
    engine.pump()
    epoch = engine.loaded(number).epoch
    assert engine.loaded(number).armed_epoch == epoch
    (waits,) = engine.executions.running.values()
    assert [one["step"] for one in waits] == ["C7", "AUTO"]
    assert engine.sweeper.sweep() == Swept()


def test_what_was_waited_for_fires_at_its_instant_by_the_execution_and_not_by_the_sweeper():
    engine, number = awaiting_confirmation()
    engine.run_until("2027-04-12T23:50:00+07:00")
    engine.off.add("sweeper")
    engine.run_until("2027-04-13T00:01:00+07:00")
    fired = dict(engine.fired_due(number))
    assert fired["1#C7#0"] == "2027-04-12T17:00:00Z"  # midnight in Jakarta


def test_an_act_in_the_meantime_begins_its_own_execution():
    engine, number = awaiting_confirmation()
    waiting = engine.loaded(number).epoch
    engine.run_until("2027-04-07T10:00:00+07:00")
    engine.act(number, "dispute", reason="Lubangnya masih ada")
    engine.pump()
    stored = engine.loaded(number)
    assert stored.epoch == stored.armed_epoch == waiting + 1
    assert engine.executions.running.keys() == {(number, waiting + 1)}


def test_what_ends_before_anything_was_started_is_not_armed_at_all():
    engine, number = awaiting_confirmation()
    engine.act(number, "confirm")
    stored = engine.loaded(number)
    assert stored.armed_epoch == stored.epoch
    engine.dispatcher.dispatch(engine.store.stream[-1:])
    assert engine.queues.bodies["arm"] == []
    engine.run_until("2027-04-20T10:00:00+07:00")
    assert engine.executions.running == {}
    assert engine.sweeper.sweep() == Swept()


def test_the_limits_are_a_day_ahead_and_three_days_and_more_where_the_clock_runs_fast():
    engine = Engine(START)
    now = engine.clock.at
    assert (timedelta(days=1), 3) == (AHEAD, FAR)
    assert not is_far(now + timedelta(days=3), now)
    assert is_far(now + timedelta(days=3, seconds=1), now)
    assert start_at(now + timedelta(days=7)) == now + timedelta(days=6)
    fast = timedelta(minutes=2) * 3600  # the queues' two real minutes at 3,600 times the speed
    assert not is_far(now + timedelta(days=15), now, fast)
    assert start_at(now + timedelta(days=16), fast) == now + timedelta(days=11)
