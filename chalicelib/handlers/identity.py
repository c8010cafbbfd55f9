"""Who is calling: a report's token, a staff member's access token, or anybody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib import bootstrap, config
from chalicelib.domain.actions import ANYONE, REPORTER, Caller
from chalicelib.handlers.problems import Problem
from chalicelib.services.filing import TOKEN_PREFIX, token_opens
from chalicelib.services.identifying import TokenInvalid

_MAX_TOKEN = 8192


def caller_of(request: Any, number: str = "") -> Caller:
    """Return the caller. A report token counts for its own report only; elsewhere it is invalid.

    Raises Problem ``invalid_token`` for a token that is none of ours: never anybody silently.
    """
    token = token_of(request)
    if not token:
        return ANYONE
    if token.startswith(TOKEN_PREFIX):
        if not number or not token_opens(config.token_secret(), number, token):
            raise Problem("invalid_token")
        return REPORTER
    try:
        resident = bootstrap.identify_resident()
        if resident is not None and resident.issued(token):
            return _resident(resident(token), number)
        return bootstrap.identify_staff()(token)
    except TokenInvalid:
        raise Problem("invalid_token") from None


def _resident(caller: Caller, number: str) -> Caller:
    """A resident is the reporter of what they filed signed in, and anybody elsewhere."""
    if number and bootstrap.store().owner(number) == caller.subject:
        return replace(caller, roles=caller.roles | REPORTER.roles)
    return caller


def token_of(request: Any) -> str:
    """Return the bearer token sent, empty for none; raise Problem ``invalid_token`` for a header
    that carries something else.
    """
    header = request.headers.get("authorization", "")
    if not header:
        return ""
    scheme, _, token = header.partition(" ")
    token = str(token).strip()
    if scheme.lower() != "bearer" or not token or len(token) > _MAX_TOKEN:
        raise Problem("invalid_token")
    return token
