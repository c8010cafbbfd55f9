"""The books of the days in plain words, and a check of one report that anybody can ask for."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from chalice import Blueprint, Response

from chalicelib import bootstrap, config
from chalicelib.domain.books import Proof, Sealed
from chalicelib.domain.numbers import normalise
from chalicelib.handlers.http import one_line
from chalicelib.handlers.pages.rendering import language_of, page
from chalicelib.handlers.serving import Call, shows
from chalicelib.services.acting import NotFound
from chalicelib.services.sealing import GRACE
from chalicelib.services.viewing import visible

blueprint = Blueprint(__name__)
log = logging.getLogger("live_room.books")
_SHOWN = 14


@dataclass(frozen=True)
class Checked:
    """What the books say of a report. state: ``unknown``, ``open`` (no closed day has it yet),
    ``whole`` or ``broken``."""

    state: str
    number: str = ""
    proof: Proof | None = None
    sealed: Sealed | None = None
    newer: int = 0


@shows(blueprint, "GET", "/buku")
def books(call: Call) -> Response:
    """How the books keep anybody from changing what was, and how to see for oneself."""
    text = one_line(call.query("nomor"))[:40]
    return page(
        call,
        "books.html",
        text=text,
        checked=_checked(call, text) if text else None,
        days=bootstrap.books().days(_SHOWN, None),
        address=config.public_url(),
        # The grace is real time: before a clock that runs faster nobody waits for a dead page.
        hurried=bootstrap.clock().speed > 1,
        grace_minutes=int(GRACE.total_seconds() / 60),
    )


@shows(blueprint, "GET", "/kasus/{number}/berkas")
def record(call: Call) -> Response:
    """The whole record of a case, to print or to hand over."""
    made = bootstrap.case_files().make(call.number, call.caller, language_of(call))
    log.info("record", extra={"report": call.number, "by": call.caller.person})
    return page(call, "record.html", case=made, drilled=made["drill"])


def _checked(call: Call, text: str) -> Checked:
    """Look a report up as the caller may see it: hidden and absent say the same."""
    number = normalise(text)
    try:
        stored = visible(bootstrap.store().load(number) if number else None, call.caller, text)
    except NotFound:
        return Checked("unknown", text)
    found = bootstrap.prove_reports().proof(stored)
    if found is None:
        return Checked("open", stored.report.number)
    proof, sealed = found
    keys = {one.mark: one for one in bootstrap.books().public_keys()}
    signed = sealed.key in keys and keys[sealed.key].signed(sealed.day.statement, sealed.signature)
    whole = signed and proof.leads_to(sealed.day)
    newer = len(stored.events) - proof.mark.events
    return Checked("whole" if whole else "broken", stored.report.number, proof, sealed, newer)
