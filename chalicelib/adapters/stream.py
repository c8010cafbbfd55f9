"""Reading the reports table's stream: DynamoDB's typed JSON into `StreamRow`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from chalicelib.adapters import keys
from chalicelib.domain.events import parse_instant
from chalicelib.services.ports import StreamRow
from chalicelib.services.tracing import TRACE


class _Event(msgspec.Struct):
    """What is wanted of an event's body."""

    type: str


def stream_rows(records: Iterable[Mapping[str, Any]]) -> Iterator[StreamRow]:
    """Yield the rows that somebody acts on: reports' CURRENT rows, new messages and events."""
    for record in records:
        image = record["dynamodb"].get("NewImage")
        if image is None:
            continue
        kind = _text(image, "kind")
        if kind in ("report", "message", "failed", "event"):
            before = record["dynamodb"].get("OldImage", {})
            yield _row(image, kind, before, inserted=record["eventName"] == "INSERT")


def _row(
    image: Mapping[str, Any], kind: str, before: Mapping[str, Any], *, inserted: bool
) -> StreamRow:
    due_at = _text(image, "due_at")
    return StreamRow(
        kind=kind,
        number=keys.number_of(_text(image, "pk")),
        id=_text(image, "sk").removeprefix(keys.MESSAGE).removeprefix(keys.EVENT),
        inserted=inserted,
        version=_number(image, "version"),
        epoch=_number(image, "epoch"),
        armed_epoch=_number(image, "armed_epoch"),
        due_at=parse_instant(due_at) if due_at else None,
        trace=_text(image, TRACE),
        new_epoch=_number(image, "epoch") != _number(before, "epoch"),
        type=msgspec.json.decode(_text(image, "body"), type=_Event).type if kind == "event" else "",
    )


def _text(image: Mapping[str, Any], name: str) -> str:
    return str(image.get(name, {}).get("S", ""))


def _number(image: Mapping[str, Any], name: str) -> int:
    return int(image.get(name, {}).get("N", 0))
