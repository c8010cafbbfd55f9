"""Who looks at a page: the reporter of the report shown, by the cookie set at filing.

The cookie holds the report's own token and nothing else; scripts cannot read it, and it opens this
one report only.
"""

from __future__ import annotations

from chalicelib import config
from chalicelib.domain.actions import ANYONE, REPORTER, Caller
from chalicelib.handlers.pages.rendering import cookie
from chalicelib.handlers.serving import Call
from chalicelib.services.filing import token_opens

#: Half a year: longer than any report stays open, reopening included.
_SECONDS = 180 * 86400


def reporter_token(call: Call, number: str) -> str:
    """Return the token of report *number* that this browser holds, empty if none or a wrong one."""
    token = cookie(call, _name(number))
    if token and token_opens(config.token_secret(), number, token):
        return token
    return ""


def visitor(call: Call, number: str) -> Caller:
    """Return who looks at report *number*."""
    return REPORTER if reporter_token(call, number) else ANYONE


def keeping(number: str, token: str, seconds: int = _SECONDS) -> str:
    """Return the ``Set-Cookie`` value that lets this browser come back to its own report."""
    return f"{_name(number)}={token}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax"


def _name(number: str) -> str:
    return f"lr_{number}"
