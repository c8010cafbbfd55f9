"""Counts for the alarms and dashboards: Powertools' embedded metrics, written in Lambda only.

The dimension is the stage, so that two stages in one account never mix. Importing Powertools costs
tens of milliseconds; a process outside Lambda never pays them.
"""

from __future__ import annotations

import os

from chalicelib import config
from chalicelib.services.measuring import UNITS

NAMESPACE = "LiveRoom"


def count(name: str, value: float = 1) -> None:
    """Add *value* to the metric *name* of this stage."""
    _write(name, value, "Count")


class EmbeddedMeasures:
    """Measures as metrics of this stage."""

    def record(self, name: str, value: float) -> None:
        """See `Measures.record`."""
        _write(name, value, UNITS[name])


def _write(name: str, value: float, unit: str) -> None:
    if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
        return
    from aws_lambda_powertools.metrics import MetricUnit, single_metric

    with single_metric(
        name=name, unit=MetricUnit(unit), value=value, namespace=NAMESPACE
    ) as metric:
        metric.add_dimension(name="service", value=config.resource("").rstrip("-"))
