"""A batch from a queue, one record at a time: no record fails its neighbours."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

log = logging.getLogger("live_room.records")
Json = dict[str, Any]


def each(event: Any, handle: Callable[[Json], None]) -> Json:
    """Handle each record by itself; name the ones that must come again."""
    failed: list[Mapping[str, str]] = []
    for record in event.to_dict()["Records"]:
        try:
            handle(json.loads(record["body"]))
        # One record's fault, of whatever kind, must not fail the others: it is named, comes
        # back a bounded number of times, and then lies in the dead-letter queue with an alarm.
        except Exception:
            log.exception("a record failed", extra={"message_id": record["messageId"]})
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
