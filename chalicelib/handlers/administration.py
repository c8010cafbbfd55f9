"""Routes of administration: the audit record of what was administered."""

from __future__ import annotations

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.events import parse_instant
from chalicelib.handlers.queries import cursor_of, limit_of, listed
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)


@serves(blueprint, "GET", "/v1/admin/audit")
def audit(call: Call) -> Response:
    """Who administered what, when and why, newest first."""
    page = bootstrap.register().audit(limit_of(call), cursor_of(call))
    return listed(call, page, lambda one: {**one, "at": local(parse_instant(one["at"]))})
