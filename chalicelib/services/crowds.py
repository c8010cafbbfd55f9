"""Many voices about one thing: candidates, joining, crowds that are one case, and supports.

Whoever is joined to a main report stays a reporter with a number, a token and a contact of their
own; the main report's news reach them one message each. The work is done after the fact by the
``crowd`` job, in parts small enough for one run, and every part may come twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from chalicelib.domain import crowds as rules
from chalicelib.domain.areas import OUTSIDE, distance_m
from chalicelib.domain.crowds import Candidate, Nearness
from chalicelib.domain.events import SYSTEM, Draft, Event, instant, parse_instant
from chalicelib.domain.geohash import around, cell_of
from chalicelib.domain.report import MERGED, Report
from chalicelib.services.acting import NotFound
from chalicelib.services.cards import CardStore, public_point
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.ports import Clock, Jobs, ReportStore, Stored
from chalicelib.services.recording import Recorder
from chalicelib.services.views import hidden

JOB = "crowd"
SUPPORT = "support"
_NOW = timedelta()
#: Of one kind in one cell: neighbours counted for a crowd (all came within its window), neighbours
#: shown to somebody who asks; and members told in one run.
_PER_CELL = 200
_SHOWN_PER_CELL = 50
_PART = 50
#: A burst takes in what comes within so many of its own windows after the last one.
_STAYS_OPEN = 6
#: What of a main report those who joined it are told.
NEWS = frozenset(
    {
        "acknowledged",
        "deferred",
        "validated",
        "rejected",
        "referred",
        "confirmed",
        "closed_automatically",
        "reopened",
        "disputed",
        "withdrawn",
        "news",
    }
)


@dataclass(frozen=True, slots=True)
class Member:
    """A report that was joined to a main one. via: the main report with which it came."""

    number: str
    kind: str
    kelurahan: str = ""
    proven: bool = False
    via: str = ""


@dataclass(frozen=True, slots=True)
class Burst:
    """A crowd that is one case: what is filed in its cell before *until* joins *parent*."""

    cell: str
    category: str
    parent: str
    until: str


class CrowdStore(Protocol):
    """Who was joined to whom, exact counts, and the bursts that are open."""

    def join(self, main: str, member: Member) -> bool:
        """Put *member* and count it, in one transaction; False if it is there as it is."""

    def part(self, main: str, number: str) -> Member | None:
        """Take a member out and off the counts; return it, None if there was none."""

    def members(self, main: str, after: str, limit: int) -> Sequence[Member]:
        """Return members by number, those after *after*."""

    def counts(self, main: str) -> Mapping[str, int]:
        """Return ``joined``, ``supports``, and ``supports#<kelurahan>`` of proven ones."""

    def bursts(self, cells: Sequence[str], category: str) -> Sequence[Burst]:
        """Return the bursts of these cells, whether or not they are over."""

    def put_burst(self, burst: Burst) -> None:
        """Put a burst in the place of the cell's former one."""


@dataclass(frozen=True)
class Crowds:
    """Finds who is near whom, and keeps main reports and those joined to them together."""

    store: ReportStore
    cards: CardStore
    crowd: CrowdStore
    catalogue: Catalogue
    recorder: Recorder
    jobs: Jobs
    clock: Clock

    # -- asking --

    def near(
        self, category: str, lat: float, lon: float, *, leave_out: str = ""
    ) -> list[Candidate]:
        """Return open reports of *category* near a place, nearest first; bounded reads."""
        limits = self.nearness(category)
        since = instant(self.clock.now() - timedelta(days=limits.days))
        return rules.candidates(
            self.cards.near(around(lat, lon, limits.cell), category, since, _SHOWN_PER_CELL),
            category=category,
            place=(lat, lon),
            radius_m=limits.radius_m,
            leave_out=leave_out,
        )

    def near_publicly(self, category: str, lat: float, lon: float) -> list[Candidate]:
        """The same for anybody: nothing where a neighbour could learn who else reported."""
        known = self.catalogue.categories().get(category)
        if known is None or known.sensitivity != "none" or known.round_location:
            return []
        if self.catalogue.points.locate(lat, lon) is OUTSIDE:
            return []
        return self.near(category, lat, lon)

    def near_report(self, number: str) -> list[Candidate]:
        """Return what a filed report may be a duplicate of. Raises NotFound."""
        stored = self.store.load(number)
        if stored is None:
            raise NotFound(number)
        return self.near_stored(stored)

    def near_stored(self, stored: Stored) -> list[Candidate]:
        """The same for a report at hand, without those that somebody has told apart from it."""
        report = stored.report
        lat, lon = public_point(stored, self.catalogue)
        if lat is None or lon is None:
            return []
        apart = rules.told_apart(stored.events)
        found = self.near(report.category, lat, lon, leave_out=report.number)
        return [one for one in found if one.number not in apart]

    def counts(self, number: str) -> Mapping[str, int]:
        """Return how many were joined to a report, and how many support it."""
        return self.crowd.counts(number)

    # -- hearing what was written --

    def hear(self, stored: Stored, events: Sequence[Event]) -> None:
        """Ask for the work that *events* of one report cause. Harmless when told twice.

        A drill is nobody's duplicate and makes no crowd.
        """
        if stored.report.drill:
            return
        wanted = [body for event in events for body in self._wanted(stored, event)]
        if wanted:
            self.jobs.put(JOB, wanted, _NOW)

    def _wanted(self, stored: Stored, event: Event) -> list[dict[str, Any]]:
        number = stored.report.number
        found: list[dict[str, Any]] = []
        if event.type == "filed":
            found += self._crowding(stored)
        if event.type == "merged":
            found.append({"do": "carry", "number": number, "into": event.data["into"]})
        if event.type == "unmerged":
            found.append({"do": "release", "number": number, "from": event.data["from"]})
        if event.type == "affirmed":
            found.append({"do": "carry", "number": number, "into": stored.report.merged_into})
        if event.type == "kept_apart":
            found.append({"do": "apart", "number": event.data["other"], "other": number})
        if event.type in NEWS and self.crowd.counts(number):
            body = {"do": "news", "number": number, "seq": event.seq, "type": event.type}
            found.append({**body, "status": stored.report.status, "after": ""})
        return found

    def _crowding(self, stored: Stored) -> list[dict[str, Any]]:
        report = stored.report
        category = self.catalogue.categories().get(report.category)
        if category is None or report.closed or hidden(report):
            return []
        limits = self.nearness(report.category)
        if not rules.may_burst(category, self._is_wide(report.category)):
            return []
        lat, lon = public_point(stored, self.catalogue)
        if lat is None or lon is None:
            return []
        parent = self._open_parent(report, lat, lon, limits)
        if parent and parent != report.number:
            return [{"do": "join", "number": report.number, "into": parent}]
        # One read for most; a crowd that lies on the border of cells is looked for around, too.
        # Told by when it was filed, not by when we hear of it: the stream may be behind.
        cell, since = cell_of(lat, lon, limits.cell), report.filed_at - limits.burst_window
        if 4 * len(self._alike([cell], report.category, lat, lon, since)) < limits.burst_count:
            return []
        cells = around(lat, lon, limits.cell)
        if len(self._alike(cells, report.category, lat, lon, since)) < limits.burst_count:
            return []
        return [{"do": "burst", "number": report.number}]

    def _alike(
        self, cells: Sequence[str], category: str, lat: float, lon: float, since: datetime
    ) -> list[tuple[str, str]]:
        """Open reports of a kind around a place, as (time of filing, number)."""
        radius = self.nearness(category).radius_m
        return [
            (row["filed_at"], row["number"])
            for row in self.cards.near(cells, category, instant(since), _PER_CELL)
            if _within(row, lat, lon, radius)
        ]

    def _open_parent(self, report: Report, lat: float, lon: float, limits: Nearness) -> str:
        filed = instant(report.filed_at)
        bursts = self.crowd.bursts(around(lat, lon, limits.cell), report.category)
        running = sorted((b for b in bursts if filed <= b.until), key=lambda b: b.parent)
        for burst in running:
            card = self.cards.card(burst.parent)
            known = card.neighbour if card else None
            if known is not None and _within(known, lat, lon, limits.radius_m):
                return burst.parent
        return ""

    # -- working --

    def work(self, body: Mapping[str, Any]) -> str:
        """Do one part of the work; return what came of it. Raises TryAgain."""
        return str(_WORK[str(body["do"])](self, body))

    def _burst(self, body: Mapping[str, Any]) -> str:
        """Open a crowd: the oldest open report near by is its case, the others join it."""
        stored = self.store.load(body["number"])
        if stored is None or stored.report.closed:
            return "gone"
        category = stored.report.category
        limits = self.nearness(category)
        lat, lon = public_point(stored, self.catalogue)
        if lat is None or lon is None:
            return "gone"
        parent = self._open_parent(stored.report, lat, lon, limits)
        cells = around(lat, lon, limits.cell)
        since = stored.report.filed_at - _STAYS_OPEN * limits.burst_window
        around_here = self._alike(cells, category, lat, lon, since)
        parent = parent or min(around_here, default=("", body["number"]))[1]
        until = instant(self.clock.now() + _STAYS_OPEN * limits.burst_window)
        self.crowd.put_burst(Burst(cell_of(lat, lon, limits.cell), category, parent, until))
        # Looked at again now that newcomers join by themselves: nobody falls between the two.
        again = self._alike(cells, category, lat, lon, since)
        others = [other for _, other in again if other != parent]
        self.recorder.record(parent, lambda known, now: _opened(known, now, len(others)))
        self.jobs.put(JOB, [{"do": "join", "number": n, "into": parent} for n in others], _NOW)
        return "burst"

    def _join(self, body: Mapping[str, Any]) -> str:
        """Merge one report into its crowd's case; what a person has begun to handle stays."""
        into = str(body["into"])
        main = self.store.load(into)
        if main is None or main.report.closed:
            return "gone"

        def decide(known: Stored, now: datetime) -> Sequence[Draft]:
            report = known.report
            if report.closed or report.number == into or report.acknowledged_at:
                return ()
            if hidden(report) != hidden(main.report):
                return ()
            return (Draft("merged", now, SYSTEM, {"into": into, "by": "burst"}),)

        self.recorder.record(body["number"], decide)
        self._keep_open(main)
        return "joined"

    def _keep_open(self, main: Stored) -> None:
        """A crowd that still grows stays open; its row is written once in a window at most."""
        limits = self.nearness(main.report.category)
        lat, lon = public_point(main, self.catalogue)
        if lat is None or lon is None:
            return
        cell, now = cell_of(lat, lon, limits.cell), self.clock.now()
        until = instant(now + _STAYS_OPEN * limits.burst_window)
        soon = instant(now + (_STAYS_OPEN - 1) * limits.burst_window)
        for burst in self.crowd.bursts([cell], main.report.category):
            if burst.parent == main.report.number and burst.until < soon:
                self.crowd.put_burst(replace(burst, until=until))

    def _carry(self, body: Mapping[str, Any]) -> str:
        """Bring a merged report, and whoever had joined it, to the main report."""
        child, main = self.store.load(body["number"]), str(body["into"])
        if child is None or child.report.status != MERGED or child.report.merged_into != main:
            return "gone"
        report = child.report
        kind = SUPPORT if report.source == SUPPORT else "duplicate"
        proven = any(event.type == "affirmed" for event in child.events)
        member = Member(report.number, kind, report.kelurahan, proven)
        self.crowd.join(main, member)
        for moved in self.crowd.members(report.number, "", _PART):
            self.crowd.join(main, replace(moved, via=report.number))
            self.crowd.part(report.number, moved.number)
        if self.crowd.members(report.number, "", 1):
            self.jobs.put(JOB, [body], _NOW)
        self.recorder.record(main, lambda known, now: _received(known, now, child))
        self._reached(main, member)
        return "carried"

    def _apart(self, body: Mapping[str, Any]) -> str:
        """Two reports that were told apart are so from both sides."""
        other = str(body["other"])

        def decide(known: Stored, now: datetime) -> Sequence[Draft]:
            done = known.report.closed or other in rules.told_apart(known.events)
            return () if done else (Draft("kept_apart", now, SYSTEM, {"other": other}),)

        self.recorder.record(str(body["number"]), decide)
        return "apart"

    def _reached(self, main: str, member: Member) -> None:
        """Whether a kelurahan's proven supports have made the suggestion a matter of it."""
        if member.kind != SUPPORT or not member.proven:
            return
        needed = rules.support_rules(self._data()).per_kelurahan
        count = self.crowd.counts(main).get(f"supports#{member.kelurahan}", 0)
        if count < needed:
            return

        def decide(known: Stored, now: datetime) -> Sequence[Draft]:
            done = {
                event.data["kelurahan"]
                for event in known.events
                if event.type == "threshold_reached"
            }
            if known.report.closed or member.kelurahan in done:
                return ()
            data = {"kelurahan": member.kelurahan, "needed": needed}
            return (Draft("threshold_reached", now, SYSTEM, data),)

        self.recorder.record(main, decide)

    def _release(self, body: Mapping[str, Any]) -> str:
        """Undo what joining did: the report, and those that came with it, go their own way."""
        number, main = str(body["number"]), str(body["from"])
        self.crowd.part(main, number)
        found = self.crowd.members(main, str(body.get("after", "")), _PART)
        for member in found:
            if member.via == number:
                self.crowd.part(main, member.number)
                self.crowd.join(number, replace(member, via=""))
        if len(found) == _PART:
            self.jobs.put(JOB, [{**body, "after": found[-1].number}], _NOW)
        self.recorder.record(main, lambda known, now: _parted(known, now, number))
        return "released"

    def _news(self, body: Mapping[str, Any]) -> str:
        """Tell a part of those who joined a report what happened to it, once each."""
        main, seq = str(body["number"]), int(body["seq"])
        found = self.crowd.members(main, str(body["after"]), _PART)
        data = {"of": main, "seq": seq, "what": body["type"], "status": body["status"]}

        def decide(known: Stored, now: datetime) -> Sequence[Draft]:
            told = any(e.type == "news" and e.data["seq"] == seq for e in known.events)
            gone = known.report.status != MERGED
            return () if told or gone else (Draft("news", now, SYSTEM, data),)

        for member in found:
            self.recorder.record(member.number, decide)
        if len(found) == _PART:
            self.jobs.put(JOB, [{**body, "after": found[-1].number}], _NOW)
        return f"told {len(found)}"

    def _data(self) -> Any:
        return self.catalogue.document("crowds")

    def nearness(self, category: str) -> Nearness:
        """Return what counts as the same place and time for *category*."""
        return rules.nearness(self._data(), category)

    def _is_wide(self, category: str) -> bool:
        return category in self._data()["wide"]["categories"]


_WORK: Mapping[str, Any] = {
    "burst": Crowds._burst,
    "join": Crowds._join,
    "carry": Crowds._carry,
    "release": Crowds._release,
    "apart": Crowds._apart,
    "news": Crowds._news,
}


def _within(neighbour: Mapping[str, Any], lat: float, lon: float, radius_m: float) -> bool:
    # A crowd around one place lies on all its sides: twice the radius from one to another.
    metres = distance_m((lat, lon), (neighbour["lat"], neighbour["lon"]))
    return bool(metres <= 2 * radius_m)


def _opened(known: Stored, now: datetime, count: int) -> Sequence[Draft]:
    if known.report.closed or any(event.type == "burst_opened" for event in known.events):
        return ()
    return (Draft("burst_opened", now, SYSTEM, {"reports": count + 1}),)


def _received(known: Stored, now: datetime, child: Stored) -> Sequence[Draft]:
    """What a main report keeps of a joined one: its photos, and its clock if that is older.

    Thousands who join without either leave no line each; they are counted beside the record.
    """
    number, photos = (
        child.report.number,
        [f"{child.report.number}/{p}" for p in child.report.photos],
    )
    since = min([child.report.filed_at, *map(parse_instant, _sinces(child))])
    older = since < min([known.report.filed_at, *map(parse_instant, _sinces(known))])
    if known.report.closed or not (older or photos) or number in known.report.joined:
        return ()
    data: dict[str, Any] = {"number": number, "photos": [*photos, *child.report.joined_photos]}
    if older:
        data["since"] = instant(since)
    return (Draft("joined", now, SYSTEM, data),)


def _sinces(stored: Stored) -> list[str]:
    return [e.data["since"] for e in stored.events if e.type == "joined" and "since" in e.data]


def _parted(known: Stored, now: datetime, number: str) -> Sequence[Draft]:
    if number not in known.report.joined:
        return ()
    return (Draft("parted", now, SYSTEM, {"number": number}),)
