"""Routes of the SOP desk: drafts and their way into force, versions and what changed in them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import msgspec
from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.events import parse_instant
from chalicelib.domain.lifecycle import Wish
from chalicelib.handlers.audience import DRAFT_MOVES
from chalicelib.handlers.desk_definitions import (
    MOVE_BODIES,
    Activate,
    Assignment,
    EditDraft,
    NewDraft,
)
from chalicelib.handlers.field_errors import field_error
from chalicelib.handlers.http import cached, clean, ok, parse
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.queries import Row, listed, page_of
from chalicelib.handlers.serving import Call, Handler, serves
from chalicelib.services.drafting import Service, Shown
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)
_SOP_ID = re.compile(r"[a-z0-9-]{1,60}")
#: Versions have five digits at the most and are listed downwards.
_NEWEST = 99_999
_VERSION = re.compile(r"[0-9]{1,5}")


@serves(blueprint, "GET", "/v1/drafts")
def drafts(call: Call) -> Response:
    """The newest draft of every SOP."""
    return listed(call, page_of(call, bootstrap.draft_sops().drafts(), lambda row: str(row["sop"])))


@serves(blueprint, "POST", "/v1/drafts")
def begin(call: Call) -> Response:
    """Begin a draft."""
    form = parse(call.body, NewDraft)
    shown = bootstrap.draft_sops().begin(call.caller, form.sop, form.content, clean(form.reason))
    return ok(_shown(shown), 201)


@serves(blueprint, "GET", "/v1/drafts/{sop}")
def draft(call: Call) -> Response:
    """One draft with its content and what was said of it."""
    return cached(call.request, _shown(bootstrap.draft_sops().load(sop_of(call))))


@serves(blueprint, "PUT", "/v1/drafts/{sop}")
def edit(call: Call) -> Response:
    """Write new content."""
    form = parse(call.body, EditDraft)
    shown = bootstrap.draft_sops().edit(
        call.caller, sop_of(call), form.content, form.revision, clean(form.reason)
    )
    return ok(_shown(shown))


@serves(blueprint, "GET", "/v1/drafts/{sop}/diff")
def draft_difference(call: Call) -> Response:
    """What the draft changes in the version that it was made from, or in another one."""
    desk, sop = bootstrap.draft_sops(), sop_of(call)
    bench = desk.load(sop).workbench
    before = version_of(call, "against", bench.based_on)
    return ok(desk.difference(sop, before, bench.number))


@serves(blueprint, "GET", "/v1/drafts/{sop}/lint")
def findings(call: Call) -> Response:
    """What is wrong with the draft if it serves on a day (default: today)."""
    found = bootstrap.draft_sops().findings(sop_of(call), day_of(call, "on"))
    return listed(call, page_of(call, [one.to_dict() for one in found]))


@serves(blueprint, "GET", "/v1/sops/{sop}/versions")
def versions(call: Call) -> Response:
    """All versions that were ever in force, with their hashes and their days."""
    rows = bootstrap.draft_sops().versions(sop_of(call))
    page = page_of(call, rows, lambda row: f"{_NEWEST - row['version']:05d}")
    return listed(call, page, _version_line, seconds=60)


@serves(blueprint, "GET", "/v1/sops/{sop}/diff")
def difference(call: Call) -> Response:
    """What changed between two versions that are or were in force."""
    desk, sop = bootstrap.draft_sops(), sop_of(call)
    known = [row["version"] for row in desk.versions(sop)]
    after = version_of(call, "to_version", known[0])
    before = version_of(call, "from_version", max((one for one in known if one < after), default=0))
    if after not in known or (before and before not in known):
        raise Problem("not_found")
    return cached(call.request, desk.difference(sop, before, after), seconds=60)


@serves(blueprint, "POST", "/v1/sops/{sop}/versions/{version}/assign")
def assign(call: Call) -> Response:
    """Let a version serve from a day on: for a season, or to go back to an earlier one."""
    form = parse(call.body, Assignment)
    if not _VERSION.fullmatch(call.params["version"]):
        raise Problem("not_found")
    rows = bootstrap.draft_sops().assign(
        call.caller, sop_of(call), int(call.params["version"]), _service(form)
    )
    return ok({"items": rows, "cursor": None})


def _version_line(row: Row) -> Row:
    return {**row, "at": local(parse_instant(row["at"])) if row["at"] else None}


def sop_of(call: Call) -> str:
    """Return the SOP named in the path; one that cannot be is not found."""
    if not _SOP_ID.fullmatch(call.params["sop"]):
        raise Problem("not_found")
    return call.params["sop"]


def day_of(call: Call, name: str) -> date | None:
    """Return the date that a query parameter names."""
    text = call.query(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Problem("invalid_field", errors=[field_error("invalid", f"?{name}")]) from None


def version_of(call: Call, name: str, default: int) -> int:
    """Return the version that a query parameter names."""
    text = call.query(name)
    if not text:
        return default
    if not _VERSION.fullmatch(text):
        raise Problem("invalid_field", errors=[field_error("invalid", f"?{name}")])
    return int(text)


def _takes(path: str) -> Handler:
    move, form_of = DRAFT_MOVES[path], MOVE_BODIES[path]

    def take(call: Call) -> Response:
        form: Any = parse(call.body, form_of)
        given = {name: value or "" for name, value in msgspec.structs.asdict(form).items()}
        wish = Wish(
            move,
            call.caller,
            bootstrap.clock().now(),
            text=clean(given["text"]),
            step=given.get("step", ""),
            hash=given.get("hash", ""),
            active_from=form.from_ if isinstance(form, Activate) else None,
        )
        service = _service(form) if isinstance(form, Activate) else None
        return ok(_shown(bootstrap.draft_sops().take(sop_of(call), wish, service)))

    take.__name__ = f"take_{move}"
    return take


for _path in MOVE_BODIES:
    serves(blueprint, "POST", f"/v1/drafts/{{sop}}/{_path}")(_takes(_path))


def _service(form: Activate) -> Service:
    return Service(
        first=form.from_,
        last=form.to,
        season=clean(form.season),
        categories=form.categories,
        note=clean(form.text),
    )


def _shown(shown: Shown) -> dict[str, Any]:
    bench = shown.workbench
    body = bench.to_dict()
    for said in body["comments"]:
        said["at"] = local(parse_instant(said["at"]))
    return {"revision": shown.revision, **body, "name": dict(bench.content.get("name") or {})}
