"""Probable duplicates side by side: what each says, shows and how far apart; merge, or not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.actions import ActionRefused
from chalicelib.handlers.actions import command_for
from chalicelib.handlers.definitions import KeepApart, Merge
from chalicelib.handlers.http import clean, response_to
from chalicelib.handlers.pages.rendering import NOT_KEPT, language_of, page, redirect, thing_of
from chalicelib.handlers.pages.work_rows import brief_of
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.queries import cursor_for, cursor_of
from chalicelib.handlers.serving import Call, number_of, shows
from chalicelib.handlers.session import form_of
from chalicelib.services.acting import NotFound
from chalicelib.services.duplicates import Pair
from chalicelib.services.photos import shown_key

blueprint = Blueprint(__name__)
_PHOTOS = 2


@shows(blueprint, "GET", "/ruang/ganda")
def duplicates(call: Call) -> Response:
    """Pairs of open reports that may be one, emergencies first."""
    return _page(call, cursor_of(call))


@shows(blueprint, "POST", "/ruang/ganda")
def settle(call: Call) -> Response:
    """Merge the newer report into the older, or say that they are not the same."""
    given = {name: clean(value) for name, value in form_of(call.request).items()}
    older, newer = (number_of(given.get(name, "")) for name in ("older", "newer"))
    forms = {"merge": Merge(into=older), "keep_apart": KeepApart(other=older)}
    action = given.get("do", "")
    if action not in forms:
        raise Problem("not_found")
    try:
        bootstrap.act_on_report()(newer, command_for(action, forms[action], call.caller, ""))
    except (ActionRefused, NotFound, Problem) as refused:
        return _page(call, None, {**json.loads(response_to(refused).body), "number": newer})
    return redirect("/ruang/ganda")


def _page(call: Call, cursor: str | None, problem: Mapping[str, Any] | None = None) -> Response:
    pairs, following = bootstrap.duplicates().pairs(call.caller, cursor)
    return page(
        call,
        "duplicates.html",
        headers=NOT_KEPT,
        pairs=[_shown(call, pair) for pair in pairs],
        cursor=cursor_for(following),
        first=cursor is None,
        problem=problem,
    )


def _shown(call: Call, pair: Pair) -> dict[str, Any]:
    names = bootstrap.views().category(pair.older.report.category)["name"]
    return {
        "thing": thing_of(names, language_of(call)),
        "sides": [_side(call, one) for one in (pair.older, pair.newer)],
        "metres": pair.metres,
        "minutes": int(pair.between.total_seconds() // 60),
        "words": pair.words[:8],
    }


def _side(call: Call, stored: Any) -> dict[str, Any]:
    report, views, link = stored.report, bootstrap.views(), bootstrap.blobs().link
    photos = views.photos(stored, call.caller, report.number)
    return {
        **brief_of(stored),
        "source": report.source,
        "joined": len(report.joined),
        "photos": [
            link(shown_key(report.number, row["id"], "small")) for row in photos if row["large"]
        ][:_PHOTOS],
    }
