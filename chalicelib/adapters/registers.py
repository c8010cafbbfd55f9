"""The reference table behind the `Register` protocol: versions, lists and the audit record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib import config
from chalicelib.adapters import keys
from chalicelib.adapters.aws import refusal_code
from chalicelib.adapters.tables import ReferenceRow
from chalicelib.services.administering import Version
from chalicelib.services.ports import Conflict, Page, TryAgain

#: No act is older than the first shipped data; nobody walks further back than this.
_FIRST_YEAR = 2024


class DynamoRegister:
    """Documents in DynamoDB: a version is put if absent, with its list line and audit record."""

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        self._now = now
        self._connection: Connection | None = None

    def latest(self, kind: str, id: str) -> Version | None:
        """See `Register.latest`."""
        return next(self._rows(kind, id, limit=1), None)

    def version(self, kind: str, id: str, version: int) -> Version | None:
        """See `Register.version`."""
        try:
            row = ReferenceRow.get(
                keys.document_key(kind, id), keys.version_key(version), consistent_read=True
            )
        except ReferenceRow.DoesNotExist:
            return None
        return _version(kind, id, row)

    def versions(self, kind: str, id: str) -> Iterator[Version]:
        """See `Register.versions`."""
        return self._rows(kind, id)

    def listed(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """See `Register.listed`."""
        for row in ReferenceRow.query(keys.list_key(kind), consistent_read=True):
            yield str(row.sk), msgspec.json.decode(row.body)

    def write_all(
        self,
        versions: Sequence[Version],
        summaries: Mapping[tuple[str, str], Mapping[str, Any]],
        audit: Mapping[str, Any],
    ) -> None:
        """See `Register.write_all`."""
        at = str(audit["at"])
        record = ReferenceRow(keys.audit_key(at[:4]), f"{at}#{audit['id']}", body=_json(audit))
        self._write(versions, summaries, record)

    def put_new(self, version: Version) -> None:
        """Put one shipped version, without an act; raise Conflict if its number is taken."""
        self._write([version], {}, None)

    def audit(self, limit: int, cursor: str | None) -> Page:
        """See `Register.audit`; the cursor is the sort key of the last record shown."""
        found: list[tuple[str, Mapping[str, Any]]] = []
        for row in self._audited(cursor, limit + 1):
            found.append((str(row.sk), msgspec.json.decode(row.body)))
            if len(found) > limit:
                break
        shown = found[:limit]
        more = shown[-1][0] if len(found) > limit else None
        return Page(tuple(body for _, body in shown), more)

    def _audited(self, cursor: str | None, limit: int) -> Iterator[Any]:
        newest = int(cursor[:4]) if cursor and cursor[:4].isdigit() else self._year()
        for year in range(min(newest, self._year()), _FIRST_YEAR - 1, -1):
            before = ReferenceRow.sk < cursor if cursor else None
            yield from ReferenceRow.query(
                keys.audit_key(str(year)), before, scan_index_forward=False, limit=limit
            )

    def _year(self) -> int:
        if self._now is None:
            raise ValueError("a register without a clock has no audit record to show")
        return self._now().year

    def _rows(self, kind: str, id: str, limit: int | None = None) -> Iterator[Version]:
        for row in ReferenceRow.query(
            keys.document_key(kind, id),
            ReferenceRow.sk.startswith(keys.VERSION),
            scan_index_forward=False,
            consistent_read=True,
            limit=limit,
        ):
            yield _version(kind, id, row)

    def _write(
        self,
        versions: Sequence[Version],
        summaries: Mapping[tuple[str, str], Mapping[str, Any]],
        record: ReferenceRow | None,
    ) -> None:
        absent = ReferenceRow.pk.does_not_exist()
        try:
            with TransactWrite(connection=self._connect()) as transaction:
                for one in versions:
                    transaction.save(_row(one), condition=absent)
                    summary = {"version": one.version, **summaries.get((one.kind, one.id), {})}
                    line = ReferenceRow(keys.list_key(one.kind), one.id, body=_json(summary))
                    transaction.save(line)
                if record is not None:
                    transaction.save(record, condition=absent)
        except TransactWriteError as error:
            raise _refusal(error) from error
        except PynamoDBException as error:
            raise TryAgain(type(error).__name__) from error

    def _connect(self) -> Connection:
        if self._connection is None:
            self._connection = Connection(region=config.region(), max_retry_attempts=3)
        return self._connection


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _row(version: Version) -> ReferenceRow:
    return ReferenceRow(
        keys.document_key(version.kind, version.id),
        keys.version_key(version.version),
        body=_json(version.body),
        digest=version.digest,
        note=_json(version.note) if version.note else None,
    )


def _version(kind: str, id: str, row: Any) -> Version:
    return Version(
        kind=kind,
        id=id,
        version=keys.version_of(row.sk),
        body=msgspec.json.decode(row.body),
        digest=row.digest or "",
        note=msgspec.json.decode(row.note) if row.note else {},
    )


def _refusal(error: TransactWriteError) -> Exception:
    reasons = {reason.code for reason in error.cancellation_reasons if reason}
    if reasons & {"ConditionalCheckFailed", "TransactionConflict"}:
        return Conflict()
    return TryAgain(refusal_code(error))
