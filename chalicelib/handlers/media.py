"""The function for photos: asked by the bucket through a queue, or by the API, which waits.

It alone loads an image library. A message names an upload (an S3 notification) or a task.
"""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import unquote_plus

from chalice import Blueprint

from chalicelib import bootstrap, config
from chalicelib.handlers.records import note_failure
from chalicelib.services.photos import named_by
from chalicelib.services.tracing import TRACE, tracing

blueprint = Blueprint(__name__)
log = logging.getLogger("live_room.media")
Json = dict[str, Any]
TASKS = ("examine", "publish")


@blueprint.on_sqs_message(queue=config.resource("media"), batch_size=1, name="media")
def media(event: Any) -> Json:
    """Examine the uploads, or do the tasks, that the messages name."""
    failed = []
    for record in event.to_dict()["Records"]:
        try:
            body = json.loads(record["body"])
            with tracing(body.get(TRACE)):
                for task, number, photo in tasks_of(body):
                    getattr(bootstrap.examine_photos(), task)(number, photo)
                    log.info("photo", extra={"report": number, "photo": photo, "task": task})
        # One photo's fault must not fail another's: it is named, comes back a bounded number of
        # times, and then lies in the dead-letter queue with an alarm.
        except Exception as error:
            note_failure(record["messageId"], error)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


@blueprint.schedule("rate(1 day)", name="mend")
def mend(event: Any) -> None:
    """Ask again for photos that were not examined, or approved and not made public."""
    log.info("mending", extra={"unpublished": bootstrap.mend_photos()()})


def tasks_of(body: Json) -> list[tuple[str, str, str]]:
    """Return (task, number, photo) of a message; what is neither upload nor task asks for none."""
    if body.get("task") in TASKS:
        return [(body["task"], body["number"], body["photo"])]
    found = []
    for record in body.get("Records", ()):
        named = named_by(unquote_plus(record["s3"]["object"]["key"]))
        if named:
            found.append(("examine", *named))
    return found
