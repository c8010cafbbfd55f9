"""A new calendar version: what it changes, and which promises move because of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.domain.calendar import Calendar
from chalicelib.domain.timeline import Entry, Timeline, promises

#: Names of days told in one sentence at most; a whole new year is told as that.
_MOST_NAMED = 3
_NEW_YEAR = {
    "id": "kalender kerja tahun berikutnya sudah ditetapkan",
    "en": "the working calendar of the coming year has been laid down",
}
_CHANGED = {"id": "kalender kerja berubah", "en": "the working calendar changed"}


@dataclass(frozen=True, slots=True)
class Moved:
    """A promise whose moment moved; ``was`` is None if it could not be told before."""

    step: str
    until: str
    was: datetime | None
    now: datetime


def changed_days(old: Calendar, new: Calendar) -> tuple[date, ...]:
    """Return the dates on which *new* says otherwise than *old*, where both know, in order.

    Only closed and special dates are compared: other weekly hours are a matter of every day.
    """
    named = old.closed | new.closed | set(old.special) | set(new.special)
    both = (day for day in sorted(named) if old.knows(day) and new.knows(day))
    return tuple(day for day in both if old.hours(day) != new.hours(day))


def reason(old: Calendar, new: Calendar) -> dict[str, str]:
    """Return in words, in both languages, why a calendar changed: ``libur baru: …``."""
    days = [day for day in changed_days(old, new) if day in new.closed and day in new.notes]
    if days:
        return {
            "id": f"ditetapkan libur: {_named(new, days, 'id')}",
            "en": f"declared a holiday: {_named(new, days, 'en')}",
        }
    known = (old.known_until, new.known_until)
    if known[0] is not None and (known[1] is None or known[1] > known[0]):
        return dict(_NEW_YEAR)
    return dict(_CHANGED)


def moved(before: Timeline, after: Timeline, at: datetime) -> Iterator[Moved]:
    """Yield the service promises to the citizen, open at *at*, whose moment is another after.

    A promise already broken stays broken at its old moment, and is nobody's news.
    """
    old = {entry.key: entry for entry in promises(before)}
    for entry in promises(after):
        if not _is_open(entry, at) or entry.due_at is None:
            continue
        was = old.get(entry.key)
        if was is not None and was.due_at != entry.due_at and _is_open(was, at):
            yield Moved(entry.step, entry.until or "", was.due_at, entry.due_at)


def _is_open(entry: Entry, at: datetime) -> bool:
    promised = entry.limit == "service" and entry.clock == "citizen"
    ahead = entry.due_at is None or entry.due_at > at
    return promised and ahead and entry.state in ("planned", "unknown")


def _named(calendar: Calendar, days: list[date], language: str) -> str:
    names: dict[str, None] = {}
    for day in days[:_MOST_NAMED]:
        note: Mapping[str, str] = {"id": calendar.notes[day].id, "en": calendar.notes[day].en}
        names[note[language] or note["id"] or day.isoformat()] = None
    more = "" if len(days) <= _MOST_NAMED else " …"
    return ", ".join(names) + more
