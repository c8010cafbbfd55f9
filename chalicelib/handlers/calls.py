"""The operator's list of calls, and what a voice gateway says of the calls it made."""

from __future__ import annotations

import logging

from chalice import Blueprint, Response

from chalicelib import bootstrap, config
from chalicelib.domain.actions import Caller
from chalicelib.handlers.definitions import CallOutcome
from chalicelib.handlers.http import clean, ok, parse
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.queries import listed, page_of
from chalicelib.handlers.serving import Call, serves
from chalicelib.handlers.webhooks import check_signature
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)
log = logging.getLogger("live_room.calls")


@serves(blueprint, "GET", "/v1/calls")
def list_calls(call: Call) -> Response:
    """The calls to make now. Who saw which office's number is logged, the number is not."""
    page = page_of(call, bootstrap.calls().waiting(), lambda row: f"{row['due_at']}|{row['id']}")
    shown = [row["id"] for row in page.items]
    log.info("call list", extra={"person": call.caller.person, "calls": shown})
    # Telephone numbers of officials stay on nobody's disk.
    return listed(call, page, lambda row: {**row, "due_at": local(row["due_at"])}, kept=False)


@serves(blueprint, "POST", "/v1/calls/{call}/outcome")
def record_outcome(call: Call) -> Response:
    """Record what came of a call that the operator made."""
    form = parse(call.body, CallOutcome)
    bootstrap.calls().outcome(call.params["call"], form.outcome, clean(form.note), call.caller)
    return ok({"accepted": True})


@serves(blueprint, "POST", "/v1/inbound/{provider}/calls/{call}")
def take_outcome(call: Call) -> Response:
    """Take in what a voice gateway says of a call of its own."""
    name = call.params["provider"]
    if config.gateways().get(name, {}).get("channel") != "voice":
        raise Problem("not_found")
    check_signature(call, name)
    form = parse(call.body, CallOutcome)
    machine = Caller(frozenset({"operator"}), person=f"gateway:{name}")
    bootstrap.calls().outcome(call.params["call"], form.outcome, clean(form.note), machine)
    return ok({"accepted": True}, 202)
