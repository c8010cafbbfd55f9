"""The session of the web pages: an HttpOnly cookie, and proof that a form is one of ours.

Pages know their caller by the cookie alone and the API by the Authorization header alone, so that
no other site can make a browser speak to the API for whoever sits before it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qs

from chalicelib import bootstrap, config
from chalicelib.domain.actions import ANYONE, Caller
from chalicelib.handlers.problems import Problem
from chalicelib.services.identifying import TokenInvalid
from chalicelib.services.sessions import SESSION_SECONDS

SESSION, SIGN_IN = "sesi", "masuk"
#: Name of the form field with the CSRF token; scripts may send the header instead.
CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"
_MAX_FORM = 256 * 1024
#: The editor of an SOP with the longest ladder has some three hundred.
_MAX_FIELDS = 600


def caller_from_session(request: Any) -> Caller:
    """Return whom the browser's session speaks for, ANYONE without one that still counts."""
    try:
        return bootstrap.of_session(session_token(request))
    except TokenInvalid:
        return ANYONE


def session_token(request: Any) -> str:
    """Return the token in the session cookie, empty if there is none."""
    return cookie_of(request, cookie_name(SESSION))


def csrf_token(request: Any) -> str:
    """Return what every form of a page must carry in `CSRF_FIELD`; empty without a session."""
    token = session_token(request)
    return bootstrap.sessions().csrf_token(token) if token else ""


def check_csrf(request: Any, given: str = "") -> None:
    """Refuse a form that another site sent, or that lacks this session's token.

    *given* is the field's value; without it the header and then the form itself are looked at.
    Raises Problem ``form_not_ours``. Without a session only the browser's own word counts that
    the form comes from another site: there is nobody in whose name it could act.
    """
    refuse_foreign(request)
    token = session_token(request)
    if not token:
        return
    found = given or request.headers.get(CSRF_HEADER, "") or form_of(request).get(CSRF_FIELD, "")
    if not bootstrap.sessions().csrf_fits(token, found):
        raise Problem("form_not_ours")


def account_mark(caller: Caller) -> str:
    """Return what a browser may keep an account's unsent acts under; it does not say whose.

    Empty without a session: a device that several use must know whose they are.
    """
    return keyed_mark("device", caller.person) if caller.person else ""


def keyed_mark(purpose: str, text: str) -> str:
    """Return what only we can make of *text*, for one *purpose* and no other."""
    key = hashlib.sha256(f"{purpose}|".encode() + config.token_secret()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def refuse_foreign(request: Any) -> None:
    """Refuse a form of which the browser itself says that another site sent it."""
    if request.headers.get("sec-fetch-site", "") in ("cross-site", "same-site"):
        raise Problem("form_not_ours")


def form_of(request: Any) -> dict[str, str]:
    """Return the fields of a form (the last value of each); raise Problem for a broken one."""
    raw = bytes(request.raw_body)
    if len(raw) > _MAX_FORM:
        raise Problem("body_too_large")
    try:
        fields = parse_qs(
            raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS
        )
    except ValueError:
        raise Problem("invalid_text") from None
    return {name: values[-1] for name, values in fields.items()}


def cookie_of(request: Any, name: str) -> str:
    """Return the value of one cookie, empty if it was not sent."""
    for part in str(request.headers.get("cookie", "")).split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""


def cookie_name(name: str) -> str:
    """Return the name as browsers get it; ``__Host-`` keeps sister domains from setting it."""
    return f"__Host-{name}" if _secure() else name


def session_cookie(token: str) -> str:
    """Return the Set-Cookie header that begins a session in the browser."""
    return _set(SESSION, token, SESSION_SECONDS)


def sign_in_cookie(kept: str, seconds: int) -> str:
    """Return the Set-Cookie header for what the browser keeps while it is at the issuer."""
    return _set(SIGN_IN, kept, seconds)


def forget(name: str) -> str:
    """Return the Set-Cookie header that removes a cookie."""
    return _set(name, "", 0)


def _set(name: str, value: str, seconds: int) -> str:
    secure = "; Secure" if _secure() else ""
    kept = f"Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    return f"{cookie_name(name)}={value}; {kept}"


def _secure() -> bool:
    """Only plain HTTP on this very machine goes without: browsers would drop the cookie."""
    return not config.public_url().startswith("http://127.0.0.1")
