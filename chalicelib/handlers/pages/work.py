"""The work list: narrowed by links that can be kept, and one act for several reports at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.actions import ActionRefused
from chalicelib.domain.report import CONTROL_ROOM, STATUSES
from chalicelib.handlers.actions import command_for
from chalicelib.handlers.http import clean, one_line, response_to
from chalicelib.handlers.pages.case_forms import BY_ACTION, Form, body_of
from chalicelib.handlers.pages.rendering import NOT_KEPT, language_of, page, redirect, thing_of
from chalicelib.handlers.pages.work_rows import work_row
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.queries import LONGEST_QUESTION, cursor_for, cursor_of, one_of
from chalicelib.handlers.serving import Call, number_of, shows
from chalicelib.handlers.session import form_of
from chalicelib.services.acting import NotFound
from chalicelib.services.ports import Page
from chalicelib.services.statuses import STATUS_NAMES
from chalicelib.services.views import Filters

blueprint = Blueprint(__name__)
_PAGE = 50
_TIERS = ("P0", "P1", "P2", "P3", "P4", "P5")
#: The parameters that narrow the list; a link with them is a saved filter.
_FILTERS = ("agency", "status", "tier", "category", "area", "q")
#: What may be done for several at once; each still passes every rule of its own.
BULK = ("verify", "assign", "reject", "acknowledge", "start")
_PICKED = "pick."


@shows(blueprint, "GET", "/tugas")
def work(call: Call) -> Response:
    """The open reports whose move it is the reader's office's, nearest deadline first."""
    chosen = {name: one_line(call.query(name))[:LONGEST_QUESTION] for name in _FILTERS}
    one_of(call, "status", STATUSES)
    one_of(call, "tier", _TIERS)
    return _list(call, chosen, cursor_of(call))


@shows(blueprint, "POST", "/tugas")
def act(call: Call) -> Response:
    """Do one act for each picked report; those that refuse are named with the reason."""
    given = {name: clean(value) for name, value in form_of(call.request).items()}
    chosen = {name: given.get(f"f.{name}", "")[:LONGEST_QUESTION] for name in _FILTERS}
    action = given.get("do", "")
    query = urlencode({name: value for name, value in chosen.items() if value})
    if action in _KEEPING:
        return _kept(call, action, given, chosen, query)
    if action not in BULK:
        raise Problem("not_found")
    numbers = [number_of(name.removeprefix(_PICKED)) for name in given if name.startswith(_PICKED)]
    outcomes = {number: _refusal(call, number, action, given) for number in numbers[:_PAGE]}
    refused = [one for one in outcomes.values() if one]
    if refused:
        done = [number for number, one in outcomes.items() if one is None]
        return _list(call, chosen, None, refused, done, BY_ACTION[action])
    return redirect(f"/tugas?{query}" if query else "/tugas")


def _kept(
    call: Call, action: str, given: Mapping[str, str], chosen: Mapping[str, str], query: str
) -> Response:
    """Keep or forget one of the reader's own filters."""
    filters, name = bootstrap.keep_filters(), one_line(given.get("name", ""))[:_LONGEST_NAME]
    try:
        if action == "keep_filter":
            filters.keep(call.caller, name, query)
        else:
            filters.drop(call.caller, name)
    except ActionRefused as refused:
        return _list(call, chosen, None, [json.loads(response_to(refused).body)])
    return redirect(f"/tugas?{query}" if query else "/tugas")


def _refusal(
    call: Call, number: str, action: str, given: Mapping[str, str]
) -> Mapping[str, Any] | None:
    """Do it; return why it was not done, with the number, or None."""
    try:
        body = body_of(action, given, ())
        bootstrap.act_on_report()(number, command_for(action, body, call.caller, ""))
    except (ActionRefused, NotFound, Problem) as refused:
        return {**json.loads(response_to(refused).body), "number": number}
    return None


def _list(
    call: Call,
    chosen: Mapping[str, str],
    cursor: str | None,
    refused: Sequence[Mapping[str, Any]] = (),
    done: Sequence[str] = (),
    action: Form | None = None,
) -> Response:
    views = bootstrap.views()
    holder = chosen["agency"] or views.own_holder(call.caller)
    if not views.may_list(holder, call.caller):
        raise Problem("not_your_agency")
    found = _found(call, holder, chosen, cursor)
    now, known = bootstrap.clock().now(), bootstrap.catalogue()
    rows = [work_row(views.queued(row), now, language_of(call)) for row in found.items]
    return page(
        call,
        "work.html",
        status=409 if refused else 200,
        headers=NOT_KEPT,
        rows=rows,
        counts={
            state: sum(row["state"] == state and not row["drill"] for row in rows)
            for state in ("late", "near")
        },
        holder=views.agency(holder),
        room=holder == CONTROL_ROOM,
        bulk=[BY_ACTION[one] for one in BULK if (one in _AT_ROOM) == (holder == CONTROL_ROOM)],
        agencies=sorted(known.agencies().items(), key=lambda pair: str(pair[1]["name"]["id"])),
        chosen=chosen,
        statuses=[(one, STATUS_NAMES[one]) for one in STATUSES],
        tiers=_TIERS,
        kinds=sorted(known.categories().values(), key=lambda one: one.code),
        kecamatan=known.areas.all("kecamatan"),
        refused=refused,
        done=done,
        did=action,
        rejections=BY_ACTION["reject"].fields[0].choices,
        elsewhere=[] if cursor else _elsewhere(chosen, found, language_of(call)),
        kept=bootstrap.keep_filters().of(call.caller.person),
        cursor=cursor_for(found.cursor),
        push_key=bootstrap.pushing().public_key(),
        query=urlencode({name: value for name, value in chosen.items() if value}),
    )


_AT_ROOM = frozenset({"verify", "assign", "reject"})
_KEEPING = frozenset({"keep_filter", "drop_filter"})
_LONGEST_NAME = 40


def _found(call: Call, holder: str, chosen: Mapping[str, str], cursor: str | None) -> Page:
    """The rows of one page. With words to find by, those among the next ones that hold them."""
    if chosen["q"]:
        return bootstrap.find_work()(
            chosen["q"], holder, call.caller, cursor, lambda row: _fits(row, chosen)
        )
    views = bootstrap.views()
    return bootstrap.store().queue(
        holder,
        _PAGE,
        cursor,
        lambda row: _fits(row, chosen) and views.may_see_row(row, call.caller),
    )


def _elsewhere(chosen: Mapping[str, str], found: Page, language: str) -> list[dict[str, Any]]:
    """Public reports beside the list that hold the words asked for, open ones or not."""
    if not chosen["q"]:
        return []
    filters = Filters(chosen["status"], chosen["category"], chosen["area"])
    rows = bootstrap.find_work().elsewhere(chosen["q"], filters, found.items)
    views = bootstrap.views()
    shown = [views.listed(row) for row in rows if chosen["tier"] in ("", row["tier"])]
    return [{**row, "thing": thing_of(row["category"]["name"], language)} for row in shown]


def _fits(row: Mapping[str, Any], chosen: Mapping[str, str]) -> bool:
    same = all(chosen[name] in ("", row[name]) for name in ("status", "tier", "category"))
    return same and chosen["area"] in ("", row["kecamatan"], row["kelurahan"])
