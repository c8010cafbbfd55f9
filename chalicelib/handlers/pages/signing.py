"""Signing in to the pages, coming back from the issuer, and signing out."""

from __future__ import annotations

import logging

from chalice import Blueprint, Response

from chalicelib import bootstrap, config
from chalicelib.handlers.pages.rendering import page, redirect
from chalicelib.handlers.problems import SAFE_HEADERS, Problem
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import (
    SESSION,
    SIGN_IN,
    cookie_name,
    cookie_of,
    forget,
    session_cookie,
    session_token,
    sign_in_cookie,
)
from chalicelib.services.identifying import TokenInvalid
from chalicelib.services.sessions import Session
from chalicelib.services.signing_in import LEAVE, CameBack, SignInFailed

blueprint = Blueprint(__name__)
log = logging.getLogger("live_room.sign_in")


@shows(blueprint, "GET", "/masuk")
def sign_in(call: Call) -> Response:
    """Send the browser to the issuer; ``?ke=`` is where to go afterwards."""
    address, kept = bootstrap.sign_in().leave(call.query("ke"))
    return _away(address, sign_in_cookie(kept, int(LEAVE.total_seconds())))


@shows(blueprint, "GET", "/masuk/kembali")
def come_back(call: Call) -> Response:
    """Take the issuer's code and begin a session, under a new token whatever was there before."""
    kept = cookie_of(call.request, cookie_name(SIGN_IN))
    try:
        back = bootstrap.sign_in().come_back(kept, call.query("state"), call.query("code"))
    except SignInFailed as error:
        log.warning("sign-in failed: %s", error.code)
        raise Problem("sign_in_failed") from None
    _known(back)
    bootstrap.sessions().end(session_token(call.request))
    token = bootstrap.sessions().begin(back.person, back.groups)
    return redirect(back.to, {"Set-Cookie": [session_cookie(token), forget(SIGN_IN)]})


@shows(blueprint, "POST", "/keluar")
def sign_out(call: Call) -> Response:
    """End the session here, and at the issuer where it offers that."""
    bootstrap.sessions().end(session_token(call.request))
    address = bootstrap.issuer().sign_out_url(f"{config.public_url()}/")
    if not address:
        return redirect("/", {"Set-Cookie": forget(SESSION)})
    # Not a redirect: browsers hold a form's redirects against the page's form-action.
    return page(call, "signed_out.html", headers={"Set-Cookie": forget(SESSION)}, issuer=address)


def _known(back: CameBack) -> None:
    """Refuse whom the issuer knows and we do not: no session stands for nobody."""
    try:
        bootstrap.identify_staff().of_session(Session(back.person, 0, 0, back.groups))
    except TokenInvalid:
        log.warning("sign-in failed: no account in force")
        raise Problem("no_account") from None


def _away(address: str, cookie: str) -> Response:
    headers = {
        **SAFE_HEADERS,
        "Location": address,
        "Set-Cookie": cookie,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return Response("", headers=headers, status_code=303)
