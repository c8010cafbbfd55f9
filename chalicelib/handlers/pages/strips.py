"""The ladder laid on the calendar: one row a day, its open hours, and what falls due when.

From a simulated ladder (`chalicelib.services.simulating`) to what the page draws: places in per
cent of the day's axis. Quiet stretches are drawn as one row, so that the longest limit still
prints on a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

from chalicelib.domain.dates import DAY_NAMES, MONTHS

#: Hours of the axis: of an office day, and of a day without end.
OFFICE, WHOLE = (7, 17), (0, 24)
#: This many days without anything due are drawn one by one, more of them together.
_QUIET = 2
_MAIN = ("verification", "agency", "citizen")
_REMINDED = frozenset({"petugas", "piket", "danru"})

Ladder = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rung:
    """One notice on the page. kind: ``start``, ``n``, ``r`` (reminder), ``lim`` or ``leg``."""

    number: int | None
    at: datetime
    kind: str
    who: str
    why: str
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a strip: its class, where it begins and how wide it is, in per cent."""

    kind: str
    x: str
    width: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One day, or several quiet ones. words: why it is closed, or how many days they are.

    kind: ``open``, ``shut`` (nobody works) or ``quiet`` (time runs, nobody is told).
    """

    label: str
    kind: str
    words: str = ""
    provisional: bool = False
    pieces: tuple[Piece, ...] = ()
    pins: tuple[Piece, ...] = ()
    rungs: tuple[Rung, ...] = field(default=())


@dataclass(frozen=True)
class Strips:
    """Draws one ladder in one language."""

    ladder: Ladder
    language: str

    def rungs(self) -> list[Rung]:
        """Return the notices of the clocks that run whatever people do, numbered in due order."""
        told = [
            rung
            for rung in self.ladder["rungs"]
            if rung["clock"] in _MAIN and rung["due_at"] and rung["repeat"] == 0
        ]
        return [self._rung(number, rung) for number, rung in enumerate(told, start=1)]

    def axis(self) -> list[tuple[str, str]]:
        """Return the hours written above the strips, each with its place."""
        first, last = self._hours()
        step = 2 if last - first <= 12 else 6
        return [(f"{hour:02d}", self._place(hour)) for hour in range(first + 1, last, step)]

    def rows(self) -> Iterator[Row]:
        """Yield the rows in order."""
        by_day: dict[str, list[Rung]] = {}
        for rung in self.rungs():
            by_day.setdefault(rung.at.date().isoformat(), []).append(rung)
        days = self.ladder["days"]
        for quiet, group in groupby(days, key=lambda day: self._group(day, by_day)):
            found = list(group)
            if quiet and len(found) > _QUIET:
                yield self._together(found)
                continue
            for shut, part in groupby(found, key=self._shut_key):
                alike = list(part)
                if shut:
                    yield self._closed(alike)
                else:
                    yield from (self._open(day, by_day.get(day["date"], [])) for day in alike)

    def _group(self, day: Mapping[str, Any], by_day: Mapping[str, Any]) -> bool:
        """Whether nothing happens on a day: neither a notice, nor the filing, nor a holiday."""
        told = day["date"] in by_day or day["date"] == self._filed().date().isoformat()
        return not (told or day["kind"] in ("holiday", "special", "unknown"))

    def _shut_key(self, day: Mapping[str, Any]) -> str:
        """Closed days of one reason stand together; an open day stands alone."""
        return "" if day["windows"] else str((day["note"] or {}).get("id") or day["kind"])

    def _rung(self, number: int, rung: Mapping[str, Any]) -> Rung:
        kind = {"service": "lim", "legal": "leg"}.get(rung["limit"] or "", "n")
        if kind == "n" and _REMINDED & set(rung["to"]) and not rung["at_start"]:
            kind = "r"
        return Rung(
            number,
            datetime.fromisoformat(rung["due_at"]),
            kind,
            self._who(rung),
            str(rung["name"].get(self.language) or rung["name"].get("id") or rung["step"]),
            rung["provisional"],
        )

    def _who(self, rung: Mapping[str, Any]) -> str:
        own = {"id": "Pelapor", "en": "The reporter"}[self.language]
        names = [(one.get("title") or {}).get(self.language) or own for one in rung["recipients"]]
        return ", ".join(dict.fromkeys(names)) or {"id": "tidak ada", "en": "nobody"}[self.language]

    def _open(self, day: Mapping[str, Any], rungs: Sequence[Rung]) -> Row:
        filed = self._filed()
        today = day["date"] == filed.date().isoformat()
        start = Rung(None, filed, "start", "", "") if today else None
        shown = (*((start,) if start else ()), *rungs)
        note = day["note"] or day["variant"]
        return Row(
            label=self._label(date.fromisoformat(day["date"])),
            kind="open",
            words=str(note.get(self.language) or note.get("id")) if note else "",
            provisional=day["provisional"],
            pieces=tuple(self._pieces(day, filed)),
            pins=tuple(Piece(rung.kind, self._place(_hour(rung.at))) for rung in shown),
            rungs=shown,
        )

    def _pieces(self, day: Mapping[str, Any], filed: datetime) -> Iterator[Piece]:
        """Yield the open hours: before the filing idle, then within the promise, then past it."""
        promise = self._promise()
        for opens, closes in day["windows"]:
            begin, end = _clock(day["date"], opens, filed), _clock(day["date"], closes, filed)
            marks = sorted(
                {begin, end, *(at for at in (filed, promise) if at and begin < at < end)}
            )
            for one, other in pairwise(marks):
                kind = "idle" if other <= filed else "svc"
                if promise and one >= promise:
                    kind = "past"
                width = self._share(_hour(other, one) - _hour(one))
                yield Piece(kind, self._place(_hour(one)), width)

    def _closed(self, days: Sequence[Mapping[str, Any]]) -> Row:
        first, last = (date.fromisoformat(days[at]["date"]) for at in (0, -1))
        note = days[0]["note"] or {}
        plain = {
            "weekend": {"id": "akhir pekan", "en": "weekend"},
            "holiday": {"id": "libur", "en": "holiday"},
            "unknown": {"id": "belum diketahui", "en": "not known yet"},
        }.get(days[0]["kind"], {"id": "", "en": ""})
        words = note.get(self.language) or note.get("id") or plain[self.language]
        unsure = any(day["provisional"] for day in days)
        return Row(self._span(first, last), "shut", words, provisional=unsure)

    def _together(self, days: Sequence[Mapping[str, Any]]) -> Row:
        first, last = (date.fromisoformat(days[at]["date"]) for at in (0, -1))
        working = sum(bool(day["windows"]) for day in days)
        office = self._hours() == OFFICE
        words = {
            "id": f"{working} hari {'kerja ' if office else ''}tanpa pemberitahuan",
            "en": f"{working} {'working ' if office else ''}days without a notice",
        }
        promise = self._promise()
        kept = promise is None or days[-1]["date"] <= promise.date().isoformat()
        running = (Piece("svc" if kept else "past", "0%", "100%"),) if working else ()
        return Row(
            self._span(first, last),
            "quiet" if working else "shut",
            words[self.language],
            pieces=running,
        )

    def _label(self, day: date) -> str:
        return f"{DAY_NAMES[self.language][day.weekday()]} {day.day}{self._month(day)}"

    def _span(self, first: date, last: date) -> str:
        if first == last:
            return self._label(first)
        names = DAY_NAMES[self.language]
        one, other = names[first.weekday()][:3], names[last.weekday()][:3]
        return f"{one}–{other} {first.day}–{last.day}{self._month(last)}"

    def _month(self, day: date) -> str:
        """The month, where it is not the one that stands above the column."""
        if day.month == self._filed().month:
            return ""
        return f" {MONTHS[self.language][day.month - 1]}"

    def _filed(self) -> datetime:
        return datetime.fromisoformat(self.ladder["filed_at"])

    def _promise(self) -> datetime | None:
        """The end of what the city promises: done, or else the first thing it promises at all."""
        rows = [one for one in self.ladder["promises"] if one["limit"] == "service"]
        done = [one for one in rows if one["until"] == "resolved"] or rows
        due = done[0]["due_at"] if done else None
        return datetime.fromisoformat(due) if due else None

    def _hours(self) -> tuple[int, int]:
        windows = [window for day in self.ladder["days"] for window in day["windows"]]
        return WHOLE if ["00:00", "24:00"] in windows else OFFICE

    def _place(self, hour: float) -> str:
        first, last = self._hours()
        return f"{max(0.0, min(1.0, (hour - first) / (last - first))):.2%}"

    def _share(self, hours: float) -> str:
        first, last = self._hours()
        return f"{hours / (last - first):.2%}"


def _hour(at: datetime, day_of: datetime | None = None) -> float:
    """The hour of the day, 24 for the midnight that ends the day of *day_of*."""
    whole = 24 if day_of is not None and at.date() > day_of.date() else 0
    return whole + at.hour + at.minute / 60 + at.second / 3600


def _clock(day: str, time: str, like: datetime) -> datetime:
    midnight = datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=like.tzinfo)
    hours, minutes = (int(part) for part in time.split(":"))
    return midnight + timedelta(hours=hours, minutes=minutes)
