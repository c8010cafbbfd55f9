"""Routes of catalogue administration: documents, owners by date, calendars, files, the doctor."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.events import parse_instant
from chalicelib.handlers.catalogue_definitions import (
    ImportFiles,
    MoveOwnership,
    PutCalendar,
    PutCatalogueDocument,
)
from chalicelib.handlers.http import cached, clean, ok, parse
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.queries import listed, page_of
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.administering import Version, digest_of
from chalicelib.services.cataloguing import OwnerMove
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)
_NAME = re.compile(r"[a-z0-9_-]{1,40}")


@serves(blueprint, "GET", "/v1/admin/catalogue/{part}")
def document(call: Call) -> Response:
    """A document of the catalogue as it stands."""
    return ok(_shown(bootstrap.keep_catalogue().document(_named(call, "part"))))


@serves(blueprint, "PUT", "/v1/admin/catalogue/{part}")
def put_document(call: Call) -> Response:
    """Write a document of the catalogue anew, if it fits the others."""
    form = parse(call.body, PutCatalogueDocument)
    written = bootstrap.keep_catalogue().put(
        call.caller, _named(call, "part"), form.body, form.based_on, clean(form.reason)
    )
    return ok(_shown(written))


@serves(blueprint, "POST", "/v1/admin/ownership")
def move_ownership(call: Call) -> Response:
    """Let other agencies own categories from a day on."""
    form = parse(call.body, MoveOwnership)
    moves = [OwnerMove(one.category, one.area, one.agency) for one in form.moves]
    written = bootstrap.keep_catalogue().move_ownership(
        call.caller, moves, form.from_, clean(form.reason)
    )
    return ok(_shown(written))


@serves(blueprint, "GET", "/v1/admin/calendars/{calendar}")
def calendar(call: Call) -> Response:
    """A calendar as it is in force."""
    return ok(_shown(bootstrap.keep_catalogue().calendar(_named(call, "calendar"))))


@serves(blueprint, "PUT", "/v1/admin/calendars/{calendar}")
def put_calendar(call: Call) -> Response:
    """Put a new version of a calendar into force; open reports are planned anew under it."""
    form = parse(call.body, PutCalendar)
    written = bootstrap.keep_catalogue().put_calendar(
        call.caller, _named(call, "calendar"), form.body, form.based_on, clean(form.reason)
    )
    return ok(_shown(written))


@serves(blueprint, "GET", "/v1/admin/export")
def export(call: Call) -> Response:
    """The whole catalogue as files that can live in git."""
    files = bootstrap.catalogue_files().export()
    return cached(call.request, {"files": files, "digest": digest_of(files)})


@serves(blueprint, "POST", "/v1/admin/import")
def take_in(call: Call) -> Response:
    """Take files in: what differs becomes a new version, an SOP a draft."""
    form = parse(call.body, ImportFiles)
    lines = bootstrap.catalogue_files().take_in(
        call.caller, form.files, clean(form.reason), dry_run=form.dry_run
    )
    return ok({"done": not form.dry_run, "items": [asdict(one) for one in lines]})


@serves(blueprint, "GET", "/v1/admin/doctor")
def doctor(call: Call) -> Response:
    """Whether the catalogue and its people are ready; ``?live=true`` as for real citizens."""
    found = bootstrap.doctor().examine(live=call.query("live") == "true")
    return listed(call, page_of(call, [one.to_dict() for one in found]))


def _named(call: Call, name: str) -> str:
    if not _NAME.fullmatch(call.params[name]):
        raise Problem("not_found")
    return call.params[name]


def _shown(version: Version) -> dict[str, Any]:
    at = version.note.get("at")
    return {
        "name": version.id,
        "version": version.version,
        "digest": version.digest,
        "changed_at": local(parse_instant(at)) if at else None,
        "body": version.body,
    }
