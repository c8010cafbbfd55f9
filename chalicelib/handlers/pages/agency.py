"""An agency's own page: what waits for it now, how it kept its promise, what went to and fro."""

from __future__ import annotations

from collections import Counter
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.report import CONTROL_ROOM, STATUSES
from chalicelib.handlers.pages.leading import followed_up
from chalicelib.handlers.pages.rendering import NOT_KEPT, language_of, page
from chalicelib.handlers.pages.work_rows import work_row
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, shows
from chalicelib.services.measures import Promise, promises
from chalicelib.services.statuses import STATUS_NAMES

blueprint = Blueprint(__name__)
#: So many open reports are counted; an agency with more sees that it has.
_COUNTED = 300
_LATE_SHOWN = 20


@shows(blueprint, "GET", "/dinas")
def agency(call: Call) -> Response:
    """The deadlines, promise figures and returned cases of the reader's agency, or a chosen one."""
    views, language = bootstrap.views(), language_of(call)
    holder = call.query("agency") or views.own_holder(call.caller)
    if not views.may_list(holder, call.caller):
        raise Problem("not_your_agency")
    found = bootstrap.store().queue(
        holder,
        _COUNTED,
        None,
        lambda row: not row.get("drill") and views.may_see_row(row, call.caller),
    )
    now = bootstrap.clock().now()
    rows = [work_row(views.queued(row), now, language) for row in found.items]
    followed = followed_up(call, "" if holder == CONTROL_ROOM else holder)
    return page(
        call,
        "agency.html",
        headers=NOT_KEPT,
        holder=holder,
        agency=views.agency(holder),
        room=holder == CONTROL_ROOM,
        open=len(rows),
        more=found.cursor is not None,
        states=Counter(row["state"] for row in rows),
        statuses=_statuses(rows),
        late=[row for row in rows if row["state"] == "late"][:_LATE_SHOWN],
        promise=_promise(holder),
        **followed,
        others=_others(call),
    )


def _statuses(rows: list[dict[str, Any]]) -> list[tuple[Any, int]]:
    """Return how many reports stand where, in the order in which a report moves."""
    counts = Counter(row["status"] for row in rows)
    return [(STATUS_NAMES[status], counts[status]) for status in STATUSES if counts[status]]


def _promise(holder: str) -> Promise:
    counts = bootstrap.view_store().counts(("promise-agency",), "", "")
    found = (row for row in promises("agency", counts) if row.key == holder)
    return next(found, Promise(holder, 0, 0, 0))


def _others(call: Call) -> list[dict[str, Any]]:
    """Return the agencies whose page the reader may open, by name; one alone is no choice."""
    views, language = bootstrap.views(), language_of(call)
    rows = bootstrap.catalogue().agencies()
    found = [
        {"code": code, "name": row["name"].get(language) or row["name"]["id"]}
        for code, row in rows.items()
        if views.may_list(code, call.caller)
    ]
    return sorted(found, key=lambda row: row["name"]) if len(found) > 1 else []
