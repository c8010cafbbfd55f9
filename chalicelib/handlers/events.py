"""The event handlers: stream, queues and the sweeper's minute. Each parses and calls a service.

No record may fail its neighbours: what cannot be done now is reported back by itself
(``batchItemFailures``; the deployment switches that on), comes again a bounded number of times,
and is found by the sweeper whatever happens here.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from chalice import Blueprint

from chalicelib import bootstrap, config
from chalicelib.adapters import metrics
from chalicelib.handlers.records import Json, each, each_try
from chalicelib.services.measuring import UNSENT_AGE

blueprint = Blueprint(__name__)
log = logging.getLogger("live_room.events")

_NO_STREAM = f"arn:aws:dynamodb:{config.region()}:000000000000:table/none/stream/none"
#: Seconds within which what belongs together is written.
_TOGETHER = 3
#: A receipt that belongs to no message is looked up so often; then it is somebody else's.
_RECEIPT_TRIES = 3


@blueprint.on_dynamodb_record(
    stream_arn=os.environ.get("REPORTS_STREAM_ARN", _NO_STREAM),
    batch_size=100,
    starting_position="TRIM_HORIZON",
    name="dispatch",
)
def dispatch(event: Any) -> Json:
    """Pass on what was just written, a batch at a time: passing on twice is harmless."""
    from chalicelib.adapters.stream import stream_rows

    bootstrap.dispatcher().dispatch(stream_rows(event.to_dict()["Records"]))
    return {"batchItemFailures": []}


@blueprint.on_dynamodb_record(
    stream_arn=os.environ.get("REPORTS_STREAM_ARN", _NO_STREAM),
    batch_size=100,
    starting_position="TRIM_HORIZON",
    name="project",
    # What an act, its steps and its arming write within seconds is shown at once, in one go.
    maximum_batching_window_in_seconds=_TOGETHER,
)
def project(event: Any) -> Json:
    """Bring public views, counters and cards up to what was written; apart from what is urgent."""
    from chalicelib.adapters.stream import stream_rows

    rows = list(stream_rows(event.to_dict()["Records"]))
    bootstrap.projector().project(rows)
    bootstrap.relay().relay(rows)
    return {"batchItemFailures": []}


@blueprint.on_sqs_message(queue=config.resource("wake"), batch_size=10, name="fire")
def fire(event: Any) -> Json:
    """Fire what is due on the reports that the wake-ups name."""

    def one(body: Json) -> None:
        if "failed" in body:
            outcome = bootstrap.reroute()(body["number"], body["failed"])
            log.info("another way", extra={"report": body["number"], "outcome": outcome})
            return
        rearm = body.get("source") == "sweeper"
        outcome = bootstrap.fire_due_steps()(body["number"], body.get("epoch"), rearm=rearm)
        log.info("wake-up", extra={"report": body["number"], "outcome": outcome})

    return each(event, one)


@blueprint.on_sqs_message(
    queue=config.resource("arm"),
    batch_size=10,
    name="arm",
    maximum_batching_window_in_seconds=1,
)
def arm(event: Any) -> Json:
    """Start the executions of the reports and epochs that the messages name."""

    def one(body: Json) -> None:
        outcome = bootstrap.arm_timeline()(body["number"], body["epoch"])
        log.info("arming", extra={"report": body["number"], "outcome": outcome})

    return each(event, one)


@blueprint.on_sqs_message(
    queue=config.resource("send"),
    batch_size=10,
    name="send",
    maximum_batching_window_in_seconds=1,
)
def send(event: Any) -> Json:
    """Send the messages named."""

    def one(body: Json) -> None:
        outcome = bootstrap.sender().send(body["number"], body["id"])
        log.info("message", extra={"report": body["number"], "outcome": outcome})

    return each(event, one)


@blueprint.on_sqs_message(
    queue=config.resource("receipts"),
    batch_size=10,
    name="delivery_events",
    maximum_batching_window_in_seconds=5,
)
def delivery_events(event: Any) -> Json:
    """Note what the providers say became of messages, in whatever order they say it."""
    from chalicelib.adapters.receipts import receipt_from

    def one(body: Json, tries: int) -> None:
        receipt = receipt_from(body)
        if receipt is None:
            return
        outcome = bootstrap.take_receipt()(receipt)
        log.info("receipt", extra={"kind": receipt.kind, "outcome": outcome})
        if outcome == "unknown_message" and tries < _RECEIPT_TRIES:
            # It may have come before our own note of the sending: it is shown again later.
            raise LookupError("no message is known by this receipt yet")

    return each_try(event, one)


@blueprint.schedule("rate(5 minutes)", name="text_receipts")
def text_receipts(event: Any) -> None:
    """Bring what SNS logged of text messages to the queue of receipts."""
    found = bootstrap.collect_text_receipts()()
    log.info("text receipts", extra={"found": found})


@blueprint.schedule("rate(1 minute)", name="sweep")
def sweep(event: Any) -> None:
    """Hand on everything overdue that nobody else has taken care of."""
    swept = bootstrap.sweeper().sweep()
    bootstrap.errands().sweep()
    metrics.count("SweeperRuns")
    metrics.count("SweeperRepairs", swept.repairs)
    bootstrap.measures().record(UNSENT_AGE, swept.unsent_age)
    level = logging.INFO if swept.repairs else logging.DEBUG
    log.log(
        level, "sweep", extra={"woken": swept.woken, "armed": swept.armed, "unsent": swept.sent}
    )
