"""Who is calling: a report's token, a staff member's access token, or anybody."""

from __future__ import annotations

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
        return bootstrap.identify_staff()(token)
    except TokenInvalid:
        raise Problem("invalid_token") from None


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
