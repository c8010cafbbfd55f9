"""Routes to one's own reports by a link that is sent to a mail address or a telephone."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap, config
from chalicelib.domain.actions import REPORTER
from chalicelib.domain.limits import Mark
from chalicelib.domain.signing import TokenRefused
from chalicelib.handlers.addresses import mail_address, telephone
from chalicelib.handlers.field_errors import field_error
from chalicelib.handlers.guarding import admit_addressed
from chalicelib.handlers.http import ok, parse
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, serves
from chalicelib.handlers.subscription_definitions import AskOwnReports, SubscriptionToken
from chalicelib.services.own_reports import MAIL, SMS, LinkOver, Own
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)


@serves(blueprint, "POST", "/v1/own-reports")
def ask(call: Call) -> Response:
    """Have a link sent; the answer is the same for every address."""
    form = parse(call.body, AskOwnReports)
    if bool(form.email) == bool(form.phone):
        raise Problem("invalid_field", errors=[field_error("invalid", "/email")])
    if form.email:
        channel, address = MAIL, mail_address(form.email.strip(), "/email")
    else:
        channel, address = SMS, telephone(form.phone.strip(), "/phone")
    admit_addressed(call, [Mark("confirmation", address.lower())])
    bootstrap.own_reports().ask(channel, address, form.language)
    return ok({"state": "asked"}, 202)


@serves(blueprint, "POST", "/v1/own-reports/open")
def open_list(call: Call) -> Response:
    """The reports that a link opens, each with its token."""
    token = parse(call.body, SubscriptionToken).token
    return ok({"items": [shown(one) for one in opened(token)]})


def read_contact(text: str, pointer: str) -> tuple[str, str]:
    """Return channel and address of what somebody typed into one field; raise Problem."""
    if "@" in text:
        return MAIL, mail_address(text.strip(), pointer)
    return SMS, telephone(text.strip()[:30], pointer)


def opened(token: str) -> tuple[Own, ...]:
    """Return what a link opens; raise Problem ``link_over`` or ``not_found``."""
    try:
        return bootstrap.own_reports().open(token)
    except LinkOver:
        raise Problem("link_over") from None
    except (TokenRefused, ValueError):
        raise Problem("not_found") from None


def shown(own: Own) -> dict[str, Any]:
    """Return one report of the list as its reporter may see it by a link: number alone if secret.

    The token opens it as the receipt's does.
    """
    number = own.number
    row: dict[str, Any] = {
        "number": number,
        "url": f"{config.public_url()}/laporan/{number}",
        "filed_at": local(own.stored.report.filed_at),
    }
    if not own.token:
        return row | {"confidential": True}
    report = bootstrap.views().report(own.stored, REPORTER, number)
    names = ("status", "status_name", "category", "area", "actions")
    return row | {"confidential": False, "token": own.token} | {n: report[n] for n in names}
