"""Why an entry is due when it is: the days counted and skipped, each with its reason, in words.

For people who ask "why was the head of the agency told at 08.29?" (S35). Everything is read from
the entry itself: the spans in which its clock ran, and the calendar of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from chalicelib.domain.calendar import Calendar, CalendarUnknown
from chalicelib.domain.dates import DAY_NAMES, MONTHS
from chalicelib.domain.laddering import Limit
from chalicelib.domain.timeline import Entry, Span
from chalicelib.domain.workdays import hours_of

LONGEST_DAYS = 400
"""Days shown at most; a longer derivation is cut and says so."""

_WORDS = {
    "id": {
        "due": "Jatuh tempo",
        "was_due": "Semula jatuh tempo",
        "before": "semula",
        "at": "pukul",
        "since": "sejak",
        "counted": "dihitung",
        "skipped": "dilewati",
        "day0": "hari pertama tidak dihitung",
        "weekend": "bukan hari kerja",
        "holiday": "libur",
        "outside": "di luar jam kerja",
        "paused": "waktu berhenti",
        "provisional": "perkiraan",
        "hours": "jam kerja {name}",
        "also": "Dihitung juga menurut {basis}, dalam {kind}: {due}",
        "earlier": "Yang lebih awal yang ditunjukkan sebagai batas",
        "governs": "Batas yang lebih awal yang ditunjukkan: {due}, dalam {kind}, menurut {basis}",
        "calendar_days": "hari kalender",
        "working_days": "hari kerja",
        "no_basis": "dasar hukum yang belum ditetapkan",
        "moot": "Tidak jadi dijalankan",
        "unknown": "Belum dapat dihitung: kalender {name} belum memuat tanggal yang diperlukan",
        "waiting": "Waktu sedang berhenti; jatuh tempo dihitung lagi setelah dilanjutkan",
        "late": "baru dapat dijalankan {due}",
        "unreachable": "dimajukan karena tidak ada yang dapat dihubungi pada langkah sebelumnya",
        "migrated": "langsung dijalankan karena SOP diganti",
        "hour": "jam",
        "minute": "menit",
        "second": "detik",
        "day": "hari",
        "working": "kerja",
        "now": "seketika",
        "days": "hari",
    },
    "en": {
        "due": "Due",
        "was_due": "Would have been due",
        "before": "otherwise",
        "at": "at",
        "since": "from",
        "counted": "counted",
        "skipped": "skipped",
        "day0": "the first day does not count",
        "weekend": "not a working day",
        "holiday": "holiday",
        "outside": "outside working hours",
        "paused": "clock stopped",
        "provisional": "provisional",
        "hours": "working hours of {name}",
        "also": "Also counted by {basis}, in {kind}: {due}",
        "earlier": "The earlier one is shown as the limit",
        "governs": "The earlier limit is the one shown: {due}, in {kind}, by {basis}",
        "calendar_days": "calendar days",
        "working_days": "working days",
        "no_basis": "a legal basis not yet laid down",
        "moot": "Not carried out",
        "unknown": "Cannot be calculated yet: calendar {name} lacks a date that is needed",
        "waiting": "The clock is stopped; the due time is calculated again when it goes on",
        "late": "could only be carried out {due}",
        "unreachable": "brought forward because nobody could be reached at the step before",
        "migrated": "carried out at once because the SOP was replaced",
        "hour": "hours",
        "minute": "minutes",
        "second": "seconds",
        "day": "days",
        "working": "working",
        "now": "at once",
        "days": "days",
    },
}
_EVENTS = {
    "id": {
        "verified": "sudah diverifikasi",
        "assigned": "didisposisikan lagi",
        "reassigned": "dialihkan ke instansi lain",
        "declined": "ditolak instansi",
        "acknowledged": "sudah diterima petugas",
        "on_scene": "petugas sudah di lokasi",
        "resumed": "waktu dilanjutkan",
        "resolved": "hasil sudah diajukan",
        "stopped": "hasil sudah diajukan",
        "returned": "hasil dikembalikan",
        "validated": "hasil sudah disahkan",
        "confirmed": "pelapor sudah memastikan",
        "rejected": "laporan ditolak",
        "referred": "laporan dilimpahkan",
        "merged": "laporan digabungkan",
        "closed": "laporan ditutup",
        "closed_automatically": "laporan ditutup otomatis",
        "withdrawn": "laporan dicabut",
        "disputed": "hasil disanggah pelapor",
        "reopened": "laporan dibuka kembali",
        "migrated": "SOP diganti",
        "superseded": "langkah yang lebih tinggi sudah dijalankan",
        "deferred": "ditangguhkan",
    },
    "en": {
        "verified": "verified",
        "assigned": "assigned anew",
        "reassigned": "passed to another agency",
        "declined": "declined by the agency",
        "acknowledged": "accepted by an officer",
        "on_scene": "an officer is on the scene",
        "resumed": "the clock went on",
        "resolved": "a result was submitted",
        "stopped": "a result was submitted",
        "returned": "the result was sent back",
        "validated": "the result was validated",
        "confirmed": "confirmed by the reporter",
        "rejected": "the report was rejected",
        "referred": "the report was referred",
        "merged": "the report was merged",
        "closed": "the report was closed",
        "closed_automatically": "the report was closed automatically",
        "withdrawn": "the report was withdrawn",
        "disputed": "the result was disputed",
        "reopened": "the report was reopened",
        "migrated": "the SOP was replaced",
        "superseded": "a higher step was carried out instead",
        "deferred": "deferred",
    },
}


def derive(entry: Entry, language: str = "id") -> dict[str, Any]:
    """Return the derivation of *entry*: its days, and one sentence in each language.

    ``text`` is the sentence in *language* (``id`` or ``en``); ``provisional`` says whether a
    date on which the result depends may still move (a feast not yet fixed).
    """
    days = list(_days(entry))
    sentences = {name: _sentence(entry, days, name) for name in ("id", "en")}
    return {
        "key": entry.key,
        "state": entry.state,
        "calendar": entry.calendar,
        "counted_from": _shown(entry, _counted_from(entry)),
        "deadline": _shown(entry, entry.deadline),
        "due_at": _shown(entry, entry.due_at),
        "days": days,
        "provisional": any(day["provisional"] for day in days),
        "sentence": sentences,
        "text": sentences.get(language, sentences["id"]),
    }


def moment(instant: datetime, calendar: Calendar, language: str) -> str:
    """Return *instant* in words: ``Rabu, 26 Mei 2027 pukul 08.29 WIB``."""
    local = instant.astimezone(calendar.zone)
    clock = f"{local:%H.%M}" if language == "id" else f"{local:%H:%M}"
    if local.second:
        clock += f"{local:.%S}" if language == "id" else f"{local::%S}"
    at = _WORDS[language]["at"]
    name = DAY_NAMES[language][local.weekday()]
    return f"{name}, {_date(local.date(), language, True)} {at} {clock} {local.tzname()}"


def beside(entry: Entry, limit: Limit, language: str = "id") -> str:
    """Return what is said of a limit that was computed in more ways than one, '' if in one only.

    *limit* holds *entry*, as the governing one or as another (UU 25/2009 says "days", the
    ministerial guideline "working days": both are computed, the earlier is shown).
    """
    if not limit.others:
        return ""
    words = _WORDS[language]
    if entry.key != limit.governing.key:
        return words["governs"].format(**_counting(limit.governing, language)) + "."
    told = "; ".join(words["also"].format(**_counting(one, language)) for one in limit.others)
    return f"{told}. {words['earlier']}."


def _counting(entry: Entry, language: str) -> dict[str, str]:
    words = _WORDS[language]
    calendar = entry.spans[0].calendar if entry.spans else None
    wall = calendar is not None and calendar.always_open
    due = words["waiting"]
    if calendar is not None and entry.due_at is not None:
        due = moment(entry.due_at, calendar, language)
    return {
        "basis": entry.basis or words["no_basis"],
        "kind": words["calendar_days" if wall else "working_days"],
        "due": due,
    }


# -- days --------------------------------------------------------------------------------------


def _days(entry: Entry) -> Iterator[dict[str, Any]]:
    """Yield the days from the start of the clock to the deadline, each with what it gave."""
    if not entry.spans or entry.started_at is None or entry.deadline == entry.started_at:
        return  # what is due the moment its clock starts counts and skips nothing
    end = entry.deadline or entry.spans[-1].end or entry.started_at
    calendar = entry.spans[0].calendar
    first = calendar.local_date(entry.started_at)
    last = calendar.local_date(end - timedelta(microseconds=1))
    for ordinal in range(
        first.toordinal(), min(last.toordinal(), first.toordinal() + LONGEST_DAYS) + 1
    ):
        day = date.fromordinal(ordinal)
        try:
            yield _day(entry, day, end, day == first)
        except CalendarUnknown:
            return


def _day(entry: Entry, day: date, end: datetime, first: bool) -> dict[str, Any]:
    calendar = _calendar_of(entry, day)
    seconds = _seconds(entry, day, end)
    counts_days = bool(entry.definition and entry.definition.at.days)
    counted = _closing_counts(entry, day, end) and not first if counts_days else seconds > 0
    note = calendar.notes.get(day)
    hours = hours_of(calendar, day)
    return {
        "date": day.isoformat(),
        "counted": counted,
        "seconds": seconds,
        "windows": [list(window) for window in hours.windows],
        "hours": dict(hours.variant) if hours.variant else None,
        "reason": None if counted else _reason(calendar, day, first, counts_days),
        "note": {"id": note.id, "en": note.en, "source": note.source} if note else None,
        "provisional": hours.provisional,
    }


def _counted_from(entry: Entry) -> datetime | None:
    """Return the event for a ladder of days (its date is day 0), else the first working moment."""
    by_days = entry.definition is not None and entry.definition.at.days > 0
    return entry.started_at if by_days else entry.opened_at or entry.started_at


def _reason(calendar: Calendar, day: date, first: bool, counts_days: bool) -> str:
    if first and counts_days:
        return "day0"
    if calendar.hours(day):
        return "outside" if first else "paused"
    return "holiday" if day in calendar.closed or day in calendar.special else "weekend"


def _calendar_of(entry: Entry, day: date) -> Calendar:
    """Return the calendar that counted on *day*: that of the last span begun by its end."""
    calendar = entry.spans[0].calendar
    for span in entry.spans:
        if calendar.local_date(span.start) <= day:
            calendar = span.calendar
    return calendar


def _seconds(entry: Entry, day: date, end: datetime) -> float:
    return sum(
        span.calendar.working_seconds(begin, finish)
        for span in entry.spans
        for begin, finish in [_overlap(span, day, end)]
    )


def _overlap(span: Span, day: date, end: datetime) -> tuple[datetime, datetime]:
    midnight = datetime.combine(day, time(), span.calendar.zone)
    next_midnight = datetime.combine(day + timedelta(days=1), time(), span.calendar.zone)
    finish = min(next_midnight.astimezone(end.tzinfo), end)
    return max(midnight.astimezone(end.tzinfo), span.start), min(finish, span.end or finish)


def _closing_counts(entry: Entry, day: date, end: datetime) -> bool:
    closing = _calendar_of(entry, day).closing(day)
    return closing is not None and any(
        span.start <= closing <= end and (span.end is None or closing < span.end)
        for span in entry.spans
    )


# -- words -------------------------------------------------------------------------------------


def _sentence(entry: Entry, days: list[dict[str, Any]], language: str) -> str:
    words = _WORDS[language]
    if entry.state == "unknown":
        return words["unknown"].format(name=entry.calendar) + "."
    if entry.state == "moot":
        why = _EVENTS[language].get(entry.reason or "", entry.reason or "")
        head = f"{words['moot']}: {why}."
        return f"{head} {_due_sentence(entry, days, language, 'was_due')}".strip()
    if entry.due_at is None:
        return words["waiting"] + "."
    return _due_sentence(entry, days, language, "due")


def _due_sentence(entry: Entry, days: list[dict[str, Any]], language: str, head: str) -> str:
    words = _WORDS[language]
    calendar = entry.spans[0].calendar if entry.spans else None
    if calendar is None or entry.started_at is None:
        return ""
    forward = _brought_forward(entry, calendar, language)
    if forward or entry.deadline is None:
        return forward
    since = moment(_counted_from(entry) or entry.started_at, calendar, language)
    parts = [f"{_budget(entry, calendar, language)} {words['since']} {since}"]
    parts += [_tally(days, language), _skipped(days, language), _hours(days, language)]
    parts += [_moved(entry, calendar, language)]
    told = "; ".join(part for part in parts if part)
    return f"{words[head]} {moment(entry.deadline, calendar, language)}: {told}."


def _brought_forward(entry: Entry, calendar: Calendar, language: str) -> str:
    """Return the sentence of an entry that an event made due before its budget ended, or ''."""
    words = _WORDS[language]
    early = entry.deadline is None or (entry.due_at is not None and entry.due_at < entry.deadline)
    if entry.due_at is None or not early or entry.reason not in words:
        return ""
    told = f"{words['due']} {moment(entry.due_at, calendar, language)}: {words[entry.reason]}"
    if entry.deadline is not None:
        told += f"; {words['before']} {moment(entry.deadline, calendar, language)}"
    return f"{told}."


def _moved(entry: Entry, calendar: Calendar, language: str) -> str:
    """Say why an entry fires at another time than its budget ends."""
    if entry.due_at is None or entry.due_at == entry.deadline:
        return ""
    words = _WORDS[language]
    due = moment(entry.due_at, calendar, language)
    late = words["late"].format(due=due)
    cause = words.get(entry.reason or "", "")
    return f"{late} ({cause})" if cause else late


def _budget(entry: Entry, calendar: Calendar, language: str) -> str:
    step = entry.definition
    if step is None:
        return entry.step
    every = step.repeat.every if step.repeat and entry.repeat else None
    days = step.at.days + (every.days * entry.repeat if every else 0)
    seconds = step.at.seconds + (every.seconds * entry.repeat if every else 0)
    return budget_in_words(days, seconds, calendar.always_open, language)


def budget_in_words(days: int, seconds: int, always_open: bool, language: str = "id") -> str:
    """Return a budget in words: ``3 hari kerja``, ``4 jam kerja``, ``15 menit``, ``seketika``."""
    parts = [_unit(days, "day", always_open, language)] if days else []
    parts += [_time(seconds, always_open, language)] if seconds else []
    return " + ".join(parts) or _WORDS[language]["now"]


def _time(seconds: int, always_open: bool, language: str) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [(hours, "hour"), (minutes, "minute"), (left, "second")]
    return " ".join(_unit(n, unit, always_open, language) for n, unit in parts if n)


def _unit(number: int, unit: str, always_open: bool, language: str) -> str:
    words = _WORDS[language]
    name = words[unit][:-1] if language == "en" and number == 1 else words[unit]
    if always_open or unit in ("minute", "second"):
        return f"{number} {name}"
    if language == "id":
        return f"{number} {name} {words['working']}"
    return f"{number} {words['working']} {name}"


def _tally(days: list[dict[str, Any]], language: str) -> str:
    counted = [day for day in days if day["counted"]]
    if len(days) < 2 or not counted:
        return ""
    words = _WORDS[language]
    return f"{words['counted']} {_ranges(counted, language)}"


def _skipped(days: list[dict[str, Any]], language: str) -> str:
    """Return the skipped days, neighbours of one reason together: ``15–16 Mei (libur: …)``."""
    skipped = [day for day in days if not day["counted"]]
    groups = groupby(skipped, key=lambda day: _why(day, language))
    told = ", ".join(f"{_ranges(list(group), language)} ({why})" for why, group in groups)
    return f"{_WORDS[language]['skipped']} {told}" if told else ""


def _hours(days: list[dict[str, Any]], language: str) -> str:
    """Return which counted days had other hours than usual (Ramadan), and whether they may move."""
    words = _WORDS[language]
    told = []
    counted = [day for day in days if day["counted"] and day["hours"]]
    for (name, provisional), group in groupby(
        counted, key=lambda day: (day["hours"][language], day["provisional"])
    ):
        mark = f" ({words['provisional']})" if provisional else ""
        told.append(f"{words['hours'].format(name=name)} {_ranges(list(group), language)}{mark}")
    return ", ".join(told)


def _why(day: dict[str, Any], language: str) -> str:
    words = _WORDS[language]
    why = words[day["reason"]]
    if day["reason"] == "holiday" and day["note"]:
        why = day["note"][language] or day["note"]["id"] or why
    return f"{why}, {words['provisional']}" if day["provisional"] else why


def _ranges(days: list[dict[str, Any]], language: str) -> str:
    dates = [date.fromisoformat(day["date"]) for day in days]
    runs: list[list[date]] = []
    for day in dates:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_range(run[0], run[-1], language) for run in runs)


def _range(first: date, last: date, language: str) -> str:
    if first == last:
        return _date(first, language, False)
    if first.month == last.month:
        return f"{first.day}–{_date(last, language, False)}"
    return f"{_date(first, language, False)} – {_date(last, language, False)}"


def _date(day: date, language: str, with_year: bool) -> str:
    text = f"{day.day} {MONTHS[language][day.month - 1]}"
    return f"{text} {day.year}" if with_year else text


def _shown(entry: Entry, instant: datetime | None) -> str | None:
    if instant is None:
        return None
    zone = entry.spans[0].calendar.zone if entry.spans else instant.tzinfo
    return instant.astimezone(zone).isoformat()
