"""Protection against misuse: what is suspected, whose contact is blocked, appeals, and the switch.

One page for the control room. What is done to one report is done on its case; this page lists what
waits, and holds the one switch that is about no report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.events import parse_instant
from chalicelib.handlers.field_errors import from_msgspec
from chalicelib.handlers.http import clean
from chalicelib.handlers.pages.rendering import NOT_KEPT, language_of, page, redirect, thing_of
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.protection import state, turn
from chalicelib.handlers.protection_definitions import Switch
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import CSRF_FIELD, form_of
from chalicelib.services.viewing import local
from chalicelib.services.views import APPEAL, SUSPECT

blueprint = Blueprint(__name__)
_MOST = 100
#: What the buttons of the page mean: mode and minutes.
_BUTTONS: Mapping[str, tuple[str, int]] = {
    "hour": ("auto", 60),
    "on": ("on", 0),
    "auto": ("auto", 0),
    "off": ("off", 0),
}


@shows(blueprint, "GET", "/penyalahgunaan")
def protection(call: Call) -> Response:
    """The lists, and the switch for who may turn it."""
    return _page(call)


@shows(blueprint, "POST", "/penyalahgunaan")
def switch(call: Call) -> Response:
    """Ask for proofs of work from now on, or no longer."""
    given = form_of(call.request)
    mode, minutes = _BUTTONS.get(given.get("do", ""), ("", 0))
    raw = {"mode": mode, "minutes": minutes, "reason": clean(given.get("reason", ""))}
    try:
        turn(call, msgspec.convert(raw, Switch))
    except msgspec.ValidationError as error:
        raise Problem("invalid_field", errors=[from_msgspec(str(error))]) from None
    return redirect("/penyalahgunaan")


def _page(call: Call) -> Response:
    blocks = [
        {**row, "until": local(parse_instant(row["until"]))}
        for row in bootstrap.blocking().listed()
    ]
    return page(
        call,
        "protection.html",
        headers=NOT_KEPT,
        suspected=_waiting(call, SUSPECT),
        appeals=_waiting(call, APPEAL),
        blocks=blocks,
        protection=state(),
        may_switch="operator" in call.caller.roles,
        csrf_field=CSRF_FIELD,
    )


def _waiting(call: Call, kind: str) -> list[dict[str, Any]]:
    views, language = bootstrap.views(), language_of(call)
    found = bootstrap.view_store().waiting(kind, _MOST, None)
    return [
        {
            **row,
            "thing": thing_of(views.category(row["category"])["name"], language),
            "area": views.area(row["kelurahan"], row["kecamatan"]),
        }
        for row in found.items
        if views.may_see_row(row, call.caller)
    ]
