"""Which reports an address was written to about, in the reports table behind `Talks`."""

from __future__ import annotations

from datetime import datetime

from pynamodb.exceptions import PynamoDBException

from chalicelib.adapters import keys
from chalicelib.adapters.tables import ReportRow
from chalicelib.domain.events import instant, parse_instant
from chalicelib.services.ports import Talk, TryAgain

_MOST = 50


class DynamoTalks:
    """One row per address and report; DynamoDB forgets it by itself."""

    def note_sent(self, mark: str, talk: Talk, until: datetime) -> None:
        """See `Talks.note_sent`."""
        row = ReportRow(keys.talk_key(mark), talk.number)
        try:
            row.update(
                actions=[
                    ReportRow.kind.set("talk"),
                    ReportRow.body.set(talk.id),
                    ReportRow.sent_at.set(instant(talk.at)),
                    ReportRow.expires_at.set(int(until.timestamp())),
                ]
            )
        except PynamoDBException as error:
            raise TryAgain("note_sent") from error

    def of(self, mark: str) -> tuple[Talk, ...]:
        """See `Talks.of`."""
        rows = ReportRow.query(keys.talk_key(mark), limit=_MOST, consistent_read=True)
        return tuple(Talk(row.sk, row.body, parse_instant(row.sent_at)) for row in rows)
