"""Fills the tables with reports for `bench.routes`: the rows of one, again and again.

One report goes through the whole product; its rows are put again under other numbers, in the
partitions that the product's own key functions say. Pages open the reports that come first or last
in the lists: those are copied whole. Of the others only the rows that a list, an index or a cell
holds are there, since whatever lies under a report's own key is read by its number alone and costs
nobody else anything. Rows go into the emulated table itself: a million of them in some minutes.

The emulator sorts its whole table for each query, and copies it for each transaction. So from the
filling on it is shown the one partition that a query names, and nothing may be written any more.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3

from bench.city import REGION
from chalicelib.adapters import card_store, keys, view_store
from chalicelib.domain.numbers import number_from

#: Copied whole at either end of the lists.
WHOLE = 60
_REPORTS, _VIEWS = "live-room-local-reports", "live-room-local-views"
#: Everything waits for something and nothing is due: the sweep must find nothing to do.
_FAR = "2099-01-01T00:00:00Z"
_ACCOUNT = "123456789012"
Row = dict[str, Any]


def fill(number: str, times: int) -> None:
    """Put the rows of report *number* into the tables again under *times* other numbers."""
    others = sorted(_numbers(times))
    _count(others)
    whole = {*others[:WHOLE], *others[-WHOLE:]}
    for table in (_REPORTS, _VIEWS):
        rows = [row for row in _stored(table) if "packed" not in row and number in str(row)]
        listed = json.dumps([row for row in rows if _listed(row)])
        text = json.dumps(rows)
        for other in others:
            for row in json.loads((text if other in whole else listed).replace(number, other)):
                _put(table, _placed(row, other))


@contextmanager
def read_only() -> Iterator[None]:
    """Give every query only the items of the partition that it names."""
    from moto.dynamodb.models.table import Table

    query, all_items = Table.query, Table.all_items
    asked: list[tuple[str, str]] = []
    kept: dict[tuple[str, str], dict[str, list[Any]]] = {}

    def shown(table: Any) -> list[Any]:
        if not asked:
            return list(all_items(table))
        attribute, value = asked[-1]
        if (table.name, attribute) not in kept:
            kept[table.name, attribute] = _by_value(table, attribute)
        return kept[table.name, attribute].get(value, [])

    def queried(table: Any, hash_key: Any, *more: Any, **how: Any) -> Any:
        (name, key), *_ = [*(how.get("hash_key_conditions") or ()), (table.hash_key_attr, hash_key)]
        asked.append((name, key.value))
        try:
            return query(table, hash_key, *more, **how)
        finally:
            asked.pop()

    Table.query, Table.all_items = queried, shown
    try:
        yield
    finally:
        Table.query, Table.all_items = query, all_items


def _by_value(table: Any, attribute: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for items in table.items.values():
        # A table without sort keys holds the items themselves.
        for item in items.values() if table.range_key_attr else [items]:
            if attribute in item.attrs:
                found[item.attrs[attribute].value].append(item)
    return found


def _numbers(count: int) -> Iterator[str]:
    for one in range(1, count + 1):
        yield number_from((one * 7919 + 1_000_003).to_bytes(16, "big"))


def _stored(table: str) -> list[Row]:
    scan = boto3.client("dynamodb", region_name=REGION).get_paginator("scan")
    return [row for page in scan.paginate(TableName=table) for row in page["Items"]]


def _put(table: str, row: Row) -> None:
    from moto.dynamodb.models import dynamodb_backends

    dynamodb_backends[_ACCOUNT][REGION].tables[table].put_item(row, overwrite=True)


def _listed(row: Mapping[str, Any]) -> bool:
    """Whether others than its own report's requests come upon a row."""
    first = row["pk"]["S"].partition("#")[0]
    return "due_shard" in row or first in {"VIEW", "CARD", "CELL", "FIND", "UPDATES"}


def _placed(row: Row, number: str) -> Row:
    """Return a copied row under the shards of its new number."""
    if "due_shard" in row:
        row |= {"due_shard": {"S": keys.due_shard(number)}, "due_at": {"S": _FAR}}
    if "queue_key" in row:
        holder = row["queue_key"]["S"].split("#")[1]
        row["queue_key"] = {"S": keys.queue_key(holder, number)}
    first, _, rest = row["pk"]["S"].partition("#")
    if first == "UPDATES":
        day = rest.partition("#")[0]
        row["pk"] = {"S": f"UPDATES#{day}#{card_store._shard(number)}"}
    return row


def _count(others: list[str]) -> None:
    """Count the copies as the report was, each in its shard."""
    shards = Counter(view_store._shard(number) for number in others)
    for row in _stored(_VIEWS):
        if not row["pk"]["S"].startswith("TALLY#"):
            continue
        mine = int(row["pk"]["S"].rpartition("#")[2])
        for shard, copies in shards.items():
            times = copies + (shard == mine)
            counted = {
                name: {"N": str(int(value["N"]) * times)} for name, value in row.items()
                if "N" in value
            }  # fmt: skip
            pk = {"S": view_store._tally_key(row["sk"]["S"], shard)}
            _put(_VIEWS, {"pk": pk, "sk": row["sk"], **counted})
