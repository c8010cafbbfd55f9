"""What became of text messages: SNS writes it to logs of its own, from which it is collected.

SNS sends no events about text messages. Where the account's delivery logging is switched on (a
setting of the account, `docs/operations`), each outcome is a line in one of two log groups. They
are read a few minutes at a time and put on the queue of receipts, overlapping, since a receipt
that comes twice changes nothing. Without the logs, messages end as unknown after 72 hours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config
from chalicelib.adapters import aws
from chalicelib.services.ports import Clock, Queues, TryAgain

#: SNS makes up these names; the account's number is part of them.
_GROUPS = ("", "/Failure")
#: A little more than two runs of the schedule: a missed run loses nothing.
LOOK_BACK = timedelta(minutes=15)
_MOST = 5000


@dataclass(frozen=True)
class CollectTextReceipts:
    """Reads the logs of the last minutes and passes each outcome on."""

    queues: Queues
    clock: Clock

    def __call__(self) -> int:
        """Return how many outcomes were passed on; none where SNS keeps no log."""
        account = config.setting("ALARM_TOPIC_ARN", "").split(":")[4:5]
        if not account:
            return 0
        since = self.clock.now() - LOOK_BACK
        bodies = [
            body for suffix in _GROUPS for body in _outcomes(_group(account[0]) + suffix, since)
        ]
        if bodies:
            self.queues.receipts(bodies)
        return len(bodies)


def _group(account: str) -> str:
    return f"sns/{config.region()}/{account}/DirectPublishToPhoneNumber"


def _outcomes(group: str, since: datetime) -> Iterator[Mapping[str, Any]]:
    request = {"logGroupName": group, "startTime": int(since.timestamp() * 1000)}
    seen = 0
    while seen < _MOST:
        page = _page(request)
        for event in page.get("events", ()):
            seen += 1
            yield _without_number(json.loads(event["message"]))
        if not page.get("nextToken"):
            return
        request["nextToken"] = page["nextToken"]


def _page(request: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        page: Mapping[str, Any] = aws.client("logs").filter_log_events(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return {}  # logging is not switched on, or nothing was ever sent
        raise TryAgain(error.response["Error"]["Code"]) from error
    except BotoCoreError as error:
        raise TryAgain(type(error).__name__) from error
    return page


def _without_number(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """The outcome without the telephone number, which has no business on a queue."""
    said = line.get("delivery", {})
    return {
        "notification": line["notification"],
        "delivery": {"providerResponse": said.get("providerResponse", "")},
        "status": line["status"],
    }
