"""All pictures by the bands of their fingerprints, in a table of its own.

``<band>#<four digits>`` / ``<number>#<photo>#<variant>``: one query per band reads what shares it,
however many pictures there are. A band that very many share says little (night skies), so only the
first rows of it are read; a true copy shares others as well.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from pynamodb.exceptions import PynamoDBException

from chalicelib.adapters.tables import PhotoRow
from chalicelib.domain.fingerprints import Seen, bands
from chalicelib.services.ports import TryAgain

#: Rows read of one band.
READ_OF_A_BAND = 100


class DynamoPhotoIndex:
    """`PhotoIndex` in DynamoDB."""

    def file(self, rows: Sequence[Seen]) -> None:
        """See `PhotoIndex.file`."""
        try:
            with PhotoRow.batch_write() as batch:
                for row in rows:
                    body = msgspec.json.encode(row).decode()
                    for band in bands(row.fingerprint):
                        batch.save(PhotoRow(band, _sort(row), body=body))
        except PynamoDBException as error:
            raise TryAgain(type(error).__name__) from error

    def look_up(self, fingerprints: Sequence[str]) -> Sequence[Seen]:
        """See `PhotoIndex.look_up`."""
        wanted = dict.fromkeys(band for one in fingerprints for band in bands(one))
        found: dict[str, Seen] = {}
        try:
            for band in wanted:
                for row in PhotoRow.query(band, limit=READ_OF_A_BAND):
                    found[row.sk] = msgspec.json.decode(row.body, type=Seen)
        except PynamoDBException as error:
            raise TryAgain(type(error).__name__) from error
        return tuple(found.values())


def _sort(row: Seen) -> str:
    return f"{row.number}#{row.photo}#{row.variant}"
