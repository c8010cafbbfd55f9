"""Routes of staff: the work list. What staff do to a report is in `actions`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.queries import cursor_of, limit_of, listed, work_filters_of
from chalicelib.handlers.serving import Call, serves

blueprint = Blueprint(__name__)


@serves(blueprint, "GET", "/v1/queue")
def queue(call: Call) -> Response:
    """The open reports whose move it is the holder's, nearest deadline first."""
    views = bootstrap.views()
    holder = call.query("agency") or views.own_holder(call.caller)
    if not views.may_list(holder, call.caller):
        raise Problem("not_your_agency")
    narrowed = work_filters_of(call)

    def fits(row: Mapping[str, Any]) -> bool:
        return narrowed.fit(row) and views.may_see_row(row, call.caller)

    page = bootstrap.store().queue(holder, limit_of(call), cursor_of(call), fits)
    return listed(call, page, views.queued)
