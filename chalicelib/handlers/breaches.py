"""The register of leaks of personal data (UU 27/2022, art. 46)."""

from __future__ import annotations

from typing import Annotated, Literal

from chalice import Blueprint, Response
from msgspec import Meta

from chalicelib import bootstrap
from chalicelib.domain.breaches import FIELDS, WHOM
from chalicelib.handlers.answers import Form, Time
from chalicelib.handlers.definitions import Body, Instant, Needed, Short
from chalicelib.handlers.http import clean, idempotency_key, ok, one_line, parse
from chalicelib.handlers.queries import Row, listed, page_of
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.breaching import URGENCY, Leak

blueprint = Blueprint(__name__)
Fields = Annotated[list[Literal[FIELDS]], Meta(min_length=1, max_length=8)]  # type: ignore[valid-type]


class NewBreach(Body, kw_only=True):
    """A leak: since when it is known, what happened, which data of how many people."""

    known_at: Instant
    what: Needed
    fields: Fields
    people: Annotated[int, Meta(ge=0, le=3_000_000)] = 0
    report: Short = ""


class Notice(Body, kw_only=True):
    """Who was told, under which letter's number."""

    whom: Literal[WHOM]  # type: ignore[valid-type]
    reference: Short


class Breach(Form):
    """An entry. *number*: the sealed case that runs the clock. *notify_by*: 72 hours from known."""

    number: str
    known_at: Time
    registered_at: Time
    fields: list[str]
    people: int
    report: str
    notices: dict[str, str]
    notify_by: Time
    standing: Literal["running", "overdue", "notified", "late"]


class Breaches(Form):
    """All entries, the most urgent first."""

    items: list[Breach]
    cursor: str | None


@serves(blueprint, "GET", "/v1/breaches")
def breaches(call: Call) -> Response:
    """The register, the most urgent first."""
    return listed(call, page_of(call, bootstrap.keep_breaches().listed(), urgency))


@serves(blueprint, "POST", "/v1/breaches")
def register_breach(call: Call) -> Response:
    """Register a leak; its case runs under the SOP with the law's 3 × 24 hours."""
    body = parse(call.body, NewBreach)
    key = idempotency_key(call.header("idempotency-key"))
    return ok(bootstrap.keep_breaches().register(call.caller, leak_of(body), key), 201)


@serves(blueprint, "POST", "/v1/breaches/{number}/notices")
def notify(call: Call) -> Response:
    """Put on the register that the people concerned, or the authority, were told."""
    body = parse(call.body, Notice)
    keep = bootstrap.keep_breaches()
    return ok(keep.notice(call.caller, call.number, body.whom, one_line(body.reference)))


def urgency(row: Row) -> str:
    """Return what the register is sorted by: who is past the limit first, then the next due."""
    return f"{URGENCY.index(row['standing'])}|{row['notify_by']}|{row['number']}"


def leak_of(body: NewBreach) -> Leak:
    """Return the leak that a checked body describes."""
    return Leak(body.known_at, clean(body.what), body.fields, body.people, one_line(body.report))
