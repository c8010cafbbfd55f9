"""Field audits: the results that the lot drew and all disputed ones, looked at on the spot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.actions import ActionRefused
from chalicelib.domain.auditing import FINDINGS, ORDERED
from chalicelib.domain.report import text_of
from chalicelib.handlers.actions import command_for
from chalicelib.handlers.http import clean
from chalicelib.handlers.pages.case_forms import BY_ACTION, body_of
from chalicelib.handlers.pages.pictures import shown_to
from chalicelib.handlers.pages.refusals import said
from chalicelib.handlers.pages.rendering import NOT_KEPT, language_of, page, redirect, thing_of
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.queries import cursor_for, cursor_of
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import form_of
from chalicelib.services.views import AUDIT

blueprint = Blueprint(__name__)
_PAGE = 50


@shows(blueprint, "GET", "/pemeriksaan")
def work(call: Call) -> Response:
    """The field audits that wait in the reader's area, and what audits have found so far."""
    views, language = bootstrap.views(), language_of(call)
    found = bootstrap.view_store().waiting(AUDIT, _PAGE, cursor_of(call))
    rows = [row for row in found.items if views.may_see_row(row, call.caller)]
    return page(
        call,
        "audits.html",
        headers=NOT_KEPT,
        rows=[
            {
                **row,
                "thing": thing_of(views.category(row["category"])["name"], language),
                "area": views.area(row["kelurahan"], row["kecamatan"]),
                "agency": views.agency(row["agency"]),
            }
            for row in rows
        ],
        figures=_figures(),
        findings=_words(),
        cursor=cursor_for(found.cursor),
    )


@shows(blueprint, "GET", "/pemeriksaan/{number}")
def audit(call: Call) -> Response:
    """One audit: what the agency says, its photos, and the form for what is really there."""
    return _audit(call)


@shows(blueprint, "POST", "/pemeriksaan/{number}")
def record(call: Call) -> Response:
    """Put on record what was found; what was not done is the agency's again from now on."""
    given = {name: clean(value) for name, value in form_of(call.request).items()}
    try:
        body = body_of("audit", given, ())
        bootstrap.act_on_report()(call.number, command_for("audit", body, call.caller, ""))
    except (ActionRefused, Problem) as refused:
        if getattr(refused, "code", "") == "not_yours":
            raise
        return _audit(call, refused)
    return redirect("/pemeriksaan")


def _audit(call: Call, refused: Exception | None = None) -> Response:
    views, language = bootstrap.views(), language_of(call)
    stored = bootstrap.note_reading()(bootstrap.store().load(call.number), call.caller)
    report = views.report(stored, call.caller, call.number)
    if stored is None or "actions" not in report:
        raise Problem("not_found")
    problem = said(refused)
    photos = shown_to(stored, call.caller, call.number)
    return page(
        call,
        "audit.html",
        headers=NOT_KEPT,
        report=report,
        thing=thing_of(report["category"]["name"], language),
        claimed=text_of(stored.events, "resolved", "note"),
        before=[one for one in photos if one["small"] and one["purpose"] != "result"],
        after=[one for one in photos if one["small"] and one["id"] in report["result_photos"]],
        waiting=stored.report.audit == ORDERED and "audit" in report["actions"],
        finding=stored.report.audit,
        findings=_words(),
        field_names={
            "/finding": ("Temuan", "Finding"),
            "/note": ("Yang terlihat di lokasi", "What was seen there"),
        },
        problem=problem,
    )


def _words() -> Mapping[str, tuple[str, str]]:
    return dict(BY_ACTION["audit"].fields[0].choices or {})


def _figures() -> dict[str, Any]:
    """How the audited results of the whole city stand, each part by itself, and their sum."""
    counted: Counter[str] = Counter()
    for (_, _, value, _), count in bootstrap.view_store().counts(("audit",), "", "").items():
        counted[value] += count
    parts = {name: counted[name] for name in FINDINGS}
    return {"parts": parts, "audited": sum(parts.values()), "ordered": counted[ORDERED]}
