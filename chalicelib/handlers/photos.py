"""Photos: what was found in them, links to their copies, covering, and what the public sees."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain import publishing
from chalicelib.domain.actions import Caller
from chalicelib.handlers.definitions import Cover, Moderate, Release, Review
from chalicelib.handlers.http import clean, ok, parse
from chalicelib.handlers.problems import SAFE_HEADERS, Problem
from chalicelib.handlers.queries import listed, page_of
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.acting import viewer_of
from chalicelib.services.photos import ORIGINAL, SIZES, original_key, public_key, shown_key
from chalicelib.services.ports import Stored
from chalicelib.services.recording import Decide

blueprint = Blueprint(__name__)
_PHOTO = "/v1/reports/{number}/photos/{photo}"


@serves(blueprint, "GET", "/v1/reports/{number}/evidence")
def list_photos(call: Call) -> Response:
    """The report's photos as the caller may see them, with what the examination found."""
    stored = bootstrap.note_reading()(bootstrap.store().load(call.number), call.caller)
    items = bootstrap.views().photos(stored, call.caller, call.number)
    return listed(call, page_of(call, items))


@serves(blueprint, "GET", _PHOTO + "/{size}")
def show_photo(call: Call) -> Response:
    """Lead to a copy of a photo for a few minutes; the same address every time."""
    stored = bootstrap.note_reading()(bootstrap.store().load(call.number), call.caller)
    access = bootstrap.views().photo_access(stored, call.caller, call.number, call.params["photo"])
    number, photo, size = call.number, call.params["photo"], call.params["size"]
    if size == ORIGINAL and access == "checker":
        key = original_key(number, photo)
    elif size in SIZES and access in ("party", "checker"):
        key = shown_key(number, photo, size)
    elif size in SIZES and access == "public":
        key = public_key(number, photo, size)
    else:
        raise Problem("not_found")
    headers = {**SAFE_HEADERS, "Location": bootstrap.blobs().link(key), "Cache-Control": "no-store"}
    return Response("", headers=headers, status_code=302)


@serves(blueprint, "POST", _PHOTO + "/cover")
def cover_photo(call: Call) -> Response:
    """Mark faces and plates to be covered before the photo may become public."""
    body = parse(call.body, Cover)
    return _shown(call, cover(call.caller, call.number, call.params["photo"], body))


@serves(blueprint, "POST", _PHOTO + "/review")
def review_photo(call: Call) -> Response:
    """Look at what somebody else covered; what is approved is published at once."""
    body, photo = parse(call.body, Review), call.params["photo"]
    review(call.caller, call.number, photo, body.approved, clean(body.reason))
    return _shown(call, bootstrap.store().load(call.number))


@serves(blueprint, "GET", "/v1/reports/{number}/publication")
def preview(call: Call) -> Response:
    """What the public sees of the report, and what looks like personal data in its description."""
    stored = bootstrap.note_reading()(bootstrap.store().load(call.number), call.caller)
    stored = viewer_of(stored, call.caller, call.number)
    return ok(bootstrap.views().publication(stored))


@serves(blueprint, "POST", "/v1/reports/{number}/publication")
def release_text(call: Call) -> Response:
    """Release a text that stands for the description in public; an empty one takes it back."""
    release(call.caller, call.number, clean(parse(call.body, Release).text))
    return preview(call)


@serves(blueprint, "POST", "/v1/reports/{number}/moderation")
def moderate(call: Call) -> Response:
    """Withhold a photo or a text from the public, or show it again, with the reason."""
    body = parse(call.body, Moderate)
    return _shown(call, withhold(call.caller, call.number, body))


def cover(caller: Caller, number: str, photo: str, body: Cover) -> Stored:
    """Put on record what *caller* would cover; raise NotFound or ActionRefused."""
    boxes = [(box.x, box.y, box.width, box.height) for box in body.boxes]
    return _recorded(
        caller,
        number,
        lambda stored, now: publishing.cover(stored.report, photo, boxes, caller, now),
    )


def review(caller: Caller, number: str, photo: str, approved: bool, reason: str) -> None:
    """Put on record what *caller* thinks of a covered photo, and have an approved one published.

    Raises NotFound or ActionRefused, and TryAgain when the approval stands but its copy could not
    be made now: asking again makes it, and so does the nightly run.
    """
    _recorded(
        caller,
        number,
        lambda stored, now: publishing.review(
            stored.report, photo, approved, reason, caller, now
        ),
    )  # fmt: skip
    if approved:
        bootstrap.ask_media().publish(number, photo)


def release(caller: Caller, number: str, text: str) -> Stored:
    """Let *text* stand for the description in public; raise NotFound or ActionRefused."""
    return _recorded(caller, number, lambda stored, now: publishing.release(text, caller, now))


def withhold(caller: Caller, number: str, body: Moderate) -> Stored:
    """Withhold what *body* names, or show it again; raise NotFound or ActionRefused."""
    target = {"photo": body.photo} if body.photo else {"event": body.event, "field": body.field}
    return _recorded(
        caller,
        number,
        lambda stored, now: publishing.moderate(
            stored.events, stored.report, target, body.withhold, clean(body.reason), caller, now
        ),
    )


def _recorded(caller: Caller, number: str, decide: Decide) -> Stored:
    viewer_of(bootstrap.store().load(number), caller, number)
    return bootstrap.recorder().record(number, decide)


def _shown(call: Call, stored: Stored | None) -> Any:
    return ok(bootstrap.views().report(stored, call.caller, call.number))
