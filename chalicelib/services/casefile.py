"""The whole record of one case for those who examine it: the Ombudsman, auditors, a court.

Who did what when, under which rule and on which law, by how much each limit was missed, what was
sent to whom and what became of it, and how evidence was checked. People of the city stand in it by
their positions; who reported is in another table and cannot be in it. With it goes the hashed
record and its place in the books, so that whoever gets the file verifies it without asking us
(``python -m chalicelib.verify --record``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain.actions import Caller, may_see
from chalicelib.domain.deliveries import FOLLOWER, Delivery, as_of, told
from chalicelib.domain.events import Event
from chalicelib.domain.schedule import clock_events
from chalicelib.domain.sop import UNTIL, Sop
from chalicelib.domain.timeline import ENDINGS, ClockEvent, Entry, explain
from chalicelib.services import exhibits, telling
from chalicelib.services.acting import NotFound
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.composing import Planner
from chalicelib.services.ports import Clock, ReportStore, Stored
from chalicelib.services.sealing import ProveReports
from chalicelib.services.statuses import STATUS_NAMES
from chalicelib.services.viewing import Views, local

#: What of a message may be known: never an address, and who it was for by position.
_MESSAGE = ("id", "channel", "template", "template_version", "status", "attempts", "error")
KEPT, MISSED, RUNNING = "kept", "missed", "running"


@dataclass(frozen=True)
class CaseFiles:
    """Makes the record of a case."""

    store: ReportStore
    views: Views
    catalogue: Catalogue
    planner: Planner
    prove: ProveReports
    clock: Clock

    def make(self, number: str, caller: Caller, language: str) -> Mapping[str, Any]:
        """Return the case as JSON values; raise NotFound for whom it is as good as absent."""
        stored = self.store.load(number)
        if stored is None or not may_see(stored.report, caller):
            raise NotFound(number)
        report = stored.report
        sop = self.catalogue.sop(report.sop_id, report.sop_version)
        entries = self.planner.timeline(stored.events).entries
        found = self.prove.proof(stored)
        return {
            "number": number,
            "made_at": local(self.clock.now()),
            "category": self.views.category(report.category),
            "tier": report.tier,
            "area": self.views.area(report.kelurahan, report.kecamatan),
            "agency": self.views.agency(report.agency),
            "drill": report.drill,
            "status": report.status,
            "status_name": STATUS_NAMES[report.status],
            "filed_at": local(report.filed_at),
            "closed_at": local(report.closed_at),
            "sop": {**self.views.sop(report), "document": dict(sop.document)},
            "limits": list(self._limits(stored, entries)),
            "steps": [self._step(one, stored, sop, language) for one in entries],
            "events": [self._event(one) for one in stored.events],
            "messages": [
                _message(as_of(one, self.clock.now(), self.clock.speed))
                for one in self.store.deliveries(number)
            ],
            "evidence": exhibits.photo_rows(stored, exhibits.CHECKER, sop),
            "hash": report.last_hash,
            "ledger": {
                "events": [event.to_dict() for event in stored.events],
                "proof": found[0].to_dict() if found else None,
                "day": found[1].to_dict() if found else None,
            },
        }

    def _limits(self, stored: Stored, entries: tuple[Entry, ...]) -> Iterator[dict[str, Any]]:
        """Every limit that ever ran, of all cycles: until when, on which law, kept or by how much
        missed. What still runs past its limit is missed by the time until now."""
        moves = clock_events(stored.events)
        for entry in entries:
            if not entry.limit or entry.repeat:
                continue
            due = entry.deadline or entry.due_at
            met = _met(entry, moves)
            state = _state(due, met, self.clock.now())
            late = (met or self.clock.now()) - due if due and state == MISSED else None
            yield {
                "step": entry.step,
                "cycle": entry.cycle,
                "kind": entry.limit,
                "basis": entry.basis,
                "until": entry.until,
                "due_at": local(due),
                "met_at": local(met),
                "state": state,
                "late_seconds": round(late.total_seconds()) if late else None,
            }

    def _step(self, entry: Entry, stored: Stored, sop: Sop, language: str) -> dict[str, Any]:
        firing = next(
            (
                event
                for event in stored.events
                if event.type == "fired" and event.data["entry"] == entry.key
            ),
            None,
        )
        text = explain(sop, {}, clock_events(stored.events), entry, language)["text"]
        return {
            "step": entry.step,
            "cycle": entry.cycle,
            "repeat": entry.repeat,
            "clock": entry.clock,
            "state": "done" if firing else entry.state,
            "due_at": local(entry.due_at),
            "fired_at": local(firing.recorded_at) if firing else None,
            "told": list(firing.data["told"]) if firing else [],
            "basis": entry.basis,
            "explanation": text or telling.of_deferral(entry, language),
        }

    def _event(self, event: Event) -> dict[str, Any]:
        actor = event.actor.to_dict()
        actor.pop("person", None)
        return {
            "seq": event.seq,
            "type": event.type,
            "at": local(event.at),
            "recorded_at": local(event.recorded_at),
            "by": actor,
            "sentence": telling.of_event(event, self.catalogue),
            "texts": {name: text for name, text in event.texts.items() if name != "point"},
            "sop": event.sop,
            "hash": event.hash,
        }


def _met(entry: Entry, moves: tuple[ClockEvent, ...]) -> datetime | None:
    """When what the entry waits for happened, in the cycle in which it waited."""
    if entry.started_at is None:
        return None
    if entry.moot_at is not None:
        return entry.moot_at
    place = UNTIL.index(entry.until) if entry.until in UNTIL else len(UNTIL)
    enough = {*UNTIL[place : UNTIL.index("resumed")], *ENDINGS}
    if entry.until == "resumed":
        enough = {"resumed", *ENDINGS}
    return next(
        (one.at for one in moves if one.at >= entry.started_at and one.type in enough), None
    )


def _state(due: datetime | None, met: datetime | None, now: datetime) -> str:
    if due is None:
        return KEPT if met else RUNNING
    if met is not None:
        return KEPT if met <= due else MISSED
    return RUNNING if now <= due else MISSED


def _message(delivery: Delivery) -> dict[str, Any]:
    facts = sorted(told(delivery), key=lambda fact: (fact.at, fact.attempt, fact.kind))
    return {
        **{name: getattr(delivery, name) for name in _MESSAGE},
        # who follows is known by a mark of the address: that, too, stays out
        "to": FOLLOWER.rstrip(":") if delivery.to_follower else delivery.recipient,
        "title": delivery.title,
        "planned_at": local(delivery.created_at),
        "sent_at": local(delivery.sent_at),
        "facts": [
            {"kind": fact.kind, "attempt": fact.attempt, "at": local(fact.at)} for fact in facts
        ],
    }
