"""Counts calls to AWS where botocore makes them, and what DynamoDB would bill for each.

Emulators leave capacity out or count it wrongly, so it is computed from the sizes of the items as
DynamoDB's documentation states them: a write is billed by the kilobyte of the larger of the old
and the new item, doubled in a transaction; each index entry it changes is one more write (two if
its key moves); a read is billed by 4 KB, halved unless it is strongly consistent.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from threading import RLock
from typing import Any

from botocore.client import BaseClient

Item = Mapping[str, Mapping[str, Any]]
#: Table's short name → index → its keys and what else it holds (None: everything).
INDEXES: Mapping[str, Mapping[str, tuple[tuple[str, str], tuple[str, ...] | None]]] = {
    "reports": {
        "due": (("due_shard", "due_at"), ("kind", "epoch", "armed_epoch")),
        "queue": (("queue_key", "queue_sort"), ("summary",)),
    },
    "views": {"feed": (("feed_key", "feed_sort"), None)},
}
_KEYS = ("pk", "sk", "topic", "follower")


def size(item: Item) -> int:
    """Return the bytes that DynamoDB counts for *item*: names in full, values by their kind."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return (len(str(content).lstrip("-").replace(".", "")) + 1) // 2 + 1
    if kind == "B":
        return len(content if isinstance(content, bytes) else base64.b64decode(content))
    if kind == "SS":
        return sum(len(one.encode()) for one in content)
    return 1


@dataclass
class Metered:
    """What happened while it was looked at."""

    calls: Counter[str] = field(default_factory=Counter)
    written: float = 0.0
    read: float = 0.0
    #: Bytes of every item written, and of all that was read.
    items: list[int] = field(default_factory=list)
    bytes_read: int = 0
    #: Units written per partition key of a table or index, for finding hot ones.
    keys: Counter[tuple[str, str]] = field(default_factory=Counter)

    def to_dict(self) -> dict[str, Any]:
        return {
            "calls": dict(sorted(self.calls.items())),
            "write_units": self.written,
            "read_units": self.read,
            "items_written": len(self.items),
            "largest_item": max(self.items, default=0),
            "bytes_read": self.bytes_read,
        }


class Meter:
    """Watches every call while it is `running`; rows of the reports table become stream records."""

    def __init__(self) -> None:
        self.now = Metered()
        self.stream: list[dict[str, Any]] = []
        self.queued: list[tuple[str, str]] = []
        #: Calls that touched who reported, each of which may ask KMS for the table's key.
        self.identity = 0
        #: Pages that read several lists at the same time are counted one call after the other.
        self.alone = RLock()

    def take(self) -> Metered:
        """Return what was counted since the last time."""
        counted, self.now = self.now, Metered()
        return counted

    @contextmanager
    def running(self) -> Iterator[Meter]:
        real = BaseClient._make_api_call
        meter = self

        def counted(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            with meter.alone:
                return counting(client, operation, parameters)

        def counting(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            service = client.meta.service_model.service_name
            meter.now.calls[f"{service}:{operation}"] += 1
            meter.identity += service == "dynamodb" and "-identity" in str(parameters)
            if service != "dynamodb":
                answer = real(client, operation, parameters)
                meter._note_queue(operation, parameters)
                return answer
            touched = _touched(operation, parameters)
            olds = [meter._get(real, client, table, key) for table, key in touched]
            answer = real(client, operation, parameters)
            for (table, key), old in zip(touched, olds, strict=True):
                new = meter._get(real, client, table, key)
                meter._write(table, old, new, 2 if operation == "TransactWriteItems" else 1)
            meter._read(operation, parameters, answer)
            return answer

        BaseClient._make_api_call = counted
        try:
            yield self
        finally:
            BaseClient._make_api_call = real

    @staticmethod
    def _get(real: Any, client: Any, table: str, key: Item) -> Item | None:
        found = real(client, "GetItem", {"TableName": table, "Key": key, "ConsistentRead": True})
        item: Item | None = found.get("Item")
        return item

    def _write(self, table: str, old: Item | None, new: Item | None, times: int) -> None:
        short = table.rsplit("-", 1)[-1]
        bytes_ = max(size(old or {}), size(new or {}))
        units = max(1, ceil(bytes_ / 1024)) * times
        self.now.written += units
        self.now.items.append(bytes_)
        some = new or old or {}
        self.now.keys[short, str(next(iter(some.get("pk", {"S": ""}).values())))] += units
        for index, (keys, more) in INDEXES.get(short, {}).items():
            before, after = _entry(old, keys, more), _entry(new, keys, more)
            if before == after:
                continue
            moved = before and after and any(before[key] != after[key] for key in keys)
            for entry in [before, after] if moved else [after or before]:
                cost = max(1, ceil(size(entry or {}) / 1024))
                self.now.written += cost
                self.now.keys[f"{short}.{index}", str((entry or {})[keys[0]]["S"])] += cost
        if short == "reports" and new is not None and new != old:
            kind = "MODIFY" if old else "INSERT"
            images = {"NewImage": new, **({"OldImage": old} if old else {})}
            self.stream.append({"eventName": kind, "dynamodb": images})

    def _read(self, operation: str, parameters: Mapping[str, Any], answer: Any) -> None:
        if operation in ("Query", "Scan"):
            bytes_ = sum(size(item) for item in answer.get("Items", []))
        elif operation == "GetItem":
            bytes_ = size(answer.get("Item", {}))
        else:
            return
        share = 1.0 if parameters.get("ConsistentRead") else 0.5
        self.now.bytes_read += bytes_
        self.now.read += max(1, ceil(bytes_ / 4096)) * share

    def _note_queue(self, operation: str, parameters: Mapping[str, Any]) -> None:
        if operation == "SendEmail":
            self.queued.append(("receipts", _arrived(parameters)))
        if operation != "SendMessageBatch":
            return
        queue = parameters["QueueUrl"].rsplit("-", 1)[-1]
        self.queued += [(queue, entry["MessageBody"]) for entry in parameters["Entries"]]


def _arrived(parameters: Mapping[str, Any]) -> str:
    """What SES says of a mail that arrived, as it comes through SNS to the queue of receipts."""
    tags = {one["Name"]: [one["Value"]] for one in parameters.get("EmailTags", [])}
    mail = {"messageId": "x", "timestamp": "2027-04-05T03:00:00Z", "tags": tags}
    return json.dumps({"eventType": "Delivery", "mail": mail, "delivery": {}})


def _entry(
    item: Item | None, keys: tuple[str, str], more: tuple[str, ...] | None
) -> dict[str, Mapping[str, Any]] | None:
    if item is None or any(key not in item for key in keys):
        return None
    if more is None:
        return dict(item)
    return {name: value for name, value in item.items() if name in (*_KEYS, *keys, *more)}


def _touched(operation: str, parameters: Mapping[str, Any]) -> list[tuple[str, Item]]:
    """Return table and key of every item that a call writes."""
    if operation == "TransactWriteItems":
        actions = [next(iter(one.values())) for one in parameters["TransactItems"]]
    elif operation in ("PutItem", "UpdateItem", "DeleteItem"):
        actions = [parameters]
    else:
        return []
    return [
        (one["TableName"], one.get("Key") or {k: v for k, v in one["Item"].items() if k in _KEYS})
        for one in actions
    ]
