"""One's own settings: language, push to this browser, digests. Duty mails cannot be left."""

from __future__ import annotations

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.handlers.field_errors import field_error
from chalicelib.handlers.pages.forms import browser_of
from chalicelib.handlers.pages.rendering import (
    LANGUAGE_SECONDS,
    NOT_KEPT,
    page,
    redirect,
)
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import form_of
from chalicelib.handlers.subscriptions import push_staff_to
from chalicelib.services.wishing import LANGUAGES, Wishes

blueprint = Blueprint(__name__)


@shows(blueprint, "GET", "/saya")
def settings(call: Call) -> Response:
    """How the reader is told, and where."""
    caller, catalogue = call.caller, bootstrap.catalogue()
    directory = catalogue.directory()
    account = catalogue.staff().get(caller.person, {})
    offices = [one for name in caller.positions if (one := directory.position(name))]
    return page(
        call,
        "settings.html",
        headers=NOT_KEPT,
        wishes=bootstrap.keep_wishes().of(caller),
        offices=offices,
        account=account,
        leads=any(one.role in catalogue.kindness().digest_roles for one in offices),
        push_key=bootstrap.pushing().public_key(),
        saved=call.query("tersimpan") == "ya",
    )


@shows(blueprint, "GET", "/belum-terkirim")
def unsent(call: Call) -> Response:
    """What this device has not sent yet. Browsers keep this frame for when there is no network."""
    return page(call, "unsent.html")


@shows(blueprint, "POST", "/saya")
def save(call: Call) -> Response:
    """Keep the wishes; the pages speak the chosen language from now on."""
    given = form_of(call.request)
    language = given.get("language", "")
    if language not in LANGUAGES:
        raise Problem("invalid_field", errors=[field_error("not_allowed", "/language")])
    keep = bootstrap.keep_wishes()
    now = keep.of(call.caller)
    digest = bool(given.get("digest")) if given.get("leads") else now.digest
    keep.put(call.caller, Wishes(language, bool(given.get("push")), digest))
    kept = f"lang={language}; Path=/; Max-Age={LANGUAGE_SECONDS}; SameSite=Lax; Secure"
    return redirect("/saya?tersimpan=ya", {"Set-Cookie": kept})


@shows(blueprint, "POST", "/saya/kabar")
def push(call: Call) -> Response:
    """Tell the reader in this browser, beside the mail, of what is theirs to do."""
    push_staff_to(call.caller, browser_of(call, form_of(call.request)))
    return redirect("/saya")
