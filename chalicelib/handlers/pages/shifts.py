"""The hand-over of a shift on one page: what is open, what to know, who comes, and the record."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.actions import ActionRefused
from chalicelib.domain.publishing import ROOM
from chalicelib.domain.shifts import LONG_HOURS
from chalicelib.handlers.http import clean, one_line, response_to
from chalicelib.handlers.pages.rendering import NOT_KEPT, language_of, page, redirect, thing_of
from chalicelib.handlers.pages.work_rows import work_row
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import form_of
from chalicelib.handlers.shifts import is_version, note_of
from chalicelib.services.shifts import Open
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)
PLACE = "/ruang/serah-terima"
_SHOWN, _HISTORY, _NOTE = 20, 10, 4000


@shows(blueprint, "GET", "/ruang/serah-terima")
def shift(call: Call) -> Response:
    """The desk as it stands, with everything that whoever comes must know."""
    return _desk(call, {})


@shows(blueprint, "POST", "/ruang/serah-terima")
def act(call: Call) -> Response:
    """Hand over, take over, or keep the notes; a refusal says why, with what was written."""
    given = {name: clean(value) for name, value in form_of(call.request).items()}
    do = _ACTS.get(given.get("do", ""))
    if do is None:
        raise Problem("not_found")
    try:
        do(call, given)
    except (ActionRefused, Problem) as refused:
        return _desk(call, given, json.loads(response_to(refused).body))
    return redirect(PLACE)


def _hand_over(call: Call, given: Mapping[str, str]) -> None:
    note = given.get("note", "")[:_NOTE]
    bootstrap.shifts().hand_over(call.caller, one_line(given.get("to", ""))[:100], note)


def _take_over(call: Call, given: Mapping[str, str]) -> None:
    bootstrap.shifts().take_over(call.caller, given.get("reason", "")[:1000])


def _note(call: Call, given: Mapping[str, str]) -> None:
    if not given.get("text"):
        raise ActionRefused("invalid", "field_missing", field="text")
    bootstrap.shifts().note(call.caller, given["text"][:1000])


def _strike(call: Call, given: Mapping[str, str]) -> None:
    bootstrap.shifts().strike(call.caller, note_of(given.get("strike", "")))


_ACTS: Mapping[str, Callable[[Call, Mapping[str, str]], None]] = {
    "hand_over": _hand_over,
    "take_over": _take_over,
    "note": _note,
    "strike": _strike,
}


def _desk(
    call: Call, given: Mapping[str, str], problem: Mapping[str, Any] | None = None
) -> Response:
    service, now, language = bootstrap.shifts(), bootstrap.clock().now(), language_of(call)
    before = call.query("sebelum")
    standing, _ = service.standing()
    opened = service.open_now(call.caller)
    rows, following = service.history(int(before) if is_version(before) else 0, _HISTORY)
    duty, person = standing.duty, call.caller.person
    return page(
        call,
        "shift.html",
        headers=NOT_KEPT,
        desk=standing,
        duty=on_duty(now),
        in_room=bool(call.caller.roles & ROOM),
        mine=bool(duty and duty.person == person),
        for_me=duty is None or standing.offered_to(person),
        emergencies=[_emergency(one, language) for one in opened.emergencies],
        due=[work_row(bootstrap.views().queued(row), now, language) for row in _first(opened)],
        opened=opened,
        successors=service.successors(person),
        planned=service.planned(),
        rows=rows,
        following=following,
        person_name=service.name,
        given=given,
        problem=problem,
        at=local,
    )


def _first(opened: Open) -> list[Mapping[str, Any]]:
    return list(opened.due[:_SHOWN])


def _emergency(one: Any, language: str) -> dict[str, Any]:
    views, row = bootstrap.views(), one.row
    known = bootstrap.catalogue().areas
    return {
        "number": row["number"],
        "tier": row["tier"],
        "state": one.state,
        "due_at": one.due_at,
        "thing": thing_of(views.category(row["category"])["name"], language),
        "where": known.name(row["kelurahan"]) or known.name(row["kecamatan"]),
        "agency": (views.agency(row["agency"]) or {}).get("name", {}).get(language, ""),
    }


def on_duty(now: datetime) -> dict[str, Any] | None:
    """Return who is on duty, for the wall: name, office, since when; None if nobody took over."""
    standing, _ = bootstrap.shifts().standing()
    if standing.duty is None:
        return None
    office = bootstrap.catalogue().positions().get(standing.duty.position, {})
    hours = (now - standing.duty.since).total_seconds() / 3600
    return {
        "name": bootstrap.shifts().name(standing.duty.person),
        "office": office.get("title", {}),
        "since": standing.duty.since,
        "long": hours >= LONG_HOURS,
        "offered": standing.offer is not None,
    }
