"""Who reported: the reporter's own say over it, and staff's reading of it for a stated purpose."""

from __future__ import annotations

import json

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.adapters.documents import DATA
from chalicelib.domain.retention import STAGES
from chalicelib.handlers.definitions import ReadContact, Reporter
from chalicelib.handlers.http import cached, clean, ok, parse
from chalicelib.handlers.identity import token_of
from chalicelib.handlers.public import contact_of
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.ports import Contact
from chalicelib.services.revealing import Question

blueprint = Blueprint(__name__)
_PATH = "/v1/reports/{number}/contact"


@serves(blueprint, "GET", _PATH)
def own_contact(call: Call) -> Response:
    """What is kept of the reporter, for the reporter (UU 27/2022, art. 7)."""
    return ok(dict(bootstrap.ask_contact()(Question(call.number, token_of(call.request)))))


@serves(blueprint, "POST", _PATH)
def read_contact(call: Call) -> Response:
    """Read the contact for a purpose that a step needs now; the reporter sees that it was read."""
    body = parse(call.body, ReadContact)
    question = Question(call.number, token_of(call.request), body.purpose, clean(body.reason))
    return ok(dict(bootstrap.ask_contact()(question)))


@serves(blueprint, "PUT", _PATH)
def correct_contact(call: Call) -> Response:
    """Put a new contact in the place of the old one, whole (UU 27/2022, art. 6)."""
    report = bootstrap.views().report(bootstrap.store().load(call.number), call.caller, call.number)
    contact = contact_of(parse(call.body, Reporter), report["visibility"])
    return _replaced(call, contact)


@serves(blueprint, "DELETE", _PATH)
def withdraw_contact(call: Call) -> Response:
    """Take the contact back: nothing is sent any more (UU 27/2022, art. 8 and 9)."""
    return _replaced(call, Contact())


@serves(blueprint, "POST", "/v1/reports/{number}/forget")
def forget(call: Call) -> Response:
    """Erase everything personal in a closed report; figures and audit stay (art. 8)."""
    stored = bootstrap.forget().wished(call.number)
    return ok(bootstrap.views().report(stored, call.caller, call.number))


@serves(blueprint, "GET", "/v1/privacy")
def privacy(call: Call) -> Response:
    """Which personal data are kept, for what, on which basis and how long (art. 21)."""
    body = json.loads((DATA / "personal_data.json").read_text())
    body["retention"] = [
        {"stage": one.code, "days": one.after.days, "name": one.name, "why": one.why}
        for one in STAGES
    ]
    return cached(call.request, body, seconds=86_400)


def _replaced(call: Call, contact: Contact) -> Response:
    stored = bootstrap.replace_contact()(call.number, contact)
    return ok(bootstrap.views().report(stored, call.caller, call.number))
