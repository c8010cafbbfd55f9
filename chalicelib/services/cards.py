"""Cards and updates: what other systems may know of a report, kept ready to be asked for.

A card is the public face of one report with its place and next promise; an update is one public
step of its record. Both are written after the fact from the record itself, so that writing them
twice, late or out of order changes nothing. What may not be shown has neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.domain.areas import rounded
from chalicelib.domain.crowds import nearness
from chalicelib.domain.events import Event, instant
from chalicelib.domain.geohash import cell_of
from chalicelib.domain.open311 import CLOSED, extended_status, plain_status
from chalicelib.domain.report import Report, apply
from chalicelib.domain.timeline import Timeline, promises
from chalicelib.services import telling
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.composing import Planner
from chalicelib.services.ports import ReportStore, Stored, StreamRow
from chalicelib.services.views import hidden

#: Events that other systems are told of: whatever moves the report, not the machine's own notes.
TOLD = frozenset(
    {
        "filed",
        "verified",
        "assigned",
        "reassigned",
        "declined",
        "acknowledged",
        "started",
        "on_scene",
        "paused",
        "deferred",
        "resumed",
        "resolved",
        "returned",
        "validated",
        "confirmed",
        "closed_automatically",
        "disputed",
        "reopened",
        "escalated",
        "referred",
        "referral_sent",
        "referral_answered",
        "referral_settled",
        "referral_refused",
        "rejected",
        "merged",
        "unmerged",
        "withdrawn",
    }
)
#: What officials wrote for the public to read (`services.viewing` shows the same).
_PUBLIC_TEXTS: Mapping[str, tuple[str, ...]] = {
    "deferred": ("reason",),
    "returned": ("reason",),
    "referred": ("reason",),
    "resolved": ("note", "reason"),
}


#: What a neighbour is told by, and told of.
_NEIGHBOUR = ("number", "category", "status", "filed_at", "lat", "lon")


@dataclass(frozen=True, slots=True)
class Card:
    """One report as other systems may see it. *cell*: its geohash cell.

    *shown* is None for a report of which the public may know nothing; the card then only keeps
    the place in the version order, so that an older row cannot bring it back.
    """

    number: str
    version: int
    filed_at: str
    category: str
    cell: str = ""
    shown: Mapping[str, Any] | None = None

    @property
    def open(self) -> bool:
        """Whether it is shown and still to do."""
        return self.shown is not None and plain_status(self.shown["status"]) != CLOSED

    @property
    def neighbour(self) -> Mapping[str, Any] | None:
        """What is kept where those who ask for open reports near a place look, or None."""
        if self.shown is None or not self.cell or not self.open:
            return None
        return {name: self.shown.get(name) for name in _NEIGHBOUR}


@dataclass(frozen=True, slots=True)
class Update:
    """One public step. *at* is when the server wrote it, so that polling by time misses none."""

    number: str
    seq: int
    at: str
    shown: Mapping[str, Any] | None


class CardStore(Protocol):
    """Cards, updates and cells in the views table; every read is bounded by its arguments."""

    def put_card(self, card: Card) -> bool:
        """Put *card* unless one of this version or a newer one is there, and move its neighbour."""

    def settle(self, card: Card) -> None:
        """Put the neighbour of *card* where it is looked for, whatever stands there."""

    def card(self, number: str) -> Card | None:
        """Return one card, strongly consistent."""

    def cards(self, start: str, end: str) -> Iterator[Card]:
        """Yield shown cards filed in the window (instants, inclusive), newest first."""

    def put_updates(self, updates: Sequence[Update]) -> None:
        """Put updates; the same one again changes nothing, one without content takes it away."""

    def updates(self, start: str, end: str) -> Iterator[Update]:
        """Yield updates written in the window (instants, inclusive), oldest first."""

    def near(
        self, cells: Sequence[str], category: str, since: str, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """Return the open neighbours of one kind in these cells filed since then, newest first.

        limit: of each cell at most.
        """


def card_of(stored: Stored, timeline: Timeline, catalogue: Catalogue) -> Card:
    """Return the card of a report as it stands."""
    report = stored.report
    lat, lon = public_point(stored, catalogue)
    cell = ""
    if lat is not None and lon is not None:
        length = nearness(catalogue.document("crowds"), report.category).cell
        cell = cell_of(lat, lon, length)
    shown: dict[str, Any] | None = None
    if not hidden(report):
        shown = {
            "number": report.number,
            "status": report.status,
            "outcome": report.outcome,
            "category": report.category,
            "agency": report.agency,
            "kelurahan": report.kelurahan,
            "kecamatan": report.kecamatan,
            "filed_at": instant(report.filed_at),
            "updated_at": instant(_updated(report)),
            "expected_at": _expected(timeline),
            "merged_into": report.merged_into,
            "lat": lat,
            "lon": lon,
            "source": report.source,
        }
    return Card(
        report.number, stored.version, instant(report.filed_at), report.category, cell, shown
    )


def public_point(stored: Stored, catalogue: Catalogue) -> tuple[float | None, float | None]:
    """Return the place as the public may see it: coarse where people are concerned."""
    point = stored.events[0].texts.get("point", "")
    if not point:
        return None, None
    lat, lon = (float(part) for part in point.split(","))
    category = catalogue.categories().get(stored.report.category)
    if category is None or category.sensitivity != "none" or category.round_location:
        return rounded(lat, lon)
    return lat, lon


def updates_of(stored: Stored, catalogue: Catalogue, since_seq: int = 0) -> tuple[Update, ...]:
    """Return the public steps of a record after *since_seq*; without content if it is hidden."""
    found = []
    secret = hidden(stored.report)
    state: Report | None = None
    for event in stored.events:
        state = apply(state, event)
        if event.type in TOLD and event.seq > since_seq:
            shown = None if secret else _shown_update(event, state, catalogue)
            found.append(Update(event.number, event.seq, instant(event.recorded_at), shown))
    return tuple(found)


def _shown_update(event: Event, state: Report, catalogue: Catalogue) -> dict[str, Any]:
    said = [event.texts[n] for n in _PUBLIC_TEXTS.get(event.type, ()) if event.texts.get(n)]
    return {
        "number": event.number,
        "seq": event.seq,
        "type": event.type,
        "at": instant(event.recorded_at),
        "status": state.status,
        "state": extended_status(state.status, state.outcome),
        "plain": plain_status(state.status),
        "sentence": telling.of_event(event, catalogue),
        "text": "\n".join(said),
    }


def _updated(report: Report) -> datetime:
    """For a closed report the time of closing (specification), else of its last change."""
    return report.closed_at or report.updated_at or report.filed_at


def _expected(timeline: Timeline) -> str | None:
    """The SOP's next promise that still stands; None when there is none, or no known time."""
    due = [entry.due_at for entry in promises(timeline) if entry.state == "planned"]
    known = [moment for moment in due if moment is not None]
    return instant(min(known)) if known else None


@dataclass(frozen=True)
class Relay:
    """From the stream to cards and updates, and on to whoever *listens* (webhooks, bursts)."""

    store: ReportStore
    cards: CardStore
    catalogue: Catalogue
    planner: Planner
    listeners: tuple[Callable[[Stored, Sequence[Event]], None], ...] = ()

    def relay(self, rows: Iterable[StreamRow]) -> int:
        """Bring cards and updates up to what *rows* say was written; return for how many reports.

        Raises TryAgain when a store does; the batch then comes again, which is harmless.
        """
        new: dict[str, set[int]] = {}
        for row in rows:
            if row.kind == "event":
                new.setdefault(row.number, set()).add(int(row.id))
        for number, seqs in new.items():
            self._bring_up(number, seqs)
        return len(new)

    def _bring_up(self, number: str, seqs: set[int]) -> None:
        stored = self.store.load(number)
        if stored is None:
            return
        self.cards.put_card(card_of(stored, self.planner.timeline(stored.events), self.catalogue))
        events = [event for event in stored.events if event.seq in seqs]
        self.cards.put_updates(self._changed(stored, events))
        for listen in self.listeners:
            listen(stored, events)

    def _changed(self, stored: Stored, events: Sequence[Event]) -> list[Update]:
        """The updates to write: those of *events*; none of what was hidden from the first.

        What becomes hidden by a new category takes all that was told before away again.
        """
        seqs = {event.seq for event in events}
        found = updates_of(stored, self.catalogue)
        if hidden(stored.report):
            vanishes = any(event.type == "migrated" for event in events)
            return list(found) if vanishes else []
        return [one for one in found if one.seq in seqs]
