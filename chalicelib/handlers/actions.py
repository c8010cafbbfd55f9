"""What people do to reports: one route for every action, by the table of transitions."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.actions import Caller, Command, may_see
from chalicelib.domain.report import CONTROL_ROOM
from chalicelib.handlers.definitions import ACTION_BODIES, FREE_TEXTS, Body
from chalicelib.handlers.http import boring, cached, clean, limit_of, ok, parse
from chalicelib.handlers.identity import caller_of, staff_of
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.public import number_of
from chalicelib.services.acting import photo_key, viewer_of

blueprint = Blueprint(__name__)
MAX_PHOTO_BYTES = 12 * 1024 * 1024
MAX_PHOTOS = 20
#: Routes whose names differ from the action's.
_ACTIONS = {"comments": "comment", "photos": "add_photo"}


def request() -> Any:
    """Return the request being served."""
    return blueprint.current_request


@blueprint.route("/v1/reports/{number}/{action}", methods=["POST"], content_types=["*/*"])
@boring
def act(number: str, action: str) -> Response:
    """Do one action on one report and return it as the caller may see it."""
    form = ACTION_BODIES.get(action)
    if form is None:
        raise Problem("not_found")
    canonical = number_of(number)
    caller = caller_of(request(), canonical)
    if not caller.roles:
        raise Problem("sign_in_needed")
    body = parse(request().raw_body, form)
    if action == "photos":
        return _add_photo(canonical, caller, body)
    stored = bootstrap.act_on_report()(canonical, _command(action, caller, body))
    return ok(bootstrap.views().report(stored, caller, canonical))


@blueprint.route("/v1/queue", methods=["GET"])
@boring
def queue() -> Response:
    """The open reports whose move it is the holder's, nearest deadline first."""
    caller = staff_of(request())
    query = request().query_params or {}
    holder = str(query.get("agency") or _own_holder(caller))
    if not _may_list(caller, holder):
        raise Problem("role_may_not")
    cursor = _cursor(query.get("cursor"))
    page = bootstrap.store().queue(holder, limit_of(request()), cursor)
    status = query.get("status")
    items = [row for row in page.items if not status or row["status"] == status]
    shown = [row for row in items if _listed(row, caller)]
    after = base64.urlsafe_b64encode(page.cursor.encode()).decode() if page.cursor else None
    return cached(request(), {"items": shown, "cursor": after})


def _command(action: str, caller: Caller, body: Body) -> Command:
    raw = msgspec.structs.asdict(body)
    given = {name: value for name, value in raw.items() if value not in ("", msgspec.UNSET)}
    free = FREE_TEXTS - ({"reason"} if action == "reject" else set())
    texts = {name: clean(str(value)) for name, value in given.items() if name in free}
    fields = {name: value for name, value in given.items() if name not in free}
    if "into" in fields:
        fields["into"] = number_of(fields["into"])
    key = str(request().headers.get("idempotency-key", ""))[:200]
    return Command(_ACTIONS.get(action, action), caller, fields, texts, key)


def _add_photo(number: str, caller: Caller, body: Any) -> Response:
    stored = viewer_of(bootstrap.store().load(number), caller, number)
    if len(stored.report.photos) >= MAX_PHOTOS:
        raise Problem("too_many_photos", limit=MAX_PHOTOS)
    photo = f"p-{bootstrap.salt()[:20]}"
    fields = {"photo": photo, "type": body.type, "purpose": body.purpose}
    bootstrap.act_on_report()(number, Command("add_photo", caller, fields))
    form = bootstrap.blobs().upload_form(photo_key(number, photo), body.type, MAX_PHOTO_BYTES)
    return ok({"id": photo, "upload": dict(form)}, 201)


def _own_holder(caller: Caller) -> str:
    if caller.roles & {"operator", "verifier"}:
        return CONTROL_ROOM
    return next(iter(sorted(caller.agencies)), CONTROL_ROOM)


def _may_list(caller: Caller, holder: str) -> bool:
    if caller.roles & {"operator", "verifier", "secretary", "mayor", "inspector", "auditor"}:
        return True
    return bool(caller.roles & {"officer", "agency_head"}) and holder in caller.agencies


def _listed(row: Any, caller: Caller) -> bool:
    """The same rule as for a single report, on the facts that a list row has."""
    report = msgspec.convert({**row, "sop_id": "", "sop_version": 0}, type=_Row)
    return may_see(report, caller)  # type: ignore[arg-type]


class _Row(msgspec.Struct):
    """The facts of a list row that decide who may see it."""

    tier: str
    agency: str
    kelurahan: str
    kecamatan: str
    about_unit: str
    secret: bool


def _cursor(text: str | None) -> str | None:
    if not text:
        return None
    try:
        return base64.urlsafe_b64decode(text.encode()).decode()
    except ValueError:
        raise Problem("invalid_cursor") from None
