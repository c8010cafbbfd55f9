"""The contact check: offices asked by an administrator, and the page behind the link they get."""

from __future__ import annotations

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.events import parse_instant
from chalicelib.handlers.definitions import ContactCheck
from chalicelib.handlers.http import clean, ok, one_line, parse
from chalicelib.handlers.pages.rendering import OF_A_LINK, page, redirect
from chalicelib.handlers.queries import Row, listed, page_of
from chalicelib.handlers.serving import Call, serves, shows
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)


@serves(blueprint, "GET", "/v1/admin/contacts")
def contacts(call: Call) -> Response:
    """Every office and whether its contacts were confirmed; ``?agency=`` narrows."""
    rows = bootstrap.check_contacts().listed(one_line(call.query("agency"))[:60])
    return listed(call, page_of(call, rows, lambda row: str(row["position"])), _shown)


@serves(blueprint, "POST", "/v1/admin/contacts/check")
def check(call: Call) -> Response:
    """Send a test message to the offices named."""
    form = parse(call.body, ContactCheck)
    asked = bootstrap.check_contacts().ask(call.caller, form.positions, clean(form.reason))
    return ok({"items": asked, "cursor": None}, 201)


@shows(blueprint, "GET", "/kontak/{token}")
def contact_page(call: Call) -> Response:
    """What the link would confirm; opening it confirms nothing."""
    found = bootstrap.check_contacts().open(call.params["token"])
    return page(call, "contact_check.html", headers=OF_A_LINK, check=found)


@shows(blueprint, "POST", "/kontak/{token}")
def confirm_contact(call: Call) -> Response:
    """Confirm that the message arrived."""
    token = call.params["token"]
    bootstrap.check_contacts().confirm(token)
    return redirect(f"/kontak/{token}", headers=OF_A_LINK)


def _shown(row: Row) -> Row:
    times = {
        channel: local(parse_instant(at)) if at else None for channel, at in row["channels"].items()
    }
    return {**row, "channels": times}
