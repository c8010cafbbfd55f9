"""The days of a calendar as people see them: windows, breaks, and why a day is as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from chalicelib.domain.calendar import Calendar, CalendarUnknown, Windows

#: Days of a strip at most: past the longest legal limit (60 working days) with its holidays.
MOST_DAYS = 130

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayHours:
    """One day of a calendar: its working windows, its breaks, and why it is as it is.

    kind: ``working``, ``weekend``, ``holiday``, ``special`` or ``unknown``. variant: the name of
    the dated hours that hold (Ramadan). provisional: the day may still be decreed otherwise.
    """

    day: date
    kind: str
    windows: tuple[tuple[str, str], ...] = ()
    breaks: tuple[tuple[str, str], ...] = ()
    note: Mapping[str, str] | None = None
    variant: Mapping[str, str] | None = None
    source: str = ""
    provisional: bool = False


def days_of(calendar: Calendar, first: date, last: date) -> Iterator[DayHours]:
    """Yield the days from *first* to *last*, inclusive, `MOST_DAYS` at most."""
    day = first
    while day <= min(last, first + _DAY * (MOST_DAYS - 1)):
        yield hours_of(calendar, day)
        day += _DAY


def hours_of(calendar: Calendar, day: date) -> DayHours:
    """Return the working hours of *day* and their reason; ``unknown`` beyond the calendar."""
    try:
        hours = calendar.hours(day)
    except CalendarUnknown:
        return DayHours(day, "unknown")
    note = calendar.notes.get(day)
    variant = _variant(calendar, day) if hours and day not in calendar.special else None
    name = variant.get("name") if variant else None
    return DayHours(
        day=day,
        kind=_kind(calendar, day, hours),
        windows=tuple((_clock(opens), _clock(closes)) for opens, closes in hours),
        breaks=tuple((_clock(one[1]), _clock(other[0])) for one, other in pairwise(hours)),
        note={"id": note.id, "en": note.en} if note else None,
        variant=dict(name) if isinstance(name, Mapping) else None,
        source=note.source if note else str((variant or {}).get("source", "")),
        provisional=provisional(calendar, day),
    )


def provisional(calendar: Calendar, day: date) -> bool:
    """Say whether *day*'s hours may still be decreed otherwise: a feast not fixed, or its month."""
    if calendar.always_open:
        return False
    note = calendar.notes.get(day)
    variant = _variant(calendar, day)
    return bool((note and note.provisional) or (variant and variant.get("provisional")))


def _variant(calendar: Calendar, day: date) -> Mapping[str, Any] | None:
    if calendar.always_open:
        return None
    return next((one.extra for one in calendar.variants if one.start <= day <= one.end), None)


def _kind(calendar: Calendar, day: date, hours: Windows) -> str:
    if calendar.always_open:
        return "working"
    if day in calendar.special:
        return "special"
    if hours:
        return "working"
    return "holiday" if day in calendar.closed else "weekend"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
