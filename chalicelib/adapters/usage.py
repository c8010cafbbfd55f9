"""Counters of calls in the views table: ``USAGE#<client>#<span>``, gone by themselves."""

from __future__ import annotations

from pynamodb.exceptions import PynamoDBException

from chalicelib.adapters.tables import ViewRow
from chalicelib.services.ports import TryAgain


class DynamoUsage:
    """One atomic addition a call."""

    def count(self, key: str, expires_at: int) -> int:
        """See `Usage.count`."""
        row = ViewRow(f"USAGE#{key}", "USAGE")
        try:
            row.update(actions=[ViewRow.count.add(1), ViewRow.expires_at.set(expires_at)])
        except PynamoDBException as error:
            raise TryAgain("usage") from error
        return int(row.count or 0)
