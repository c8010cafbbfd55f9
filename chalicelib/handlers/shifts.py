"""Routes of the LIVE Room's desk: who is on duty, what is open, and the hand-over of a shift."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from chalice import Blueprint, Response
from msgspec import Meta

from chalicelib import bootstrap
from chalicelib.domain.shifts import Desk
from chalicelib.handlers.answers import Form, Time
from chalicelib.handlers.definitions import Body, Needed, Short, Text
from chalicelib.handlers.field_errors import field_error
from chalicelib.handlers.http import clean, ok, one_line, parse
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.queries import Row, cursor_of, limit_of, listed
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.ports import Page
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)
LongText = Annotated[str, Meta(max_length=4000)]


class HandOver(Body):
    """What the next one must know, and who that is: an account's id, or empty for whoever comes."""

    note: LongText = ""
    to: Short = ""


class TakeOver(Body):
    """Why, where the shift was not offered to the one who takes it over."""

    reason: Text = ""


class DeskNote(Body):
    """Something that stays to be known over shifts. It is no place for anybody's identity."""

    text: Needed


class OnDuty(Form):
    """Who is on duty, in which office, since when."""

    person: str
    name: str
    position: str
    since: Time


class ShiftOffer(Form):
    """A hand-over that waits to be taken."""

    by: str
    at: Time
    note: str
    to: str


class StandingNote(Form):
    """A note that was not struck off yet."""

    id: int
    at: Time
    by: str
    text: str


class DuePromise(Form):
    """A promise that ends soon, or ended."""

    number: str
    agency: str
    due_at: str


class OpenMatters(Form):
    """What is open: numbers of reports. waiting: how many wait for the room itself."""

    emergencies: list[str]
    late: list[str]
    due: list[DuePromise]
    waiting: int
    calls: list[str]


class Shift(Form):
    """The desk as it stands."""

    duty: OnDuty | None
    offer: ShiftOffer | None
    notes: list[StandingNote]
    open: OpenMatters | None


class ShiftChange(Form):
    """One change of shift. named: whom the leaving one had named, empty for whoever comes."""

    version: int
    at: Time
    person: str
    relieved: str
    since: Time | None
    note: str
    named: str
    offered_at: Time | None
    reason: str
    open: OpenMatters


class ShiftHistory(Form):
    """Changes of shift, newest first."""

    items: list[ShiftChange]
    cursor: str | None


@serves(blueprint, "GET", "/v1/shift")
def desk(call: Call) -> Response:
    """Who is on duty, what waits to be taken over, and everything that is open."""
    opened = bootstrap.shifts().open_now(call.caller)
    return ok(shown(bootstrap.shifts().standing()[0], opened.to_data()))


@serves(blueprint, "GET", "/v1/shift/history")
def history(call: Call) -> Response:
    """Who relieved whom, when, with which words, and what was open then."""
    before = cursor_of(call) or "0"
    if not is_version(before):
        raise Problem("invalid_cursor")
    rows, following = bootstrap.shifts().history(int(before), limit_of(call))
    return listed(call, Page(tuple(rows), str(following) if following else None), _local_times)


def _local_times(row: Row) -> Row:
    return {**row, **{name: local(row[name]) for name in ("at", "since", "offered_at")}}


def is_version(text: str) -> bool:
    """Whether *text* can be the number of a document's version."""
    return text.isdigit() and len(text) < 10


@serves(blueprint, "POST", "/v1/shift/hand-over")
def hand_over(call: Call) -> Response:
    """Prepare the hand-over; who is on duty does it, as often as they like."""
    form = parse(call.body, HandOver)
    made = bootstrap.shifts().hand_over(call.caller, one_line(form.to), clean(form.note))
    return ok(shown(made))


@serves(blueprint, "POST", "/v1/shift/take-over")
def take_over(call: Call) -> Response:
    """Be on duty from now on; what is open now stays on record with it."""
    form = parse(call.body, TakeOver)
    return ok(shown(bootstrap.shifts().take_over(call.caller, clean(form.reason))))


@serves(blueprint, "POST", "/v1/shift/notes")
def note(call: Call) -> Response:
    """Put a note on the desk."""
    return ok(shown(bootstrap.shifts().note(call.caller, clean(parse(call.body, DeskNote).text))))


@serves(blueprint, "POST", "/v1/shift/notes/{note}/done")
def strike(call: Call) -> Response:
    """Strike a note off; one that is gone already is no fault."""
    return ok(shown(bootstrap.shifts().strike(call.caller, note_of(call.params["note"]))))


def note_of(text: str) -> int:
    """Return a note's number; raise Problem."""
    if not is_version(text):
        raise Problem("invalid_field", errors=[field_error("invalid", "/note")])
    return int(text)


def shown(desk: Desk, opened: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the desk as callers see it; *opened*: what is open, where it was asked for."""
    name, duty, given = bootstrap.shifts().name, desk.duty, desk.offer
    return {
        "duty": duty
        and {
            "person": duty.person,
            "name": name(duty.person),
            "position": duty.position,
            "since": local(duty.since),
        },
        "offer": given
        and {"by": given.by, "at": local(given.at), "note": given.note, "to": given.to},
        "notes": [
            {"id": one.id, "at": local(one.at), "by": one.by, "text": one.text}
            for one in desk.notes
        ],
        "open": opened,
    }
