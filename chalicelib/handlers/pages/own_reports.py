"""My reports: a form for an address, the same answer for everybody, and the list behind the link.

The link shows the list; only a POST opens one of its reports in this browser, for a day.
"""

from __future__ import annotations

from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.actions import REPORTER
from chalicelib.domain.limits import Mark
from chalicelib.domain.signing import TokenRefused
from chalicelib.handlers.guarding import admit_addressed
from chalicelib.handlers.http import one_line
from chalicelib.handlers.own_reports import opened, read_contact
from chalicelib.handlers.pages import visitor, words
from chalicelib.handlers.pages.rendering import OF_A_LINK, language_of, page, redirect, thing_of
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, number_of, shows
from chalicelib.handlers.session import form_of
from chalicelib.services.own_reports import LinkOver, Own

blueprint = Blueprint(__name__)
#: How long a browser may act for a report that it opened by a link: the address may be shared.
_DAY = 86400


@shows(blueprint, "GET", "/laporan-saya")
def form(call: Call) -> Response:
    """Ask for an address."""
    return page(call, "own_reports.html", state="form", given="", wrong=False)


@shows(blueprint, "POST", "/laporan-saya")
def ask(call: Call) -> Response:
    """Have the link sent; whether the address is known shows nowhere."""
    given = one_line(form_of(call.request).get("kontak", ""))[:254]
    try:
        channel, address = read_contact(given, "/kontak")
    except Problem:
        facts = {"state": "form", "given": given, "wrong": True}
        return page(call, "own_reports.html", status=422, headers=OF_A_LINK, **facts)
    admit_addressed(call, [Mark("confirmation", address.lower())])
    bootstrap.own_reports().ask(channel, address, language_of(call))
    return page(call, "own_reports.html", headers=OF_A_LINK, state="asked", channel=channel)


@shows(blueprint, "GET", "/laporan-saya/{token}")
def list_them(call: Call) -> Response:
    """Show what the link opens: those that wait for an answer first, then the newest."""
    token, language = call.params["token"], language_of(call)
    try:
        rows = [_row(own, language) for own in opened(token)]
    except Problem as problem:
        if problem.code != "link_over":
            raise
        return page(call, "own_reports.html", status=410, headers=OF_A_LINK, state="over")
    rows.sort(key=lambda row: not row["asked"])
    return page(call, "own_reports.html", headers=OF_A_LINK, state="list", rows=rows, token=token)


@shows(blueprint, "POST", "/laporan-saya/{token}")
def open_one(call: Call) -> Response:
    """Let this browser be the reporter's for one report of the list, and go there."""
    number = number_of(form_of(call.request).get("nomor", ""))
    try:
        token = bootstrap.own_reports().entry(call.params["token"], number)
    except LinkOver:
        return page(call, "own_reports.html", status=410, headers=OF_A_LINK, state="over")
    except (TokenRefused, ValueError):
        raise Problem("not_found") from None
    kept = {"Set-Cookie": visitor.keeping(number, token, _DAY)}
    return redirect(f"/laporan/{number}", kept)


def _row(own: Own, language: str) -> dict[str, Any]:
    row = {"number": own.number, "filed_at": own.stored.report.filed_at, "asked": False}
    if not own.token:
        return row | {"closed": True}
    report = bootstrap.views().report(own.stored, REPORTER, own.number)
    title, _ = words.STATUS[report["status"]]
    thing = thing_of(report["category"]["name"], language)
    progress = bootstrap.show_progress()(own.stored, bootstrap.clock().now())
    return row | {
        "closed": False,
        "heading": words.say(title, language, thing=thing),
        "area": report["area"],
        "asked": "confirm" in report["actions"] or report["status"] == "needs_information",
        "due_at": progress.countdown.due_at if progress.countdown else None,
    }
