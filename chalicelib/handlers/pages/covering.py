"""Faces and plates on a photo: marked by the reporter or the control room, approved by another.

The boxes are number fields, so that everything works by keyboard and without a script; the script
lets a pointer draw them. What is shown over the picture is what the public copy will have: solid,
since blur can be undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.actions import REPORTER, ActionRefused, Caller
from chalicelib.domain.publishing import MAX_BOXES, ROOM
from chalicelib.handlers.definitions import Cover
from chalicelib.handlers.field_errors import field_error
from chalicelib.handlers.http import clean
from chalicelib.handlers.pages import visitor
from chalicelib.handlers.pages.forms import check_mark, mark_for
from chalicelib.handlers.pages.pictures import STATES, shown_to
from chalicelib.handlers.pages.refusals import said
from chalicelib.handlers.pages.rendering import NOT_KEPT, page, redirect
from chalicelib.handlers.pages.words import Pair
from chalicelib.handlers.photos import cover, review
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import CSRF_FIELD, csrf_token, form_of
from chalicelib.services.acting import viewer_of
from chalicelib.services.ports import Stored, TryAgain

blueprint = Blueprint(__name__)
#: Edges of a box in a form, as parts of the picture in per cent, and what the API calls them.
EDGES: Mapping[str, str] = {"x": "x", "y": "y", "w": "width", "h": "height"}
#: A new box lies where most faces and plates are: in the middle.
_NEW = (40.0, 40.0, 20.0, 20.0)
_FIELDS: Mapping[str, Pair] = {
    "/boxes": ("Kotak (angka 0 sampai 100)", "Boxes (numbers from 0 to 100)"),
    "/reason": ("Apa yang masih terlihat", "What can still be seen"),
}
Boxes = list[tuple[float, ...]]


@dataclass(frozen=True)
class Seat:
    """Who sits before the picture: *base* is the report's page, *mark* proves its forms."""

    caller: Caller
    base: str
    mark: str


@shows(blueprint, "GET", "/kasus/{number}/foto/{photo}")
def staff_editor(call: Call) -> Response:
    """The picture with its boxes, for the control room."""
    return _editor(call, _staff(call))


@shows(blueprint, "POST", "/kasus/{number}/foto/{photo}")
def staff_edits(call: Call) -> Response:
    """Change the boxes, save them, or say what one thinks of somebody else's."""
    return _done(call, _staff(call), form_of(call.request))


@shows(blueprint, "GET", "/laporan/{number}/foto/{photo}")
def reporter_editor(call: Call) -> Response:
    """The picture with its boxes, for the one who took it."""
    return _editor(call, _reporter(call))


@shows(blueprint, "POST", "/laporan/{number}/foto/{photo}")
def reporter_edits(call: Call) -> Response:
    """Change the boxes, or save them for somebody else to look at."""
    seat, fields = _reporter(call), form_of(call.request)
    check_mark(call, fields, visitor.reporter_token(call, call.number))
    return _done(call, seat, fields)


def _staff(call: Call) -> Seat:
    return Seat(call.caller, f"/kasus/{call.number}", csrf_token(call.request))


def _reporter(call: Call) -> Seat:
    token = visitor.reporter_token(call, call.number)
    if not token:
        raise Problem("sign_in_needed")
    return Seat(REPORTER, f"/laporan/{call.number}", mark_for(token))


def _done(call: Call, seat: Seat, fields: Mapping[str, str]) -> Response:
    given = {name: clean(value) for name, value in fields.items()}
    number, photo, wish = call.number, call.params["photo"], given.get("do", "look")
    boxes = _changed(_boxes_in(given), wish)
    try:
        if wish in ("save", "nothing"):
            cover(seat.caller, number, photo, _checked([] if wish == "nothing" else boxes))
        elif wish in ("approve", "refuse"):
            if not seat.caller.roles & ROOM:
                raise Problem("role_may_not")
            review(seat.caller, number, photo, wish == "approve", given.get("reason", ""))
        else:
            return _editor(call, seat, boxes, looking=wish == "look")
    except TryAgain:
        return redirect(_next(seat, wish))
    except (ActionRefused, Problem) as refused:
        return _editor(call, seat, boxes, refused=refused)
    return redirect(_next(seat, wish))


def _next(seat: Seat, wish: str) -> str:
    """Where the work goes on: with what of the report is public; the reporter sees the report."""
    if seat.caller is REPORTER:
        return f"{seat.base}#foto"
    return f"{seat.base}/umum"


def _editor(
    call: Call,
    seat: Seat,
    boxes: Boxes | None = None,
    *,
    looking: bool = False,
    refused: Exception | None = None,
) -> Response:
    number, photo = call.number, call.params["photo"]
    stored = viewer_of(bootstrap.store().load(number), seat.caller, number)
    row = _picture(stored, seat, photo)
    state = stored.report.media[photo]
    own = state.covered_by == (seat.caller.person or "reporter")
    problem = said(refused)
    return page(
        call,
        "cover.html" if seat.caller is not REPORTER else "cover_own.html",
        headers=NOT_KEPT,
        number=number,
        base=seat.base,
        photo=row,
        standing=STATES[row["standing"]],
        boxes=_percents(state.boxes) if boxes is None else boxes,
        unsaved=boxes is not None,
        looking=looking,
        drawn=row["cover"] == "drawn",
        own=own,
        by_reporter=state.covered_by == "reporter",
        may_review=bool(seat.caller.roles & ROOM) and not own,
        most=MAX_BOXES,
        new=_NEW,
        field_names=_FIELDS,
        problem=problem,
        mark_name=CSRF_FIELD,
        mark=seat.mark,
    )


def _picture(stored: Stored, seat: Seat, photo: str) -> Mapping[str, Any]:
    """The photo if it can be covered: an examined one, and of a reporter's only their own."""
    for row in shown_to(stored, seat.caller, stored.report.number):
        if row["id"] == photo and row["large"]:
            if seat.caller is REPORTER and row["by"] != "reporter":
                break
            return row
    raise Problem("not_found")


def _changed(boxes: Boxes, wish: str) -> Boxes:
    """Return the boxes after the button *wish*: one more, one less, or the same."""
    word, _, which = wish.partition(".")
    if word == "add" and len(boxes) < MAX_BOXES:
        return [*boxes, _NEW]
    if word == "drop" and which.isdecimal():
        return [box for place, box in enumerate(boxes) if place != int(which[:3])]
    return boxes


def _boxes_in(given: Mapping[str, str]) -> Boxes:
    """Return the boxes of a form; what is no part of a picture becomes -1, and is refused later."""
    places = sorted(
        {name[2:] for name in given if name[:2] == "x." and name[2:].isdecimal()}, key=int
    )
    return [tuple(_number(given, edge, place) for edge in EDGES) for place in places[:MAX_BOXES]]


def _number(given: Mapping[str, str], edge: str, place: str) -> float:
    try:
        value = float(given.get(f"{edge}.{place}", "").replace(",", "."))
    except ValueError:
        return -1.0
    return value if 0 <= value <= 100 else -1.0


def _checked(boxes: Boxes) -> Cover:
    """Return what the API would take; a box that reaches out of the picture ends at its edge."""
    rows = []
    for x, y, width, height in boxes:
        parts = (x, y, min(width, 100 - x), min(height, 100 - y))
        rows.append(
            {name: part / 100 for name, part in zip(EDGES.values(), parts, strict=True)}
        )  # fmt: skip
    try:
        return msgspec.convert({"boxes": rows}, Cover)
    except msgspec.ValidationError:
        raise Problem("invalid_field", errors=[field_error("bad_form", "/boxes")]) from None


def _percents(boxes: Sequence[Sequence[float]]) -> Boxes:
    return [tuple(round(part * 100, 1) for part in box) for box in boxes]
