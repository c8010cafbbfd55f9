"""What the load run says of itself: lateness in real seconds, repeats, growth, verdicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bench.load.lateness import Fired, Lateness, fired, lateness, waiting
from bench.load.standing import Memory
from bench.load.verdict import Found, repeated, table


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2027-04-05T{text}+07:00")


def firing(entry: str, due: str, when: str) -> dict[str, Any]:
    data = {"entry": entry, "due_at": at(due).isoformat()}
    return {"type": "fired", "at": at(when).isoformat(), "data": data}


def test_lateness_is_counted_in_real_seconds_of_a_faster_clock():
    timeline = {"events": [{"type": "filed"}, firing("1#V80#0", "14:30:00", "14:32:00")]}
    assert list(fired("TL-1", timeline, 60)) == [Fired("TL-1", "1#V80#0", at("14:30:00"), 2.0)]


def test_what_is_due_and_planned_is_waiting_and_what_is_moot_or_later_is_not():
    entries = [
        {"state": "planned", "due_at": at("14:30:00").isoformat()},
        {"state": "planned", "due_at": at("14:30:01").isoformat()},
        {"state": "moot", "due_at": at("14:00:00").isoformat()},
        {"state": "unknown", "due_at": None},
    ]
    assert waiting({"entries": entries}, at("14:30:00")) == 1


def test_the_crowded_second_is_told_apart_from_the_worst_of_all():
    rows = [Fired(f"TL-{one}", "1#V80#0", at("14:30:00"), one / 10) for one in range(5)]
    rows.append(Fired("TL-9", "1#L1#0", at("15:00:00"), 61.0))
    found = lateness(rows)
    assert (found.same_second, found.same_second_worst, found.worst) == (5, 0.4, 61.0)
    assert found.in_time == 5 / 6
    assert not found.kept


def test_a_step_that_fired_twice_breaks_the_promise_however_early():
    one = Fired("TL-1", "1#V80#0", at("14:30:00"), 0.0)
    assert lateness([one]).kept
    assert not lateness([one, one]).kept
    assert lateness([]).kept


GOOD = Found(
    minutes=1.0,
    rows=[{"request": "GET /", "asked": 2, "failed": 0, "median_ms": 5, "p95_ms": 9, "bytes": 10}],
    filed=2,
    kept=2,
    again=1,
    lateness=Lateness(3, 0, 0.1, 0.2, 0.2, 1.0, 2, 0.2),
    unfired=0,
    repeated=0,
    messages=4,
    memory=[Memory(2, minute, 300.0, 100.0) for minute in range(9)],
)


def test_a_good_run_keeps_every_promise_and_its_table_says_so():
    assert set(GOOD.verdicts().values()) == {True}
    assert "BROKEN" not in table(GOOD)


def test_each_thing_that_goes_wrong_breaks_its_own_promise():
    grown = [*GOOD.memory[:6], *(replace(one, product=400.0) for one in GOOD.memory[6:])]
    wrong = {
        "no answer was an error": replace(GOOD, rows=[GOOD.rows[0] | {"failed": 1}]),
        "every report that was answered is there": replace(GOOD, kept=1),
        "steps fired within 60 s, none twice": replace(GOOD, unfired=1),
        "no message was said twice": replace(GOOD, repeated=1),
        "memory is flat": replace(GOOD, memory=grown),
    }
    assert wrong.keys() == GOOD.verdicts().keys()
    for name, found in wrong.items():
        assert [one for one, kept in found.verdicts().items() if not kept] == [name]
        assert f"BROKEN {name}" in table(found)


def test_what_a_start_before_the_last_used_does_not_count_as_growth():
    before = [Memory(1, minute, 100.0, 50.0) for minute in range(9)]
    assert replace(GOOD, memory=[*before, *GOOD.memory]).growth() == 1.0


def test_the_same_words_to_the_same_address_are_a_repeat_and_to_another_are_not():
    one = {"channel": "mail", "to": "a@example.org", "subject": "s", "text": "t", "at": "x"}
    assert repeated([one, one | {"to": "b@example.org"}, one | {"at": "y"}]) == 1
