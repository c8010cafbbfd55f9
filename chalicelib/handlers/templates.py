"""Routes of the template desk: what messages say, proposed by one person, approved by another."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.events import parse_instant
from chalicelib.handlers.http import cached, clean, ok, parse
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.queries import listed, page_of
from chalicelib.handlers.serving import Call, serves
from chalicelib.handlers.template_definitions import (
    ApproveTemplate,
    ProposeTemplate,
    WithdrawTemplate,
)
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)
_NAME = re.compile(r"[a-z_]{1,40}")
_VERSION = re.compile(r"[1-9][0-9]{0,4}")


@serves(blueprint, "GET", "/v1/templates")
def templates(call: Call) -> Response:
    """Every template."""
    rows = bootstrap.template_desk().listed()
    return listed(call, page_of(call, rows, lambda row: str(row["template"])))


@serves(blueprint, "GET", "/v1/templates/{template}")
def template(call: Call) -> Response:
    """One template with its versions and the newest proposal."""
    return cached(call.request, _shown(_named(call)))


@serves(blueprint, "GET", "/v1/templates/{template}/preview")
def preview(call: Call) -> Response:
    """The messages of one version, or of the proposal, filled with made-up facts."""
    wanted = call.query("version")
    proposed = wanted == "proposed"
    if wanted and not proposed and not _VERSION.fullmatch(wanted):
        raise Problem("not_found")
    version = int(wanted) if wanted and not proposed else None
    shown = bootstrap.template_desk().preview(_named(call), version, proposed=proposed)
    return listed(call, page_of(call, [asdict(one) for one in shown]))


@serves(blueprint, "POST", "/v1/templates/{template}/proposal")
def propose(call: Call) -> Response:
    """Propose new words."""
    form = parse(call.body, ProposeTemplate)
    id = _named(call)
    bootstrap.template_desk().propose(
        call.caller, id, form.channels, form.based_on, clean(form.reason)
    )
    return ok(_shown(id), 201)


@serves(blueprint, "POST", "/v1/templates/{template}/proposal/approve")
def approve(call: Call) -> Response:
    """Put the proposal of somebody else into use."""
    form = parse(call.body, ApproveTemplate)
    id = _named(call)
    bootstrap.template_desk().approve(call.caller, id, form.hash, clean(form.reason))
    return ok(_shown(id))


@serves(blueprint, "POST", "/v1/templates/{template}/proposal/withdraw")
def withdraw(call: Call) -> Response:
    """Take the proposal back."""
    form = parse(call.body, WithdrawTemplate)
    id = _named(call)
    bootstrap.template_desk().withdraw(call.caller, id, clean(form.reason))
    return ok(_shown(id))


def _named(call: Call) -> str:
    if not _NAME.fullmatch(call.params["template"]):
        raise Problem("not_found")
    return call.params["template"]


def _shown(id: str) -> dict[str, Any]:
    desk = bootstrap.template_desk()
    one = desk.template(id)
    versions = [
        {**row, "at": local(parse_instant(row["at"])) if row["at"] else None}
        for row in desk.history(id)
    ]
    return {
        "template": id,
        "version": one.version,
        "audience": one.audience,
        "citizen_text": one.citizen_text,
        "channels": one.channels,
        "versions": versions,
        "proposal": _proposal(id),
    }


def _proposal(id: str) -> dict[str, Any] | None:
    last = bootstrap.template_desk().proposal(id)
    if last is None:
        return None
    return {
        "status": last.status,
        "version": last.version,
        "hash": last.digest,
        "by": last.by,
        "approver": last.approver,
        "reason": last.reason,
        "channels": last.channels,
    }
