"""Who is on duty in the LIVE Room, and how a shift is handed over: one person, always on record.

Whoever leaves writes what the next one must know and names a successor, or leaves it open. Whoever
comes takes over by one act. A room must never stand still because somebody did not come: anybody
of the room may take over, but without an offer to them only with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.domain.actions import ActionRefused
from chalicelib.domain.events import instant, parse_instant

#: Notes that stand at once; an older matter belongs on its report.
MAX_NOTES = 30
#: From so many hours on, a shift is shown as too long (rota of the city: 12 hours).
LONG_HOURS = 12


@dataclass(frozen=True, slots=True)
class Duty:
    """*person*, in the office *position*, is on duty since *since*."""

    person: str
    position: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """*by* hands over, to the person *to* (empty: to whoever comes), and says *note*."""

    by: str
    at: datetime
    note: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that stays to be known, over shifts, until somebody strikes it off."""

    id: int
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The room's desk as it stands. last_note: the highest number that a note has had."""

    duty: Duty | None = None
    offer: Offer | None = None
    notes: tuple[Note, ...] = ()
    last_note: int = 0

    def offered_to(self, person: str) -> bool:
        """Whether the standing offer is meant for *person*."""
        return self.offer is not None and self.offer.to in ("", person)


def offer(desk: Desk, person: str, to: str, note: str, now: datetime) -> Desk:
    """Return the desk with the hand-over prepared; a later offer takes the place of the former.

    Raises ActionRefused: only whoever is on duty hands over, and not to themselves.
    """
    if desk.duty is None or desk.duty.person != person:
        raise ActionRefused("conflict", "not_on_duty")
    if to == person:
        raise ActionRefused("invalid", "successor_unknown", field="to")
    return replace(desk, offer=Offer(person, now, note, to))


def take(desk: Desk, person: str, position: str, reason: str, now: datetime) -> Desk:
    """Return the desk with *person* on duty; the notes stay.

    Raises ActionRefused: ``already_on_duty``, or ``field_missing`` where nobody offered it to
    them and no *reason* is given.
    """
    if desk.duty is not None and desk.duty.person == person:
        raise ActionRefused("conflict", "already_on_duty")
    if desk.duty is not None and not desk.offered_to(person) and not reason:
        raise ActionRefused("invalid", "field_missing", field="reason")
    return replace(desk, duty=Duty(person, position, now), offer=None)


def add_note(desk: Desk, person: str, text: str, now: datetime) -> Desk:
    """Return the desk with one more note; raise ActionRefused when too many stand."""
    if len(desk.notes) >= MAX_NOTES:
        raise ActionRefused("conflict", "too_many_notes", limit=MAX_NOTES)
    number = desk.last_note + 1
    return replace(desk, notes=(*desk.notes, Note(number, now, person, text)), last_note=number)


def strike(desk: Desk, note: int) -> Desk:
    """Return the desk without a note; one that is gone already changes nothing."""
    return replace(desk, notes=tuple(one for one in desk.notes if one.id != note))


def to_data(desk: Desk) -> dict[str, Any]:
    """Return the desk as it is stored."""
    duty, given = desk.duty, desk.offer
    return {
        "duty": duty
        and {"person": duty.person, "position": duty.position, "since": instant(duty.since)},
        "offer": given
        and {"by": given.by, "at": instant(given.at), "note": given.note, "to": given.to},
        "notes": [
            {"id": one.id, "at": instant(one.at), "by": one.by, "text": one.text}
            for one in desk.notes
        ],
        "last_note": desk.last_note,
    }


def from_data(data: Mapping[str, Any]) -> Desk:
    """Return the stored desk; an empty mapping is a desk at which nobody ever sat."""
    duty, given = data.get("duty"), data.get("offer")
    return Desk(
        Duty(duty["person"], duty["position"], parse_instant(duty["since"])) if duty else None,
        Offer(given["by"], parse_instant(given["at"]), given["note"], given["to"])
        if given
        else None,
        tuple(
            Note(one["id"], parse_instant(one["at"]), one["by"], one["text"])
            for one in data.get("notes", ())
        ),
        data.get("last_note", 0),
    )
