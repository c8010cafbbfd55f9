"""Work that nobody waits for: one function per queue, each with the rights of its job alone."""

from __future__ import annotations

import logging
from typing import Any

from chalice import Blueprint

from chalicelib import bootstrap, config
from chalicelib.adapters import metrics
from chalicelib.handlers.records import Json, each

blueprint = Blueprint(__name__)
log = logging.getLogger("live_room.jobs")


@blueprint.on_sqs_message(queue=config.resource("replan"), batch_size=10, name="replan")
def replan(event: Any) -> Json:
    """Bring a new calendar version to the open reports that the messages name."""

    def one(body: Json) -> None:
        outcome = bootstrap.replan_calendar().run(body)
        log.info("replanning", extra={"calendar": body["calendar"], "outcome": outcome})

    return each(event, one)


@blueprint.on_sqs_message(queue=config.resource("accept"), batch_size=10, name="accept")
def accept(event: Any) -> Json:
    """Write the filings that were accepted while the table took none."""

    def one(body: Json) -> None:
        outcome = bootstrap.write_accepted()(body)
        log.info("accepted", extra={"report": body["number"], "outcome": outcome})

    return each(event, one)


@blueprint.on_sqs_message(queue=config.resource("document"), batch_size=1, name="document")
def document(event: Any) -> Json:
    """Make the PDF of an SOP version or of a sheet of posters. The PDF library is in this
    function's layer alone.
    """

    def one(body: Json) -> None:
        if "sheet" in body:
            outcome = bootstrap.posters().make(body["sheet"])
            log.info("printing", extra={"sheet": body["sheet"]["medium"], "outcome": outcome})
            return
        outcome = bootstrap.print_sops().make(body["sop"], body["version"])
        log.info("printing", extra={"sop": body["sop"], "outcome": outcome})

    return each(event, one)


@blueprint.on_sqs_message(
    queue=config.resource("announce"),
    batch_size=10,
    name="announce",
    maximum_batching_window_in_seconds=5,
)
def announce(event: Any) -> Json:
    """Tell those who follow a report, its category or its area what happened."""

    def one(body: Json) -> None:
        told = bootstrap.announce()(body["number"], body["seq"])
        log.info("announcing", extra={"report": body["number"], "told": told})

    return each(event, one)


@blueprint.schedule("rate(5 minutes)", name="digest")
def digest(event: Any) -> None:
    """Plan the leaders' digests once their morning or afternoon has come."""
    log.info("digests", extra={"planned": bootstrap.send_digests()()})


@blueprint.on_sqs_message(queue=config.resource("crowd"), batch_size=5, name="crowd")
def crowd(event: Any) -> Json:
    """Join, separate and tell the reports that the messages name."""

    def one(body: Json) -> None:
        outcome = bootstrap.crowds().work(body)
        log.info("crowd", extra={"do": body["do"], "report": body["number"], "outcome": outcome})

    return each(event, one)


@blueprint.on_sqs_message(queue=config.resource("replay"), batch_size=1, name="replay")
def replay(event: Any) -> Json:
    """Compare a page of past reports with a draft SOP."""

    def one(body: Json) -> None:
        outcome = bootstrap.replay_reports().run(body)
        log.info("replaying", extra={"sop": body["sop"], "outcome": outcome})

    return each(event, one)


@blueprint.on_sqs_message(queue=config.resource("hook"), batch_size=5, name="hook")
def hook(event: Any) -> Json:
    """Say to subscribers what the messages name."""

    def one(body: Json) -> None:
        outcome = bootstrap.errands().run("hook", body["owner"], body["id"])
        log.info("webhook", extra={"owner": body["owner"], "outcome": outcome})

    return each(event, one)


@blueprint.on_sqs_message(queue=config.resource("refer"), batch_size=5, name="refer")
def refer(event: Any) -> Json:
    """Pass on to other bodies the reports that the messages name, or ask for news of them."""

    def one(body: Json) -> None:
        outcome = bootstrap.errands().run("refer", body["owner"], body["id"])
        log.info("referral", extra={"report": body["owner"], "outcome": outcome})

    return each(event, one)


@blueprint.schedule("rate(1 hour)", name="seal")
def seal(event: Any) -> None:
    """Close the books of every day that is over and not closed yet.

    Counted only when none is left: an alarm rings where nothing is counted for hours.
    """
    closed = bootstrap.seal_days()()
    metrics.count("BooksInOrder")
    log.info("books", extra={"closed": list(closed)})
