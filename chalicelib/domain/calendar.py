"""Working time: when a clock runs, and where a budget of working time ends.

A calendar is data (see `Calendar.from_dict`). Most specific wins: a special date, then a closed
date, then a dated variant (Ramadan hours), then the weekly hours. A day outside ``known_from`` ..
``known_until`` is not known, and nothing is guessed about it: `CalendarUnknown` is raised, for a
year without its decree (SKB) must never count as "every day works".

All instants given and returned are aware; those returned are UTC, since two instants of one zone
with summer time cannot be compared or subtracted safely. The zone is used only to place windows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON_DAYS = 3660
"""How far a search goes for a working day before it says that there is none."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_MICRO = timedelta(microseconds=1)
_SECOND = 1_000_000
_DAY_SECONDS = 86_400
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_WHOLE_DAY = ((0, _DAY_SECONDS),)
_DESCRIPTIVE = (
    "id",
    "name",
    "version",
    "title",
    "about",
    "summary",
    "source",
    "sources",
    "legal_basis",
    "provisional",
    "extra",
)
_KEYS = (
    "timezone",
    "weekly",
    "closed",
    "variants",
    "special",
    "always_open",
    "known_from",
    "known_until",
    "notes",
    *_DESCRIPTIVE,
)

Windows = tuple[tuple[int, int], ...]
"""Working windows of one day, as seconds after local midnight; 86400 is the midnight that ends it.
"""


class CalendarInvalid(ValueError):
    """The data of a calendar contradict themselves. ``path`` says where, ``reason`` why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class CalendarUnknown(Exception):
    """A day was needed about which the calendar says nothing (a year not yet decreed)."""

    def __init__(self, name: str, day: date | None = None) -> None:
        super().__init__(f"calendar {name!r} says nothing about {day or 'any day'}")
        self.name = name
        self.day = day


@dataclass(frozen=True, slots=True)
class Note:
    """Why a date is special: a reason in two languages, its source, and whether it may move."""

    id: str = ""
    en: str = ""
    source: str = ""
    provisional: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """Other weekly hours between two dates, both inclusive. A weekday left out is closed."""

    start: date
    end: date
    weekly: Mapping[int, Windows]
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Calendar:
    """The working hours of one kind of unit. Immutable; dates are local and inclusive.

    A missing ``known_from`` or ``known_until`` means that the calendar claims no limit on that
    side. An always-open calendar is wall time: it ignores weekly hours and closed dates.
    """

    name: str
    timezone: str
    weekly: Mapping[int, Windows] = field(default_factory=dict)
    closed: frozenset[date] = frozenset()
    variants: tuple[Variant, ...] = ()
    special: Mapping[date, Windows] = field(default_factory=dict)
    always_open: bool = False
    known_from: date | None = None
    known_until: date | None = None
    notes: Mapping[date, Note] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    zone: ZoneInfo = field(init=False, compare=False, repr=False)
    _days: dict[int, Windows] = field(init=False, compare=False, repr=False, default_factory=dict)
    _first: int = field(init=False, compare=False, repr=False)
    _last: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone", _zone(self.timezone))
        first = self.known_from or date.min
        last = self.known_until or date.max
        if last < first:
            raise CalendarInvalid("known_until", "lies before known_from")
        object.__setattr__(self, "_first", first.toordinal())
        object.__setattr__(self, "_last", last.toordinal())

    # -- form ------------------------------------------------------------------------------

    @classmethod
    def from_dict(cls, name: str, data: Mapping[str, Any]) -> Calendar:
        """Return the calendar that *data* describe.

        Raises CalendarInvalid for an unknown key, weekday or zone, a window that does not end
        after it begins, windows that overlap, and dates that are none.
        """
        if not isinstance(data, Mapping):
            raise CalendarInvalid(name, "a calendar is an object")
        _only_known_keys(data, _KEYS, "")
        if not data.get("always_open") and "weekly" not in data:
            raise CalendarInvalid("weekly", "is missing, and the calendar is not always open")
        return cls(
            name=name,
            timezone=data.get("timezone", ""),
            weekly=_parse_weekly(data.get("weekly", {}), "weekly"),
            closed=_parse_closed(data.get("closed", ())),
            variants=_parse_variants(data.get("variants", ())),
            special={
                _parse_date(day, "special"): _parse_windows(windows, f"special.{day}")
                for day, windows in _mapping(data.get("special", {}), "special").items()
            },
            always_open=_parse_bool(data.get("always_open", False), "always_open"),
            known_from=_parse_bound(data, "known_from"),
            known_until=_parse_bound(data, "known_until"),
            notes={
                _parse_date(day, "notes"): _parse_note(note, f"notes.{day}")
                for day, note in _mapping(data.get("notes", {}), "notes").items()
            },
            extra={key: data[key] for key in _DESCRIPTIVE if key in data},
        )

    @classmethod
    def always(cls, name: str, timezone: str) -> Calendar:
        """Return a calendar that is open day and night, without an end."""
        return cls(name=name, timezone=timezone, always_open=True)

    def to_dict(self) -> dict[str, Any]:
        """Return the data form, such that ``from_dict(name, to_dict())`` is this calendar."""
        data: dict[str, Any] = {"timezone": self.timezone, "weekly": _weekly_form(self.weekly)}
        data["closed"] = [day.isoformat() for day in sorted(self.closed)]
        data["variants"] = [
            {
                "from": variant.start.isoformat(),
                "to": variant.end.isoformat(),
                "weekly": _weekly_form(variant.weekly),
                **variant.extra,
            }
            for variant in self.variants
        ]
        data["special"] = {
            day.isoformat(): _windows_form(windows) for day, windows in sorted(self.special.items())
        }
        if self.always_open:
            data["always_open"] = True
        for key, bound in (("known_from", self.known_from), ("known_until", self.known_until)):
            if bound:
                data[key] = bound.isoformat()
        if self.notes:
            data["notes"] = {
                day.isoformat(): _note_form(note) for day, note in sorted(self.notes.items())
            }
        data.update(self.extra)
        return data

    # -- days ------------------------------------------------------------------------------

    def knows(self, day: date) -> bool:
        """Say whether the calendar covers *day*."""
        return self._first <= day.toordinal() <= self._last

    def local_date(self, instant: datetime) -> date:
        """Return the date of *instant* in the calendar's zone."""
        return instant.astimezone(self.zone).date()

    def hours(self, day: date) -> Windows:
        """Return the hours of *day* as seconds after local midnight, empty for a closed day.

        Raises CalendarUnknown.
        """
        if not self.knows(day):
            raise CalendarUnknown(self.name, day)
        if self.always_open:
            return _WHOLE_DAY
        if day in self.special:
            return self.special[day]
        if day in self.closed:
            return ()
        for variant in self.variants:
            if variant.start <= day <= variant.end:
                return variant.weekly.get(day.weekday(), ())
        return self.weekly.get(day.weekday(), ())

    def windows(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Return the working windows [open, close) of the local date *day*, as UTC instants.

        Raises CalendarUnknown.
        """
        return tuple((_instant(a), _instant(b)) for a, b in self._windows(day.toordinal()))

    def closing(self, day: date) -> datetime | None:
        """Return the closing instant of *day* (the end of its last window), None when closed.

        On an always-open calendar it is the midnight that ends the day. Raises CalendarUnknown.
        """
        windows = self._windows(day.toordinal())
        return _instant(windows[-1][1]) if windows else None

    def closings(self, after: date, last: date | None = None) -> Iterator[tuple[date, datetime]]:
        """Yield (date, closing instant) of each working day after the date *after*, in order.

        last: the date, inclusive, with which it stops. Raises CalendarUnknown when it comes to a
        day that is not known.
        """
        days = HORIZON_DAYS if last is None else last.toordinal() - after.toordinal()
        for ordinal, windows in self._working_days(after.toordinal() + 1, days):
            yield date.fromordinal(ordinal), _instant(windows[-1][1])

    # -- instants --------------------------------------------------------------------------

    def is_open(self, instant: datetime) -> bool:
        """Say whether *instant* is working time: windows are [open, close)."""
        at = _micros(instant)
        return any(a <= at < b for a, b in self._windows(self._ordinal(instant)))

    def next_open(self, instant: datetime) -> datetime:
        """Return the first working moment at or after *instant*. Raises CalendarUnknown."""
        at = _micros(instant)
        for _, windows in self._working_days(self._ordinal(instant)):
            for opens, closes in windows:
                if at < closes:
                    return _instant(max(at, opens))
        raise CalendarUnknown(self.name)

    def add(self, start: datetime, seconds: float) -> datetime:
        """Return the instant at which *seconds* of working time after *start* are used up.

        A budget that ends exactly at closing, or at the start of a break, ends then and not at
        the next opening; an empty budget ends at the next working moment. Raises CalendarUnknown.
        """
        if seconds < 0:
            raise ValueError("a budget of working time is not negative")
        if seconds == 0:
            return self.next_open(start)
        left = round(seconds * _SECOND)
        at = _micros(start)
        if self.always_open:
            return self._add_wall_time(start, at + left)
        for _, windows in self._working_days(self._ordinal(start)):
            for opens, closes in windows:
                begin = opens if opens > at else at
                if begin >= closes:
                    continue
                if left <= closes - begin:
                    return _instant(begin + left)
                left -= closes - begin
        raise CalendarUnknown(self.name)

    def working_seconds(self, start: datetime, end: datetime) -> float:
        """Return the working time in [start, end), in seconds; 0 when *end* is not after *start*.

        Raises CalendarUnknown when a day in between is not known.
        """
        begin, finish = _micros(start), _micros(end)
        if finish <= begin:
            return 0
        total = 0
        last = self._ordinal(end - _MICRO)
        for ordinal in range(self._ordinal(start), last + 1):
            for opens, closes in self._windows(ordinal):
                total += max(0, min(closes, finish) - max(opens, begin))
        return total // _SECOND if total % _SECOND == 0 else total / _SECOND

    # -- inside ----------------------------------------------------------------------------

    def _add_wall_time(self, start: datetime, due: int) -> datetime:
        for day in (self.local_date(start), self.local_date(_instant(due - 1))):
            if not self.knows(day):
                raise CalendarUnknown(self.name, day)
        return _instant(due)

    def _ordinal(self, instant: datetime) -> int:
        return instant.astimezone(self.zone).toordinal()

    def _working_days(
        self, ordinal: int, count: int = HORIZON_DAYS
    ) -> Iterator[tuple[int, Windows]]:
        """Yield the days with windows among *count* from *ordinal* on; closed ones are skipped."""
        days = self._days
        for day in range(ordinal, ordinal + count):
            windows = days.get(day)
            if windows is None:
                windows = self._windows(day)
            if windows:
                yield day, windows
        if count == HORIZON_DAYS:
            raise CalendarUnknown(self.name)

    def _windows(self, ordinal: int) -> Windows:
        """Return the windows of a day as microseconds since 1970 (UTC), from the cache."""
        found = self._days.get(ordinal)
        if found is None:
            found = self._place(date.fromordinal(ordinal))
            self._days[ordinal] = found
        return found

    def _place(self, day: date) -> Windows:
        placed = (
            (_local_micros(day, opens, self.zone), _local_micros(day, closes, self.zone))
            for opens, closes in self.hours(day)
        )
        # Where clocks jump forward, a window can vanish.
        return tuple((opens, closes) for opens, closes in placed if opens < closes)


def _micros(instant: datetime) -> int:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return (instant - _EPOCH) // _MICRO


def _instant(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def _local_micros(day: date, seconds: int, zone: ZoneInfo) -> int:
    if seconds == _DAY_SECONDS:
        day, seconds = date.fromordinal(day.toordinal() + 1), 0
    hour, rest = divmod(seconds, 3600)
    minute, second = divmod(rest, 60)
    local = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
    offset = local.utcoffset() or timedelta()
    naive = (day.toordinal() - _EPOCH_ORDINAL) * _DAY_SECONDS + seconds
    return (naive * _SECOND) - offset // _MICRO


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name)) if name else _no_zone()
    except (KeyError, ValueError, OSError) as error:
        raise CalendarInvalid("timezone", f"{name!r} is not a known time zone") from error


def _no_zone() -> ZoneInfo:
    raise ValueError("no zone")


def _only_known_keys(data: Mapping[str, Any], known: Sequence[str], path: str) -> None:
    for key in data:
        if key not in known:
            raise CalendarInvalid(f"{path}{key}", "is not a part of a calendar")


def _mapping(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise CalendarInvalid(path, "must be an object")
    return value


def _parse_bool(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise CalendarInvalid(path, "must be true or false")
    return value


def _parse_date(text: object, path: str) -> date:
    if isinstance(text, date) and not isinstance(text, datetime):
        return text
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise CalendarInvalid(path, f"{text!r} is not a date (YYYY-MM-DD)") from error


def _parse_closed(value: object) -> frozenset[date]:
    if not isinstance(value, list | tuple):
        raise CalendarInvalid("closed", "must be a list of dates")
    return frozenset(_parse_date(text, f"closed[{i}]") for i, text in enumerate(value))


def _parse_bound(data: Mapping[str, Any], key: str) -> date | None:
    value = data.get(key)
    return None if value is None else _parse_date(value, key)


def _parse_weekly(value: object, path: str) -> dict[int, Windows]:
    weekly: dict[int, Windows] = {}
    for day, windows in _mapping(value, path).items():
        if day not in WEEKDAYS:
            raise CalendarInvalid(f"{path}.{day}", f"is not a weekday ({', '.join(WEEKDAYS)})")
        weekly[WEEKDAYS.index(day)] = _parse_windows(windows, f"{path}.{day}")
    return weekly


def _parse_windows(value: object, path: str) -> Windows:
    if not isinstance(value, list | tuple):
        raise CalendarInvalid(path, "must be a list of [open, close]")
    windows = tuple(sorted(_parse_window(pair, f"{path}[{i}]") for i, pair in enumerate(value)))
    for (_, earlier_close), (later_open, _) in pairwise(windows):
        if later_open < earlier_close:
            raise CalendarInvalid(path, "windows overlap")
    return windows


def _parse_window(value: object, path: str) -> tuple[int, int]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise CalendarInvalid(path, "must be [open, close]")
    opens, closes = (_parse_time(text, path) for text in value)
    if closes <= opens:
        raise CalendarInvalid(path, f"closes ({value[1]}) at or before it opens ({value[0]})")
    return opens, closes


def _parse_time(text: object, path: str) -> int:
    if text == "24:00":
        return _DAY_SECONDS
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise CalendarInvalid(path, f"{text!r} is not a time (HH:MM, or 24:00 as a close)")
    hour, minute, second = match.groups(default="0")
    return int(hour) * 3600 + int(minute) * 60 + int(second)


def _parse_variants(value: object) -> tuple[Variant, ...]:
    if not isinstance(value, list | tuple):
        raise CalendarInvalid("variants", "must be a list")
    variants = tuple(_parse_variant(entry, f"variants[{i}]") for i, entry in enumerate(value))
    ordered = sorted(variants, key=lambda variant: variant.start)
    for earlier, later in pairwise(ordered):
        if later.start <= earlier.end:
            raise CalendarInvalid("variants", f"two of them cover {later.start}")
    return variants


def _parse_variant(value: object, path: str) -> Variant:
    data = _mapping(value, path)
    _only_known_keys(data, ("from", "to", "weekly", "note", *_DESCRIPTIVE), f"{path}.")
    start = _parse_date(data.get("from"), f"{path}.from")
    end = _parse_date(data.get("to"), f"{path}.to")
    if end < start:
        raise CalendarInvalid(path, "ends before it starts")
    extra = {key: data[key] for key in data if key not in ("from", "to", "weekly")}
    return Variant(start, end, _parse_weekly(data.get("weekly", {}), f"{path}.weekly"), extra)


def _parse_note(value: object, path: str) -> Note:
    if isinstance(value, str):
        return Note(id=value, en=value)
    data = _mapping(value, path)
    _only_known_keys(data, ("id", "en", "source", "provisional", "kind"), f"{path}.")
    return Note(
        id=str(data.get("id", "")),
        en=str(data.get("en", "")),
        source=str(data.get("source", "")),
        provisional=_parse_bool(data.get("provisional", False), f"{path}.provisional"),
        kind=str(data.get("kind", "")),
    )


def _note_form(note: Note) -> dict[str, Any]:
    form: dict[str, Any] = {"id": note.id, "en": note.en}
    if note.source:
        form["source"] = note.source
    if note.provisional:
        form["provisional"] = True
    if note.kind:
        form["kind"] = note.kind
    return form


def _weekly_form(weekly: Mapping[int, Windows]) -> dict[str, list[list[str]]]:
    return {WEEKDAYS[day]: _windows_form(weekly[day]) for day in sorted(weekly)}


def _windows_form(windows: Windows) -> list[list[str]]:
    return [[_time_form(opens), _time_form(closes)] for opens, closes in windows]


def _time_form(seconds: int) -> str:
    hour, rest = divmod(seconds, 3600)
    minute, second = divmod(rest, 60)
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if second else "")
