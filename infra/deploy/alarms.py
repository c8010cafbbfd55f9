"""Alarms about what `chalice deploy` makes: functions and the REST API.

The infra stack names no function, so these are put after each deployment, beside the stack's own.
CloudWatch bills by alarm, and an idle city shall cost little: functions without which no promise
can be kept have an alarm each, all others share one over the whole account.
Each has its heading in docs/operations.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: What an alarm's name begins with after the stage, so that those of functions that are gone are
#: found and taken away.
PREFIX = "run-"
#: Without one of these filing, firing, telling or repairing stands still.
VITAL = ("api_handler", "dispatch", "project", "fire", "send", "sweep")
_FIVE_MINUTES = 300


@dataclass(frozen=True)
class Alarm:
    """One alarm. *dimensions*: of the metric; none: over all functions of the account."""

    name: str
    means: str
    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    statistic: str
    threshold: float
    periods: int = 1

    def request(self, stage: str, topic: str) -> dict[str, Any]:
        """Return what CloudWatch is told, for the stage whose names begin with *stage*."""
        return {
            "AlarmName": f"{stage}-{self.name}",
            "AlarmDescription": self.means,
            "Namespace": self.namespace,
            "MetricName": self.metric,
            "Dimensions": [{"Name": name, "Value": v} for name, v in self.dimensions.items()],
            "Statistic": self.statistic,
            "Period": _FIVE_MINUTES,
            "EvaluationPeriods": self.periods,
            "Threshold": self.threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [topic],
            "OKActions": [topic],
        }


def alarms(stage: str, streams: Iterable[str]) -> list[Alarm]:
    """Return the alarms of *stage* (``live-room-dev``); *streams*: which functions a stream feeds.

    Chalice calls the function of the API by the stage's name alone.
    """
    named = {one: stage if one == "api_handler" else f"{stage}-{one}" for one in VITAL}
    found = [
        Alarm(
            f"{PREFIX}{one}-errors",
            f"The function {function} ended by an error or ran out of time.",
            "AWS/Lambda",
            "Errors",
            {"FunctionName": function},
            "Sum",
            0,
        )
        for one, function in named.items()
    ]
    found += [
        Alarm(
            f"{PREFIX}{one}-behind",
            f"Records of the stream wait more than five minutes for {stage}-{one}.",
            "AWS/Lambda",
            "IteratorAge",
            {"FunctionName": f"{stage}-{one}"},
            "Maximum",
            _FIVE_MINUTES * 1000,
        )
        for one in sorted(streams)
    ]
    return [
        *found,
        Alarm(
            f"{PREFIX}functions-errors",
            "Functions of the account end by errors for ten minutes; the dashboard shows which.",
            "AWS/Lambda",
            "Errors",
            {},
            "Sum",
            2,
            periods=2,
        ),
        Alarm(
            f"{PREFIX}functions-throttled",
            "Calls of functions are refused for ten minutes: the account's concurrency is used up.",
            "AWS/Lambda",
            "Throttles",
            {},
            "Sum",
            0,
            periods=2,
        ),
        Alarm(
            f"{PREFIX}api-5xx",
            "The API answered more than five requests in five minutes with a fault of ours.",
            "AWS/ApiGateway",
            "5XXError",
            {"ApiName": stage},
            "Sum",
            5,
        ),
    ]


def put(client: Any, stage: str, topic: str, wanted: Iterable[Alarm]) -> int:
    """Put *wanted* and take away what was put for functions that are gone; return how many."""
    requests = [one.request(stage, topic) for one in wanted]
    for request in requests:
        client.put_metric_alarm(**request)
    take_away(client, stage, keep={one["AlarmName"] for one in requests})
    return len(requests)


def take_away(client: Any, stage: str, keep: Iterable[str] = ()) -> None:
    """Delete the alarms put here but *keep*; the stack's own stay."""
    pages = client.get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{stage}-{PREFIX}")
    there = {one["AlarmName"] for page in pages for one in page.get("MetricAlarms", [])}
    gone = sorted(there - set(keep))
    for start in range(0, len(gone), 100):
        client.delete_alarms(AlarmNames=gone[start : start + 100])
