"""Routes of protection: whether proofs of work are asked for, and how often anybody may write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.handlers.http import clean, ok, parse
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.protection_definitions import PutLimits, Switch
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.administering import Act
from chalicelib.services.protecting import LimitsInvalid
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)


@serves(blueprint, "GET", "/v1/protection")
def protection(call: Call) -> Response:
    """How the city protects itself just now."""
    return ok(state())


@serves(blueprint, "POST", "/v1/protection")
def switch(call: Call) -> Response:
    """Ask every anonymous report for a proof of work, or no longer."""
    form = parse(call.body, Switch)
    turn(call, form)
    return ok(state())


@serves(blueprint, "PUT", "/v1/admin/limits")
def put_limits(call: Call) -> Response:
    """Put another policy in force."""
    form = parse(call.body, PutLimits)
    act = Act("put-limits", call.caller, "admin", clean(form.reason))
    try:
        bootstrap.protect().write(act, form.body, form.based_on)
    except LimitsInvalid as error:
        raise Problem("limits_invalid", reason=str(error)) from None
    return ok(state())


def turn(call: Call, form: Switch) -> None:
    """Do what the form of the operator's page, or a program, asks for."""
    role = "admin" if "admin" in call.caller.roles else "operator"
    act = Act(f"proof-{form.mode}", call.caller, role, clean(form.reason))
    bootstrap.protect().switch(act, form.mode, form.minutes)


def state() -> dict[str, Any]:
    """Return the policy, and whether a proof is asked for now."""
    body, version = bootstrap.protect().current()
    proof = body["proof"]
    now = bootstrap.real_seconds()
    running = proof["mode"] == "auto" and proof["until"] > now
    return {
        "mode": proof["mode"],
        "asked": proof["mode"] == "on" or running,
        "until": local(datetime.fromtimestamp(proof["until"], UTC)) if running else None,
        "limits": body,
        "version": version,
    }
