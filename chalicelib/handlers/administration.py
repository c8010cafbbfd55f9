"""Routes of administration: the audit record of what was administered."""

from __future__ import annotations

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.events import parse_instant
from chalicelib.handlers.http import ok
from chalicelib.handlers.queries import cursor_for, cursor_of, limit_of
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)


@serves(blueprint, "GET", "/v1/admin/audit")
def audit(call: Call) -> Response:
    """Who administered what, when and why, newest first."""
    page = bootstrap.register().audit(limit_of(call), cursor_of(call))
    items = [{**one, "at": local(parse_instant(one["at"]))} for one in page.items]
    return ok({"items": items, "cursor": cursor_for(page.cursor)})
