"""What would this SOP do? A whole case read from standard input, its notifications printed.

    python -m chalicelib.simulate < case.json

Reads ``{"calendar", "calendars", "sop", "events", "until"}`` and prints the planned firings up to
and including ``until``, what is unknown for want of a calendar, and the clocks. It adds no event
of its own. Uses the domain alone. Exit code 2 and ``{"error": {"path", "reason"}}`` on bad input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.domain.calendar import Calendar, CalendarInvalid
from chalicelib.domain.sop import Sop, SopInvalid
from chalicelib.domain.timeline import ClockEvent, Timeline, TimelineInvalid, clocks, plan

ALWAYS = "24x7"
"""The calendar that need not be given: open day and night."""


class InputInvalid(ValueError):
    """The case cannot be simulated. ``path`` says where in the input, ``reason`` why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def simulate(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``{"notifications", "unknown", "clocks"}`` of *case*.

    Raises InputInvalid, SopInvalid, CalendarInvalid or TimelineInvalid.
    """
    if not isinstance(case, Mapping):
        raise InputInvalid("input", "must be an object")
    sop = Sop.from_dict(_part(case, "sop", Mapping))
    until = _instant(case.get("until"), "until")
    events = _events(_part(case, "events", list))
    sops = _sops(case.get("sops") or [])
    migrated = [Sop.from_dict(form) for form in _inline_sops(events)]
    versions = [sop, *migrated, *sops.values()]
    calendars = _calendars(case, sop)
    _require_calendars(versions, calendars)
    seen = [event for event in events if event.at <= until]
    timeline = plan(sop, calendars, seen, sops=sops)
    return present(timeline, until, calendars[sop.calendar])


def present(timeline: Timeline, until: datetime, calendar: Calendar) -> dict[str, Any]:
    """Return the printed form of *timeline* up to *until*, times with the calendar's offset."""

    def shown(instant: datetime) -> str:
        return instant.astimezone(calendar.zone).isoformat()

    return {
        "notifications": [
            {
                "at": shown(entry.due_at),
                "step": entry.step,
                "repeat": entry.repeat,
                "cycle": entry.cycle,
                "to": list(entry.to),
            }
            for entry in timeline.entries
            if entry.state == "planned" and entry.due_at and entry.due_at <= until
        ],
        "unknown": [
            {
                "step": entry.step,
                "repeat": entry.repeat,
                "cycle": entry.cycle,
                "to": list(entry.to),
                "reason": entry.reason,
            }
            for entry in timeline.entries
            if entry.state == "unknown"
        ],
        "clocks": {
            name: {**clock, "started_at": shown(clock["started_at"])}
            for name, clock in clocks(timeline, until).items()
        },
    }


def main() -> int:
    """Read a case, print its outcome; return the exit code."""
    try:
        outcome = simulate(json.load(sys.stdin))
    except (InputInvalid, SopInvalid, CalendarInvalid) as error:
        return _refuse(error.path, error.reason)
    except (TimelineInvalid, json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        return _refuse("input", str(error))
    json.dump(outcome, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    return 0


def _refuse(path: str, reason: str) -> int:
    json.dump({"error": {"path": path, "reason": reason}}, sys.stdout, ensure_ascii=False)
    sys.stdout.write("\n")
    sys.stderr.write(f"simulate: {path}: {reason}\n")
    return 2


def _calendars(case: Mapping[str, Any], sop: Sop) -> dict[str, Calendar]:
    """Return the calendars by name; ``calendar`` is the SOP's unless ``calendars`` has it."""
    given = case.get("calendars") or {}
    if not isinstance(given, Mapping):
        raise InputInvalid("calendars", "must be an object of calendars by name")
    found = {name: _calendar(name, form, f"calendars.{name}") for name, form in given.items()}
    if sop.calendar not in found and case.get("calendar") is not None:
        found[sop.calendar] = _calendar(sop.calendar, case["calendar"], "calendar")
    if ALWAYS not in found:
        zone = found[sop.calendar].timezone if sop.calendar in found else "Asia/Jakarta"
        found[ALWAYS] = Calendar.always(ALWAYS, zone)
    return found


def _calendar(name: str, form: object, path: str) -> Calendar:
    try:
        return Calendar.from_dict(name, form)  # type: ignore[arg-type]
    except CalendarInvalid as error:
        raise InputInvalid(f"{path}.{error.path}", error.reason) from error


def _require_calendars(sops: list[Sop], calendars: Mapping[str, Calendar]) -> None:
    for sop in sops:
        for name in sorted(sop.calendar_names()):
            if name not in calendars:
                raise InputInvalid("calendars", f"{name!r}, named by SOP {sop.id!r}, is missing")


def _events(forms: list[Any]) -> list[ClockEvent]:
    return [_event(form, f"events[{index}]") for index, form in enumerate(forms)]


def _event(form: object, path: str) -> ClockEvent:
    if not isinstance(form, Mapping):
        raise InputInvalid(path, "must be an object")
    kind = form.get("type")
    if not isinstance(kind, str) or not kind:
        raise InputInvalid(f"{path}.type", "must be the type of an event")
    data = {key: value for key, value in form.items() if key not in ("at", "type", "data")}
    inner = form.get("data")
    return ClockEvent(
        kind,
        _instant(form.get("at"), f"{path}.at"),
        {**data, **(inner if isinstance(inner, Mapping) else {})},
    )


def _inline_sops(events: list[ClockEvent]) -> list[Mapping[str, Any]]:
    forms = (event.data.get("sop") for event in events if event.type == "migrated")
    return [form for form in forms if isinstance(form, Mapping) and "steps" in form]


def _sops(forms: object) -> dict[tuple[str, int], Sop]:
    if not isinstance(forms, list):
        raise InputInvalid("sops", "must be a list")
    found = [Sop.from_dict(form) for form in forms]
    return {(sop.id, sop.version): sop for sop in found}


def _part(case: Mapping[str, Any], key: str, kind: type) -> Any:
    value = case.get(key)
    if not isinstance(value, kind):
        raise InputInvalid(key, "is missing" if value is None else "has the wrong form")
    return value


def _instant(value: object, path: str) -> datetime:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise InputInvalid(path, f"{value!r} is not an ISO 8601 time with its offset")
    return instant


if __name__ == "__main__":
    raise SystemExit(main())
