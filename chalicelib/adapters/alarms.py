"""Alarms for people: a metric and log line always, a mail to the on-call topic where there is one.

Facts never carry personal data: report numbers, codes, steps and positions only.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters import aws, metrics

log = logging.getLogger("live_room.alarms")


#: The metric that counts each kind of alarm, and what is none of these: given up for good.
GIVEN_UP = "GivenUp"
METRICS = {
    "calendar_ends": "CalendarUnknown",
    "message_failed": "SendFailed",
    "nobody_reachable": "NobodyReachable",
}


class SnsAlarms:
    """Logs the alarm and publishes it; a topic that fails costs the mail, never the work."""

    def raise_alarm(self, code: str, facts: Mapping[str, Any]) -> None:
        """See `Alarms.raise_alarm`."""
        body = json.dumps({"alarm": code, **facts}, default=str)
        log.error("alarm %s", code, extra={"alarm": code, "facts": dict(facts)})
        metrics.count(METRICS.get(code, GIVEN_UP))
        topic = os.environ.get("ALARM_TOPIC_ARN")
        if not topic:
            return
        try:
            aws.client("sns").publish(
                TopicArn=topic,
                Subject=f"LIVE Room: {code}"[:100],
                Message=body,
                MessageAttributes={"alarm": {"DataType": "String", "StringValue": code}},
            )
        except (ClientError, BotoCoreError) as error:
            log.error("the alarm topic is unreachable: %s", type(error).__name__)
