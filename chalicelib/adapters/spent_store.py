"""Counters of costly messages, in the reports table."""

from __future__ import annotations

from datetime import datetime

from pynamodb.exceptions import PynamoDBException

from chalicelib.adapters import keys
from chalicelib.adapters.tables import ReportRow
from chalicelib.services.ports import TryAgain


class DynamoCounters:
    """One row per channel and period; adding and reading is one write."""

    def count(self, channel: str, period: str, until: datetime) -> int:
        """See `Counters.count`."""
        row = ReportRow(keys.spent_key(channel), period)
        try:
            row.update(
                actions=[
                    ReportRow.kind.set("spent"),
                    ReportRow.attempts.add(1),
                    ReportRow.expires_at.set(int(until.timestamp())),
                ]
            )
        except PynamoDBException as error:
            raise TryAgain("count") from error
        return int(row.attempts)
