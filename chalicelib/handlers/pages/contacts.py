"""Reading who reported, from the case: for a purpose and a reason, on record, seen by the reporter.

The page may not read a contact itself. It hands the browser's session to the function that may,
which checks it again, puts the reading on the report's record and only then looks.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.actions import ActionRefused
from chalicelib.domain.identity import PURPOSES
from chalicelib.handlers.http import clean
from chalicelib.handlers.pages.refusals import said
from chalicelib.handlers.pages.rendering import NOT_KEPT, page
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import form_of, session_token
from chalicelib.services.revealing import Question

blueprint = Blueprint(__name__)
_LONGEST = 1000


@shows(blueprint, "GET", "/kasus/{number}/kontak")
def ask(call: Call) -> Response:
    """For what the contact may be read now, and the form that reads it."""
    return _shown(call)


@shows(blueprint, "POST", "/kasus/{number}/kontak")
def read(call: Call) -> Response:
    """Read the contact and show it once; nothing keeps it, so looking again is another reading."""
    given = {name: clean(value) for name, value in form_of(call.request).items()}
    purpose, reason = given.get("purpose", ""), given.get("reason", "")[:_LONGEST]
    question = Question(call.number, "", purpose, reason, session_token(call.request))
    try:
        contact = bootstrap.ask_contact()(question)
    except ActionRefused as refused:
        return _shown(call, refused=refused)
    return _shown(call, {name: text for name, text in contact.items() if text})


def _shown(
    call: Call, contact: Mapping[str, str] | None = None, refused: Exception | None = None
) -> Response:
    views = bootstrap.views()
    stored = bootstrap.note_reading()(bootstrap.store().load(call.number), call.caller)
    report = views.report(stored, call.caller, call.number)
    if "contact_purposes" not in report:
        raise Problem("not_found")
    problem = said(refused)
    return page(
        call,
        "contact.html",
        headers=NOT_KEPT,
        number=call.number,
        drilled=report["drill"],
        purposes=[PURPOSES[code] for code in report["contact_purposes"]],
        contact=contact,
        readings=[
            one for one in reversed(report["history"]) if one["type"] == "contact_read"
        ],
        field_names={
            "/reason": ("Alasan untuk kasus ini", "The reason in this case"),
            "/purpose": ("Keperluan", "Purpose"),
        },
        problem=problem,
    )  # fmt: skip
