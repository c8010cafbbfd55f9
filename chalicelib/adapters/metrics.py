"""Counts for the alarms and dashboards: Powertools' embedded metrics, written in Lambda only.

The dimension is the stage, so that two stages in one account never mix. Importing Powertools costs
tens of milliseconds; a process outside Lambda never pays them.
"""

from __future__ import annotations

import os

from chalicelib import config

NAMESPACE = "LiveRoom"


def count(name: str, value: float = 1) -> None:
    """Add *value* to the metric *name* of this stage."""
    if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
        return
    from aws_lambda_powertools.metrics import MetricUnit, single_metric

    with single_metric(
        name=name, unit=MetricUnit.Count, value=value, namespace=NAMESPACE
    ) as metric:
        metric.add_dimension(name="service", value=config.resource("").rstrip("-"))
