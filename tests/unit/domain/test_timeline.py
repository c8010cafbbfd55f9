"""The timeline: own scenarios for every row of the table of events, and what is read from it."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.calendar import Calendar
from chalicelib.domain.sop import Sop
from chalicelib.domain.timeline import (
    MOVES_A_CLOCK,
    ClockEvent,
    Timeline,
    TimelineInvalid,
    clocks,
    due,
    explain,
    needs_new_epoch,
    next_due,
    plan,
    promises,
)
from chalicelib.simulate import simulate

WIB = timezone(timedelta(hours=7))
OWN = json.loads((Path(__file__).parent / "own_scenarios.json").read_text())
OFFICE = OWN["calendars"]["kantor"]
CALENDARS = {
    "kantor": Calendar.from_dict("kantor", OFFICE),
    "24x7": Calendar.always("24x7", "Asia/Jakarta"),
}
SOP = Sop.from_dict(OWN["sops"]["A"])


def at(text: str) -> datetime:
    """`10:00` on Monday 5 April 2027, or `04-06 10:00`."""
    day, _, clock = text.rpartition(" ")
    return datetime.fromisoformat(f"2027-{day or '04-05'}T{clock}").replace(tzinfo=WIB)


def event(text: str, kind: str, **data: Any) -> ClockEvent:
    return ClockEvent(kind, at(text), data)


FILED = event("10:00", "filed")


def planned(*events: ClockEvent, sop: Sop = SOP) -> Timeline:
    return plan(sop, CALENDARS, events)


def standing(timeline: Timeline) -> dict[str, tuple[str, str | None]]:
    return {entry.key: (entry.state, entry.reason) for entry in timeline.entries}


@pytest.mark.parametrize("case", OWN["cases"], ids=[case["name"] for case in OWN["cases"]])
def test_each_own_scenario_fires_exactly_what_was_reasoned(case: dict[str, Any]) -> None:
    outcome = simulate(
        {
            "calendars": OWN["calendars"],
            "sop": OWN["sops"][case["sop"]],
            "events": case["events"],
            "until": case["until"],
        }
    )
    fired = [{k: v for k, v in n.items() if k != "to"} for n in outcome["notifications"]]
    assert fired == case["expected"]
    assert [entry["step"] for entry in outcome["unknown"]] == case["unknown"]


@pytest.mark.parametrize("case", OWN["cases"], ids=[case["name"] for case in OWN["cases"]])
def test_the_key_of_an_entry_is_unique_within_its_timeline(case: dict[str, Any]) -> None:
    events = [ClockEvent(e["type"], datetime.fromisoformat(e["at"]), e) for e in case["events"]]
    found = plan(Sop.from_dict(OWN["sops"][case["sop"]]), CALENDARS, events)
    keys = [entry.key for entry in found.entries]
    assert len(keys) == len(set(keys))


def test_every_event_that_moves_a_clock_has_a_scenario() -> None:
    covered = {event["type"] for case in OWN["cases"] for event in case["events"]}
    assert covered >= MOVES_A_CLOCK


def test_nothing_is_planned_before_the_report_is_filed() -> None:
    assert planned(event("10:00", "acknowledged")) == Timeline((), (), SOP.id, SOP.version, None)


def test_entries_say_why_they_are_moot() -> None:
    found = standing(planned(FILED, event("10:15", "acknowledged"), event("10:20", "declined")))
    assert found["1#L0#0"] == ("planned", None)
    assert found["1#L1#0"] == ("moot", "acknowledged")
    assert found["1#S#0"] == ("moot", "declined")
    assert found["1#V#0"] == ("planned", None)


def test_while_a_result_is_being_validated_both_clocks_are_stopped() -> None:
    found = standing(planned(FILED, event("10:05", "resolved")))
    assert found["1#L1#0"] == ("moot", "resolved")
    assert found["1#R#0"] == ("moot", "resolved")


def test_while_paused_an_entry_is_planned_without_a_due_time() -> None:
    entry = planned(FILED, event("10:10", "paused")).entry("1#L1#0")
    assert entry is not None
    assert (entry.state, entry.due_at, entry.reason) == ("planned", None, "paused")


def test_a_step_that_fell_due_before_it_was_made_moot_stays_planned_however_late() -> None:
    late = planned(FILED, event("10:31", "acknowledged")).entry("1#L1#0")
    assert late is not None
    assert (late.state, late.due_at) == ("planned", at("10:30"))


def test_a_result_sent_back_keeps_the_promise_and_fires_what_it_missed_now() -> None:
    sop = Sop.from_dict(OWN["sops"]["C"])
    entry = planned(
        FILED, event("10:20", "resolved"), event("04-06 08:00", "returned"), sop=sop
    ).entry("1#H#0")
    assert entry is not None
    assert (entry.deadline, entry.due_at) == (at("12:00"), at("04-06 08:00"))


def test_the_ladder_that_was_overtaken_at_a_migration_is_on_record() -> None:
    newer = next(c for c in OWN["cases"] if c["name"].startswith("migrated: of the overdue"))
    migration = event("10:55", "migrated", sop=newer["events"][1]["sop"])
    found = planned(FILED, migration, sop=Sop.from_dict(OWN["sops"]["M1"]))
    assert standing(found)["1#L2#0"] == ("moot", "superseded")
    assert found.version == 2


def test_due_lists_what_has_not_fired_oldest_first() -> None:
    found = planned(FILED)
    keys = [entry.key for entry in due(found, {"1#L0#0"}, at("11:00"))]
    assert keys == ["1#L1#0", "1#L2#0"]
    assert due(found, {"1#L0#0"}, at("10:29:59")) == ()


def test_next_due_passes_over_what_has_fired() -> None:
    found = planned(FILED)
    assert next_due(found, set()) == at("10:00")
    assert next_due(found, {"1#L0#0", "1#L1#0"}) == at("11:00")
    assert next_due(planned(FILED, event("10:01", "closed")), {"1#L0#0"}) is None


def test_promises_are_those_of_the_current_cycle() -> None:
    closed = (FILED, event("10:05", "closed"))
    again = planned(*closed, event("04-06 10:00", "reopened"))
    assert [(p.key, p.due_at) for p in promises(again)] == [("2#R#0", at("04-09 16:30"))]


@pytest.mark.parametrize(
    ("kind", "now", "expected"),
    [
        ("acknowledged", "10:05", True),
        ("commented", "10:05", False),
        ("reassigned", "10:05", True),
        ("paused", "10:05", True),
        ("on_scene", "11:15", False),
        ("unreachable", "10:05", False),
    ],
    ids=[
        "two wake-ups become moot",
        "a comment moves nothing",
        "a new ladder",
        "a pause takes all of them away",
        "one wake-up becomes moot: the execution runs on",
        "what is due now is fired by the dispatcher",
    ],
)
def test_the_execution_is_replaced_only_when_its_wake_ups_no_longer_serve(
    kind: str, now: str, expected: bool
) -> None:
    fired = {"1#L0#0"} if now == "10:05" else {"1#L0#0", "1#L1#0", "1#L2#0"}
    after = planned(FILED, event(now, kind, step="L0"))
    assert needs_new_epoch(planned(FILED), after, fired, at(now)) is expected


def test_a_wake_up_that_moves_later_is_a_new_one() -> None:
    before = planned(FILED, event("10:10", "paused"))
    after = planned(FILED, event("10:10", "paused"), event("10:40", "resumed"))
    assert needs_new_epoch(before, after, {"1#L0#0"}, at("10:40"))


def test_clocks_tell_their_state_and_what_they_consumed() -> None:
    found = clocks(planned(FILED, event("10:10", "paused")), at("12:00"))
    assert found["agency"] == {
        "state": "paused",
        "cycle": 1,
        "started_at": at("10:00"),
        "consumed_seconds": 600,
    }
    assert found["pause"]["consumed_seconds"] == 6600


def test_a_report_can_be_filed_although_its_calendar_is_missing() -> None:
    found = plan(SOP, {}, [FILED])
    assert {entry.state for entry in found.entries} == {"unknown"}
    assert next_due(found, set()) is None
    assert clocks(found)["agency"]["consumed_seconds"] is None


@pytest.mark.parametrize(
    "bad",
    [
        event("10:10", "migrated", id="X", version=9),
        event("10:10", "calendar_changed", calendar="x"),
    ],
)
def test_an_event_that_names_what_is_not_there_is_refused(bad: ClockEvent) -> None:
    with pytest.raises(TimelineInvalid):
        planned(FILED, bad)


def test_a_migration_may_name_its_version() -> None:
    newer = Sop.from_dict({**OWN["sops"]["M1"], "version": 2})
    events = [FILED, event("10:10", "migrated", id="M", version=2)]
    found = plan(Sop.from_dict(OWN["sops"]["M1"]), CALENDARS, events, sops={("M", 2): newer})
    assert (found.version, next_due(found, {"1#L0#0"})) == (2, at("10:30"))


def test_a_new_calendar_may_be_named_by_its_version() -> None:
    tuesday_off = Calendar.from_dict("kantor", {**OFFICE, "closed": ["2027-04-06"]})
    calendars = {**CALENDARS, "kantor@2": tuesday_off}
    change = event("17:00", "calendar_changed", calendar="kantor", version=2)
    found = plan(SOP, calendars, [event("15:30", "filed"), change]).entry("1#L2#0")
    assert found is not None
    assert found.due_at == at("04-07 08:00")


def test_times_are_returned_in_utc() -> None:
    entry = planned(FILED).entries[0]
    assert entry.due_at is not None
    assert (entry.due_at.tzinfo, entry.due_at) == (UTC, at("10:00"))


def test_an_entry_knows_whether_it_is_the_notice_of_assignment() -> None:
    found = planned(FILED)
    assert [entry.key for entry in found.entries if entry.at_start] == ["1#L0#0"]


# -- explanations --------------------------------------------------------------------------------

NOTED = {
    "kantor": Calendar.from_dict(
        "kantor",
        {
            **OFFICE,
            "closed": ["2027-04-06"],
            "notes": {"2027-04-06": {"id": "Hari Kota", "en": "City Day", "provisional": True}},
        },
    ),
    "24x7": CALENDARS["24x7"],
}


def words(key: str, *events: ClockEvent, language: str = "id") -> dict[str, Any]:
    entry = plan(SOP, NOTED, events).entry(key)
    assert entry is not None
    return explain(SOP, NOTED, events, entry, language)


def test_a_deadline_is_explained_day_by_day_with_the_reason_of_each_skipped_one() -> None:
    told = words("1#L2#0", event("15:30", "filed"))
    assert told["sentence"] == {
        "id": "Jatuh tempo Rabu, 7 April 2027 pukul 08.00 WIB: 1 jam kerja sejak Senin, "
        "5 April 2027 pukul 15.30 WIB; dihitung 5 April, 7 April; dilewati 6 April "
        "(Hari Kota, perkiraan).",
        "en": "Due Wednesday, 7 April 2027 at 08:00 WIB: 1 working hour from Monday, "
        "5 April 2027 at 15:30 WIB; counted 5 April, 7 April; skipped 6 April "
        "(City Day, provisional).",
    }
    assert [(d["date"], d["seconds"], d["reason"]) for d in told["days"]] == [
        ("2027-04-05", 1800, None),
        ("2027-04-06", 0, "holiday"),
        ("2027-04-07", 1800, None),
    ]
    assert told["provisional"] is True


def test_a_promise_in_days_is_explained_by_its_closings() -> None:
    told = words("1#R#0", event("04-10 09:00", "filed"), language="en")
    assert told["text"] == (
        "Due Wednesday, 14 April 2027 at 16:00 WIB: 3 working days from Saturday, "
        "10 April 2027 at 09:00 WIB; counted 12–14 April; skipped 10 April (the first day "
        "does not count), 11 April (not a working day)."
    )


def test_a_pause_is_named_as_the_reason_for_a_skipped_day() -> None:
    told = words("1#R#0", FILED, event("04-07 09:00", "paused"), event("04-08 09:00", "resumed"))
    assert [(d["date"], d["reason"]) for d in told["days"] if not d["counted"]] == [
        ("2027-04-05", "day0"),
        ("2027-04-06", "holiday"),
        ("2027-04-07", "paused"),
        ("2027-04-10", "weekend"),
        ("2027-04-11", "weekend"),
    ]


@pytest.mark.parametrize(
    ("key", "events", "expected"),
    [
        (
            "1#L1#0",
            (FILED, event("10:20", "acknowledged")),
            "Tidak jadi dijalankan: sudah diterima petugas. Semula jatuh tempo Senin, 5 April "
            "2027 pukul 10.30 WIB: 30 menit sejak Senin, 5 April 2027 pukul 10.00 WIB.",
        ),
        (
            "1#L1#0",
            (FILED, event("10:20", "paused")),
            "Waktu sedang berhenti; jatuh tempo dihitung lagi setelah dilanjutkan.",
        ),
        (
            "1#R#0",
            (event("12-30 10:00", "filed"),),
            "Belum dapat dihitung: kalender kantor belum memuat tanggal yang diperlukan.",
        ),
        (
            "1#L1#0",
            (FILED, event("10:05", "unreachable", step="L0")),
            "Jatuh tempo Senin, 5 April 2027 pukul 10.05 WIB: dimajukan karena tidak ada yang "
            "dapat dihubungi pada langkah sebelumnya; semula Senin, 5 April 2027 pukul 10.30 WIB.",
        ),
    ],
    ids=["moot", "paused", "unknown", "brought forward"],
)
def test_an_entry_without_an_ordinary_deadline_says_what_became_of_it(
    key: str, events: tuple[ClockEvent, ...], expected: str
) -> None:
    assert words(key, *events)["text"] == expected
