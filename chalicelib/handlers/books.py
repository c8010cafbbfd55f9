"""The books of the days, for anybody: every closed day, the keys, one report's place in them."""

from __future__ import annotations

import logging
import re
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.handlers.http import cached, language_of, ok
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.queries import cursor_of, limit_of, listed, page_of
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.ports import Page, Stored
from chalicelib.services.viewing import visible

blueprint = Blueprint(__name__)
log = logging.getLogger("live_room.books")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: A closed day is never changed.
_FOR_EVER = 86_400


@serves(blueprint, "GET", "/v1/ledger")
def list_days(call: Call) -> Response:
    """The closed days, newest first."""
    limit = limit_of(call)
    found = bootstrap.books().days(limit + 1, cursor_of(call))
    more = found[limit - 1].day.day if len(found) > limit else None
    return listed(call, Page(tuple(one.to_dict() for one in found[:limit]), more), seconds=60)


@serves(blueprint, "GET", "/v1/ledger/key")
def list_keys(call: Call) -> Response:
    """The public keys that days were ever signed with."""
    rows = ({"key": one.mark, "pem": one.pem} for one in bootstrap.books().public_keys())
    return listed(call, page_of(call, rows, lambda row: str(row["key"])), seconds=60)


@serves(blueprint, "GET", "/v1/ledger/{day}")
def show_day(call: Call) -> Response:
    """One closed day: statement, signature, and the shards from which its root follows."""
    day = call.params["day"]
    sealed = bootstrap.books().day(day) if _DAY.fullmatch(day) else None
    if sealed is None:
        raise Problem("not_found")
    return cached(call.request, sealed.to_dict(), seconds=_FOR_EVER)


@serves(blueprint, "GET", "/v1/reports/{number}/proof")
def show_proof(call: Call) -> Response:
    """That a report's record is in a closed day, for whoever may see the report at all."""
    stored = bootstrap.store().load(call.number)
    known = visible(stored, call.caller, call.number)
    return cached(call.request, proof_of(known))


@serves(blueprint, "GET", "/v1/reports/{number}/record")
def show_record(call: Call) -> Response:
    """The whole record of a case for the Ombudsman and auditors; asking for it is logged."""
    language = language_of(call.request)
    record = bootstrap.case_files().make(call.number, call.caller, language)
    log.info("record", extra={"report": call.number, "by": call.caller.person})
    return ok(record, headers={"Cache-Control": "private, no-store"})


def proof_of(stored: Stored) -> dict[str, Any]:
    """Return the record's mark now, and its proof in the newest closed day that has it."""
    found = bootstrap.prove_reports().proof(stored)
    return {
        "number": stored.report.number,
        "now": {"events": len(stored.events), "hash": stored.report.last_hash},
        "proof": found[0].to_dict() if found else None,
        "day": found[1].to_dict() if found else None,
    }
