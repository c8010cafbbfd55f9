"""A batch from a queue, one record at a time: no record fails its neighbours."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.adapters.logs import places
from chalicelib.services.tracing import TRACE, tracing

log = logging.getLogger("live_room.records")
Json = dict[str, Any]


def each(event: Any, handle: Callable[[Json], None]) -> Json:
    """Handle each record by itself; name the ones that must come again."""
    return each_try(event, lambda body, tries: handle(body))


def each_try(event: Any, handle: Callable[[Json, int], None]) -> Json:
    """The same for a handler that asks how often the record has come, this time included."""
    failed: list[Mapping[str, str]] = []
    for record in event.to_dict()["Records"]:
        try:
            tries = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
            body = json.loads(record["body"])
            with tracing(body.get(TRACE)):
                handle(body, tries)
        # One record's fault, of whatever kind, must not fail the others: it is named, comes
        # back a bounded number of times, and then lies in the dead-letter queue with an alarm.
        except Exception as error:
            note_failure(record["messageId"], error)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def note_failure(message_id: str, error: Exception) -> None:
    """Note a record that failed: its kind and its places in the code, never its words."""
    log.error(
        "a record failed: %s\n%s",
        type(error).__name__,
        places(error),
        extra={"message_id": message_id},
    )
