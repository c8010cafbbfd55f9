"""The queues between the parts, in SQS."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config
from chalicelib.adapters import aws
from chalicelib.services.ports import AFTER, TryAgain

_BATCH = 10
_LONGEST_DELAY = 900


class SqsQueues:
    """Sends small JSON bodies, ten to a request; what SQS refuses is tried again, then raised."""

    def wake(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        """See `Queues.wake`."""
        self._send("WAKE_QUEUE_URL", bodies)

    def arm(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        """See `Queues.arm`."""
        self._send("ARM_QUEUE_URL", bodies)

    def send(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        """See `Queues.send`."""
        self._send("SEND_QUEUE_URL", bodies)

    def receipts(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        """See `Queues.receipts`."""
        self._send("RECEIPTS_QUEUE_URL", bodies)

    def _send(self, queue: str, bodies: Sequence[Mapping[str, Any]]) -> None:
        _send_all(queue, bodies, {})


class SqsJobs:
    """See `Jobs`: each job has its queue."""

    def put(self, job: str, bodies: Sequence[Mapping[str, Any]], delay: timedelta) -> None:
        """See `Jobs.put`."""
        seconds = min(round(delay.total_seconds()), _LONGEST_DELAY)
        _send_all(f"{job.upper()}_QUEUE_URL", bodies, {"DelaySeconds": seconds} if seconds else {})


def _send_all(queue: str, bodies: Sequence[Mapping[str, Any]], more: Mapping[str, Any]) -> None:
    url = config.setting(queue)
    for start in range(0, len(bodies), _BATCH):
        rest = [
            {**_entry(index, body), **more}
            for index, body in enumerate(bodies[start : start + _BATCH])
        ]
        for _ in range(3):
            rest = _send_batch(url, rest)
            if not rest:
                break
        else:
            raise TryAgain(f"{queue} took {_BATCH - len(rest)} of a batch")


def _entry(index: int, body: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in body.items() if name != AFTER}
    entry = {"Id": str(index), "MessageBody": json.dumps(said, separators=(",", ":"))}
    return {**entry, "DelaySeconds": int(body[AFTER])} if body.get(AFTER) else entry


def _send_batch(url: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Send one batch and return the entries that were refused for now."""
    try:
        answer = aws.client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    except (ClientError, BotoCoreError) as error:
        raise TryAgain(f"sqs: {type(error).__name__}") from error
    refused = {failed["Id"] for failed in answer.get("Failed", [])}
    return [entry for entry in entries if entry["Id"] in refused]
