"""What people do to reports: one route for every action, by the table of transitions."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

import msgspec
from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.actions import Caller, Command
from chalicelib.handlers.audience import ACTION_NAMES
from chalicelib.handlers.definitions import (
    ACTION_BODIES,
    FREE_TEXTS,
    Body,
    Follow,
    NewPhoto,
    Preferences,
)
from chalicelib.handlers.field_errors import field_error
from chalicelib.handlers.http import clean, idempotency_key, ok, parse
from chalicelib.handlers.identity import token_of
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, number_of, serves
from chalicelib.services.acting import viewer_of
from chalicelib.services.photos import MAX_PHOTO_BYTES, photo_key
from chalicelib.services.ports import Stored

blueprint = Blueprint(__name__)
log = logging.getLogger("live_room.reports")
MAX_PHOTOS = 20


@serves(blueprint, "POST", "/v1/reports/{number}/{action}")
def act(call: Call) -> Response:
    """Do one action on one report and return it as the caller may see it."""
    action = call.params["action"]
    body = parse(call.body, ACTION_BODIES[action])
    special = _SPECIAL.get(action)
    if special is not None:
        return special(call, body)
    key = idempotency_key(call.header("idempotency-key"))
    command = command_for(action, body, call.caller, key)
    done = act_as_staff(call.number, command, token=token_of(call.request))
    log.info("acted", extra={"report": call.number, "action": action})
    return _shown(call, done)


@serves(blueprint, "POST", "/v1/reports/{number}/photos")
def add_photo(call: Call) -> Response:
    """The action "photos" by its own path: longer paths below it would hide it from the gateway."""
    return _add_photo(call, parse(call.body, ACTION_BODIES["photos"]))


def _shown(call: Call, stored: Stored) -> Response:
    return ok(bootstrap.views().report(stored, call.caller, call.number))


def command_for(action: str, body: Body, caller: Caller, key: str) -> Command:
    """Return what *caller* wants done: *action* as the path names it, with its checked *body*."""
    raw = msgspec.structs.asdict(body)
    given = {name: value for name, value in raw.items() if value not in ("", msgspec.UNSET)}
    free = FREE_TEXTS - ({"reason"} if action == "reject" else set())
    texts = {name: clean(str(value)) for name, value in given.items() if name in free}
    fields = {name: value for name, value in given.items() if name not in free}
    for name in ("into", "other"):
        if name in fields:
            fields[name] = _other_number(fields[name], name)
    return Command(ACTION_NAMES[action], caller, fields, texts, key)


def _other_number(text: str, field: str) -> str:
    try:
        return number_of(text)
    except Problem:
        raise Problem(
            "merge_target_unknown", errors=[field_error("invalid", f"/{field}")]
        ) from None


def _add_photo(call: Call, body: Any) -> Response:
    """Make room for one photo; with the same key it is the same room."""
    key = idempotency_key(call.header("idempotency-key"))
    return ok(room_for_photo(call.caller, call.number, body, key), 201)


def room_for_photo(
    caller: Caller, number: str, form: NewPhoto, key: str, redirect: str = ""
) -> dict[str, Any]:
    """Record that *caller* adds a photo and return its id and the form that uploads it.

    redirect: where the storage sends a browser that posts the form without a script.
    """
    if form.purpose == "result" and not caller.person:
        raise Problem("invalid_field", errors=[field_error("not_allowed", "/purpose")])
    report = viewer_of(bootstrap.store().load(number), caller, number).report
    photo = _photo_id(caller.person, number, key)
    if len(report.photos) >= MAX_PHOTOS and photo not in report.photos:
        raise Problem("too_many_photos", limit=MAX_PHOTOS)
    fields = {"photo": photo, "type": form.type, "purpose": form.purpose}
    bootstrap.act_on_report()(number, Command("add_photo", caller, fields, key=key))
    place = photo_key(number, photo)
    upload = bootstrap.blobs().upload_form(place, form.type, MAX_PHOTO_BYTES, redirect)
    return {"id": photo, "upload": dict(upload)}


def _photo_id(person: str, number: str, key: str) -> str:
    if not key:
        return f"p-{bootstrap.salt()[:20]}"
    return f"p-{hashlib.sha256(f'{number}|{person}|{key}'.encode()).hexdigest()[:20]}"


def act_as_staff(number: str, command: Command, *, token: str = "", session: str = "") -> Stored:
    """Do one action; the two about blocks keep their list as well. Raises what acting raises."""
    if command.action == "block":
        return bootstrap.blocking().block(number, command, token, session)
    if command.action == "decide_appeal":
        return bootstrap.blocking().decide(number, command)
    return bootstrap.act_on_report()(number, command)


def _follow(call: Call, body: Any) -> Response:
    form: Follow = body
    return _shown(call, bootstrap.set_channels()(call.number, None if form.on else ()))


def _prefer(call: Call, body: Any) -> Response:
    form: Preferences = body
    return _shown(call, bootstrap.set_channels()(call.number, form.channels))


_SPECIAL = {"photos": _add_photo, "follow": _follow, "preferences": _prefer}
