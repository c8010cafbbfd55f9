"""Public views and figures: what a report shows in lists and adds to counters.

Everything here is a pure function of a report's state, so every list and figure can be made again
from the record. What may not be shown is in no list; it adds to one figure only, that of reports
withheld, so that the sums still add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from chalicelib.domain import misuse
from chalicelib.domain.auditing import ORDERED
from chalicelib.domain.endings import ending_of
from chalicelib.domain.events import instant
from chalicelib.domain.report import (
    ACCEPTED,
    APPROVED,
    CLOSED,
    DRAWN,
    WAITING,
    PhotoState,
    Report,
)
from chalicelib.domain.sources import source_class
from chalicelib.services import tallies
from chalicelib.services.catalogue import CITY_ZONE
from chalicelib.services.ports import Page
from chalicelib.services.tallies import WITHHELD, Cell, Key

#: What statistics can be broken down by.
GROUPS = (
    "category",
    "status",
    "kecamatan",
    "kelurahan",
    "agency",
    "month",
    "ending",
    "proof",
    "audit",
    "source",
)
#: Upper ends of the classes of time, in minutes of the wall clock; beyond the last: longer.
TIME_CLASSES = (
    1, 2, 3, 5, 7, 10, 12, 15, 20, 25, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1080, 1440,
    2160, 2880, 4320, 5760, 7200, 8640, 10080, 14400, 20160, 28800, 43200, 64800, 86400, 129600,
)  # fmt: skip
LONGER = 10**9
#: Lists of what waits for somebody's eyes: photos to be examined, covered, looked at by a second
#: person, made public, and results to be looked at in the field.
EXAMINE, COVER, REVIEW, PUBLISH, AUDIT = "examine", "cover", "review", "publish", "audit"
#: An instruction of a leader that nobody has answered; one that was, while the report is open; a
#: report past a limit of the law; one that an agency declined and that is still not done.
INSTRUCTED, ANSWERED, LEGAL, BOUNCED = "instructed", "answered", "legal", "bounced"
PHOTO_WAITS = (EXAMINE, COVER, REVIEW, PUBLISH)
#: Reports that somebody takes for a hoax, and blocks that their reporter appealed against.
SUSPECT, APPEAL = "suspect", "appeal"
WAITS = (*PHOTO_WAITS, AUDIT, SUSPECT, APPEAL, INSTRUCTED, ANSWERED, LEGAL, BOUNCED)
#: Stands for the kelurahan of reports about people: their kinds are counted by kecamatan only.
PEOPLE = "people"
#: Fewer reports of a sensitive kind than this are not counted by themselves.
FEWEST = 5
#: Stands for those kinds together.
FEW = "few"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a public list is narrowed to; days are ISO dates in the city, inclusive."""

    status: str = ""
    category: str = ""
    area: str = ""
    first_day: str = ""
    last_day: str = ""

    @property
    def narrow(self) -> bool:
        """Whether rows within the days may still not belong to the list."""
        return bool(self.status or self.category or self.area)

    def fit(self, row: Mapping[str, Any]) -> bool:
        """Whether *row* belongs to the list."""
        return (
            self.status in ("", row["status"])
            and self.category in ("", row["category"])
            and self.area in ("", row["kelurahan"], row["kecamatan"])
            and (not self.first_day or self.first_day <= row["day"])
            and (not self.last_day or row["day"] <= self.last_day)
        )


@dataclass(frozen=True, slots=True)
class View:
    """What the views table keeps of one report.

    version: how many events of its record it shows. counted: the cells it is counted in. shown:
    its row in public lists, if any. alarm: its row on the control room's board, while it is an
    emergency that runs. waits: its row in each list of what waits for staff's eyes (`WAITS`).
    """

    number: str
    version: int
    counted: tuple[Cell, ...]
    shown: Mapping[str, Any] | None = None
    alarm: Mapping[str, Any] | None = None
    waits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class ViewStore(Protocol):
    """The views table."""

    def get(self, number: str) -> View | None:
        """Return the view of a report, strongly consistent, or None."""

    def replace(self, old: View | None, new: View) -> None:
        """Put *new* in the place of *old* and count it instead, all or nothing; raise Conflict."""

    def page(self, filters: Filters, limit: int, cursor: str | None) -> Page:
        """Return public rows, newest first. A page may be short of *limit* and not the last."""

    def shown(self, numbers: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return the public rows of these reports (100 at most) that have one, by number."""

    def alarms(self, most: int) -> tuple[Mapping[str, Any], ...]:
        """Return the board's rows, oldest first, *most* at the most."""

    def waiting(self, kind: str, limit: int, cursor: str | None) -> Page:
        """Return the rows of one list of `WAITS`, oldest report first."""

    def every_view(self) -> Iterator[View]:
        """Yield every view there is, in no order: a long walk, for tools."""

    def every_count(self) -> Mapping[Cell, int]:
        """Return every counter that is not zero: a long walk, for tools."""

    def correct(self, deltas: Mapping[Cell, int]) -> None:
        """Add *deltas* to the counters: for the rebuild alone, views are left as they are."""

    def counts(
        self, groups: Collection[str], first_month: str, last_month: str
    ) -> Mapping[Key, int]:
        """Return the counters of *groups* and the withheld; months inclusive, empty: no bound."""


def view_of(report: Report, version: int) -> View:
    """Return what the views table keeps of *report*."""
    if report.drill:
        return View(report.number, version, ())
    month = city_day(report.filed_at)[:7]
    alarm, waits = alarm_of(report), waits_of(report)
    if hidden(report):
        return View(report.number, version, (tallies.withheld(month),), alarm=alarm, waits=waits)
    status, promise = report.status, report.promise
    category, agency = report.category, report.agency
    ending = ending_of(report) or "running"
    standing = (status, ending, report.proof or "none_yet", report.audit or "none", promise)
    # Among a few thousand people a single report about somebody points at them.
    kelurahan = report.kelurahan if report.sensitivity == "none" else PEOPLE
    classes = {name: time_class(seconds) for name, seconds in times(report).items()}
    counted = (
        tallies.what(month, category, agency, standing),
        tallies.where(month, report.kecamatan, kelurahan, (status, promise)),
        tallies.came_from(
            month, source_class(report.source), status if report.closed else tallies.RUNNING
        ),
        *(tallies.took(month, category, agency, name, most) for name, most in classes.items()),
        *(
            tallies.took_there(month, report.kecamatan, kelurahan, name, most)
            for name, most in classes.items()
        ),
        *_arrivals(report, month),
    )
    return View(report.number, version, counted, row_of(report), alarm, waits)


def _arrivals(report: Report, month: str) -> tuple[Cell, ...]:
    """How fast somebody was at the scene; an emergency past its limit with nobody there counts.

    Where the place is unknown the area is empty. What is merged is counted with its main report.
    """
    kept = not any(one.endswith("#on_scene#service") for one in report.breaches)
    if not report.emergency or report.status == "merged" or (kept and not report.on_scene_at):
        return ()
    most = time_class(times(report)["on_scene"]) if report.on_scene_at else LONGER
    hour = report.filed_at.astimezone(CITY_ZONE).hour
    return (tallies.arrived(month, report.kecamatan, hour, most, kept=kept),)


def times(report: Report) -> dict[str, float]:
    """Return how long after filing each timed moment came, in seconds by the wall clock."""
    moments = {
        "acknowledged": report.acknowledged_at,
        "on_scene": report.on_scene_at,
        "resolved": report.resolved_at,
    }
    return {name: (at - report.filed_at).total_seconds() for name, at in moments.items() if at}


def time_class(seconds: float) -> int:
    """Return the upper end, in minutes, of the class that *seconds* falls into."""
    return next((most for most in TIME_CLASSES if seconds <= most * 60), LONGER)


def alarm_of(report: Report) -> dict[str, Any] | None:
    """Return the board's row of an emergency that runs; None for whatever else.

    Cases for the inspectorate and about a unit are on no board, and of confidential ones only kind
    and kecamatan (visual direction: no addresses of victims on the wall).
    """
    apart = report.tier == "P4" or report.about_unit or report.drill
    if not report.emergency or apart or report.closed or report.resolved_at:
        return None
    return {
        "number": report.number,
        "tier": report.tier,
        "category": report.category,
        "sop": [report.sop_id, report.sop_version],
        "status": report.status,
        "agency": report.agency,
        "kelurahan": "" if report.secret else report.kelurahan,
        "kecamatan": report.kecamatan,
        "secret": report.secret,
        **{
            name: instant(at) if at else None
            for name, at in (
                ("filed_at", report.filed_at),
                ("assigned_at", report.assigned_at),
                ("acknowledged_at", report.acknowledged_at),
                ("on_scene_at", report.on_scene_at),
                ("situation_at", report.situation_at),
            )
        },
        "situation": report.situation,
    }


def waits_of(report: Report) -> dict[str, dict[str, Any]]:
    """Return the report's rows in the lists of `WAITS`, by list.

    Photos of what nobody may see are never published, so they wait for no covering.
    """
    if report.drill or report.forgotten:
        return {}
    kinds = (EXAMINE,) if hidden(report) else PHOTO_WAITS
    found = {
        kind: [photo for photo, state in report.media.items() if _waits_for(state) == kind]
        for kind in kinds
    }
    rows = {kind: _waiting_row(report, photos) for kind, photos in found.items() if photos}
    others = {
        AUDIT: report.audit == ORDERED,
        SUSPECT: report.hoax == misuse.SUSPECTED and not report.closed,
        APPEAL: report.appeal == misuse.APPEALED,
        INSTRUCTED: report.instructed_until is not None and not report.closed,
        ANSWERED: report.instruction_answered_at is not None and not report.closed,
        LEGAL: _past_the_law(report),
        BOUNCED: report.bounces > 0 and not report.closed and not report.resolved_at,
    }
    return {**rows, **{kind: _waiting_row(report, []) for kind, waits in others.items() if waits}}


def _past_the_law(report: Report) -> bool:
    """Whether a limit of the law was broken and what it asks for is still not done."""
    open_ = not report.closed and not report.resolved_at
    return open_ and any(one.endswith("#legal") for one in report.breaches)


def _waits_for(photo: PhotoState) -> str:
    """What a photo waits for next, empty for nothing."""
    if photo.state != ACCEPTED:
        return EXAMINE if photo.state == WAITING else ""
    if photo.cover == APPROVED:
        return "" if photo.published else PUBLISH
    return REVIEW if photo.cover == DRAWN else COVER


def _waiting_row(report: Report, photos: Sequence[str]) -> dict[str, Any]:
    """What the list shows, and what decides who may see it; no words, no place finer than these.

    since: when the last of *photos* came to wait; without photos, when the audit was ordered.
    """
    moments = [report.media[photo].since for photo in photos] or [report.audit_ordered_at]
    return {
        "number": report.number,
        "photos": list(photos),
        "since": instant(max((at for at in moments if at), default=report.filed_at)),
        "status": report.status,
        "category": report.category,
        "tier": report.tier,
        "agency": report.agency,
        "kelurahan": report.kelurahan,
        "kecamatan": report.kecamatan,
        "about_unit": report.about_unit,
        "secret": report.secret,
        "filed_at": instant(report.filed_at),
        "disputed": report.disputed,
        "instructed_by": report.instructed_by,
        **{
            name: instant(at) if at else None
            for name, at in (
                ("instructed_until", report.instructed_until),
                ("answer_due", report.answer_due),
                ("answered_at", report.instruction_answered_at),
            )
        },
        "bounces": report.bounces,
    }


def hidden(report: Report) -> bool:
    """Whether nothing of *report* may be shown to the public, not even that it exists."""
    apart = report.tier == "P4" or bool(report.about_unit)
    return report.secret or apart or report.drill


def deltas(old: View | None, new: View) -> dict[Cell, int]:
    """Return what the step from *old* to *new* adds to the counters."""
    change = Counter(new.counted)
    change.subtract(Counter(old.counted if old else ()))
    return {key: count for key, count in change.items() if count}


def city_day(moment: datetime) -> str:
    """Return the city's date at *moment* as ISO text."""
    return moment.astimezone(CITY_ZONE).date().isoformat()


def statistics(
    group: str,
    counts: Mapping[Key, int],
    name: Callable[[str, str], Mapping[str, str]],
    sensitive: Collection[str] = (),
) -> dict[str, Any]:
    """Present the counters of one group. Confirmed, automatic and open are never one figure.

    Values that are *sensitive* and have fewer than `FEWEST` reports are counted together, with the
    smallest other such value if they are still too few, so that nobody can be told from a sum.
    """
    by_value: dict[str, Counter[str]] = {}
    for (kind, _, value, status), count in counts.items():
        if kind == group and count:
            by_value.setdefault(value, Counter())[status] += count
    by_value = _without_few(by_value, sensitive)
    total: Counter[str] = Counter()
    for statuses in by_value.values():
        total.update(statuses)
    items = [
        {"key": value, "name": dict(name(group, value)), **_figures(by_value[value])}
        for value in sorted(by_value)
    ]
    withheld = sum(count for key, count in counts.items() if key[0] == WITHHELD)
    return {"by": group, "items": items, "total": _figures(total), "withheld": withheld}


def _without_few(
    by_value: Mapping[str, Counter[str]], sensitive: Collection[str]
) -> dict[str, Counter[str]]:
    sizes = sorted((by_value[one].total(), one) for one in by_value if one in sensitive)
    together: Counter[str] = Counter()
    folded: set[str] = set()
    for size, value in sizes:
        if size >= FEWEST and (not folded or together.total() >= FEWEST):
            break
        together.update(by_value[value])
        folded.add(value)
    kept = {value: found for value, found in by_value.items() if value not in folded}
    return {**kept, FEW: together} if folded else kept


def _figures(statuses: Counter[str]) -> dict[str, Any]:
    return {
        "reports": sum(statuses.values()),
        "open": sum(count for status, count in statuses.items() if status not in CLOSED),
        "closed_confirmed": statuses["closed_confirmed"],
        "closed_automatic": statuses["closed_automatic"],
        "statuses": {status: count for status, count in sorted(statuses.items()) if count},
    }


def row_of(report: Report) -> dict[str, Any]:
    """Return the row of *report* in lists."""
    return {
        "number": report.number,
        "status": report.status,
        "category": report.category,
        "tier": report.tier,
        "kelurahan": report.kelurahan,
        "kecamatan": report.kecamatan,
        "agency": report.agency,
        "outcome": report.outcome,
        "day": city_day(report.filed_at),
        "filed_at": instant(report.filed_at),
        "updated_at": instant(report.updated_at or report.filed_at),
        **{
            name: instant(at) if at else None
            for name, at in (
                ("acknowledged_at", report.acknowledged_at),
                ("on_scene_at", report.on_scene_at),
                ("resolved_at", report.resolved_at),
                ("closed_at", report.closed_at),
            )
        },
        "promise": report.promise,
        "reopenings": report.reopenings,
        "source": report.source,
    }
