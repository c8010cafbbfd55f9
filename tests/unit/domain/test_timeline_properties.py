"""What must hold for every instant, budget, pause and order of wake-ups, not only for examples."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.calendar import Calendar
from chalicelib.domain.sop import Sop
from chalicelib.domain.timeline import ClockEvent, Timeline, due, plan

HERE = Path(__file__).parent
OWN = json.loads((HERE / "own_scenarios.json").read_text())
SHARED = json.loads((HERE / "timeline_scenarios.json").read_text())["cases"][0]["input"]
OFFICE = Calendar.from_dict("kantor", SHARED["calendar"])
NEW_YORK = Calendar.from_dict(
    "ny",
    {
        "timezone": "America/New_York",
        "weekly": {
            day: [["00:00", "03:30"], ["09:00", "24:00"]]
            for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        },
    },
)
CALENDARS = {"kantor": OFFICE, "24x7": Calendar.always("24x7", "Asia/Jakarta")}
SOPS = {name: Sop.from_dict(form) for name, form in OWN["sops"].items()}

calendars = st.sampled_from([OFFICE, NEW_YORK, CALENDARS["24x7"]])
instants = st.integers(0, 330 * 86400).map(
    lambda seconds: datetime(2026, 12, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
budgets = st.integers(0, 40 * 3600)
fixed = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow],
)


@fixed
@given(calendars, instants, budgets)
def test_the_working_time_up_to_the_end_of_a_budget_is_the_budget(
    calendar: Calendar, start: datetime, budget: int
) -> None:
    assert calendar.working_seconds(start, calendar.add(start, budget)) == budget


@fixed
@given(calendars, instants, budgets)
def test_a_budget_ends_at_the_first_instant_that_uses_it_up(
    calendar: Calendar, start: datetime, budget: int
) -> None:
    end = calendar.add(start, budget)
    if budget:
        assert calendar.working_seconds(start, end - timedelta(seconds=1)) == budget - 1


@fixed
@given(calendars, instants, budgets, budgets)
def test_a_larger_budget_never_ends_earlier(
    calendar: Calendar, start: datetime, one: int, other: int
) -> None:
    small, large = sorted((one, other))
    if small:
        assert calendar.add(start, small) <= calendar.add(start, large)


@fixed
@given(calendars, instants, st.integers(0, 5 * 86400), budgets)
def test_a_later_start_never_ends_earlier(
    calendar: Calendar, start: datetime, wait: int, budget: int
) -> None:
    later = start + timedelta(seconds=wait)
    assert calendar.add(start, budget) <= calendar.add(later, budget)


@fixed
@given(calendars, instants, st.integers(1, 40 * 3600), st.integers(1, 40 * 3600))
def test_a_budget_can_be_used_in_two_parts(
    calendar: Calendar, start: datetime, one: int, other: int
) -> None:
    assert calendar.add(calendar.add(start, one), other) == calendar.add(start, one + other)


@fixed
@given(instants, st.integers(0, 3 * 86400), st.integers(0, 3 * 86400))
def test_a_pause_moves_a_deadline_by_the_working_time_it_took(
    start: datetime, wait: int, length: int
) -> None:
    paused = start + timedelta(seconds=wait)
    resumed = paused + timedelta(seconds=length)
    sop = Sop.from_dict(
        {
            "id": "P",
            "version": 1,
            "calendar": "kantor",
            "steps": [{"id": "X", "clock": "citizen", "at": "PT20H", "until": "resolved"}],
        }
    )
    events = [ClockEvent("filed", start), ClockEvent("paused", paused)]
    found = plan(sop, CALENDARS, [*events, ClockEvent("resumed", resumed)]).entry("1#X#0")
    lost = OFFICE.working_seconds(paused, resumed)
    without = OFFICE.add(start, 20 * 3600)
    assert found is not None
    if without < paused:
        assert found.due_at == without
    elif without > paused:
        assert found.due_at == OFFICE.add(start, 20 * 3600 + lost)


# -- wake-ups -------------------------------------------------------------------------------------

KINDS = (
    "assigned",
    "verified",
    "reassigned",
    "declined",
    "acknowledged",
    "on_scene",
    "ack_lapsed",
    "paused",
    "deferred",
    "resumed",
    "resolved",
    "returned",
    "validated",
    "confirmed",
    "disputed",
    "reopened",
    "referred",
    "closed",
    "unreachable",
    "migrated",
    "commented",
)
FILED_AT = datetime(2027, 4, 5, 3, tzinfo=UTC)
END = datetime(2027, 6, 1, tzinfo=UTC)
steps = st.tuples(
    st.sampled_from(KINDS), st.integers(0, 2 * 86400), st.sampled_from(["L0", "L1", "L2", "S"])
)
histories = st.tuples(
    st.sampled_from(["A", "B", "C", "D"]), st.lists(steps, max_size=9), st.integers(0, 2**32)
)


def history(parts: list[tuple[str, int, str]]) -> list[ClockEvent]:
    events, at = [ClockEvent("filed", FILED_AT)], FILED_AT
    for kind, wait, step in parts:
        at += timedelta(seconds=wait)
        data = {"step": step} if kind == "unreachable" else {}
        if kind == "migrated":
            data = {"sop": OWN["sops"]["M1"]}
        events.append(ClockEvent(kind, at, data))
    return events


def keys_that_fire(sop: Sop, events: list[ClockEvent]) -> set[str]:
    """What a perfect machine fires: woken in time, once, for each entry of the final timeline."""
    return {entry.key for entry in due(plan(sop, CALENDARS, events), set(), END)}


def fired_by_a_poor_machine(sop: Sop, events: list[ClockEvent], seed: int) -> list[str]:
    """Fire by wake-ups that come late, twice, out of order, stale, or not at all till the end.

    At each wake-up only what has happened by then is known. The record is a set of keys, as the
    store's is: putting a key twice fails.
    """
    chance = random.Random(seed)
    wake_ups = [FILED_AT + timedelta(seconds=chance.randrange(0, 50 * 86400)) for _ in range(40)]
    fired: list[str] = []
    for now in [*sorted(wake_ups * 2), END]:
        known = [event for event in events if event.at <= now]
        found = list(due(plan(sop, CALENDARS, known), set(fired), now))
        chance.shuffle(found)
        fired += [entry.key for entry in found if entry.key not in fired]
    return fired


@fixed
@given(histories)
def test_lateness_doubling_and_order_of_wake_ups_never_change_what_fires(
    case: tuple[str, list[tuple[str, int, str]], int],
) -> None:
    name, parts, seed = case
    events = history(parts)
    fired = fired_by_a_poor_machine(SOPS[name], events, seed)
    assert len(fired) == len(set(fired))
    assert set(fired) == keys_that_fire(SOPS[name], events)


@fixed
@given(histories)
def test_what_has_once_fallen_due_is_never_taken_back(
    case: tuple[str, list[tuple[str, int, str]], int],
) -> None:
    name, parts, _ = case
    events = history(parts)
    for count in range(1, len(events)):
        now = events[count].at
        earlier = plan(SOPS[name], CALENDARS, events[:count])
        later = plan(SOPS[name], CALENDARS, events)
        assert dues_before(earlier, now) == dues_before(later, now)


def dues_before(timeline: Timeline, now: datetime) -> set[tuple[str, datetime | None]]:
    return {(entry.key, entry.due_at) for entry in due(timeline, set(), now - timedelta(seconds=1))}


@fixed
@given(histories)
def test_keys_are_unique_and_planning_is_repeatable(
    case: tuple[str, list[tuple[str, int, str]], int],
) -> None:
    name, parts, _ = case
    events = history(parts)
    found = plan(SOPS[name], CALENDARS, events)
    keys = [entry.key for entry in found.entries]
    assert len(keys) == len(set(keys))
    assert plan(SOPS[name], CALENDARS, events) == found


@fixed
@given(histories)
def test_without_an_event_nothing_new_falls_due_in_the_past(
    case: tuple[str, list[tuple[str, int, str]], int],
) -> None:
    """Each event makes due only what is due at its instant or later: nothing is backdated."""
    name, parts, _ = case
    events = history(parts)
    for count in range(1, len(events)):
        at = events[count].at
        before = {e.key for e in due(plan(SOPS[name], CALENDARS, events[:count]), set(), at)}
        after = due(plan(SOPS[name], CALENDARS, events[: count + 1]), set(), END)
        backdated = [e for e in after if e.due_at and e.due_at < at and e.key not in before]
        assert backdated == []
