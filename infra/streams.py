"""Which rows of the reports table's stream each function is woken for.

A function is not called for rows that it would let pass: Lambda filters them without charge. Most
of what is written to a message (claimed, sent, arrived) is nobody's concern. The deployment puts
the patterns on the event sources, which Chalice cannot.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def _rows(*kinds: str, inserted: bool = False) -> Json:
    pattern: Json = {"dynamodb": {"NewImage": {"kind": {"S": list(kinds)}}}}
    return {"eventName": ["INSERT"], **pattern} if inserted else pattern


#: Function → patterns; a record that fits one of them wakes it.
WAKES: Mapping[str, tuple[Json, ...]] = {
    "dispatch": (_rows("message", "event", inserted=True), _rows("report", "failed")),
    "project": (_rows("report", "event"),),
}


def criteria(function: str) -> Json | None:
    """Return what Lambda's API takes as filter of *function*; None: it hears of everything."""
    patterns = WAKES.get(function)
    return {"Filters": [{"Pattern": json.dumps(one)} for one in patterns]} if patterns else None


def wakes(function: str, record: Mapping[str, Any]) -> bool:
    """Whether *record* wakes *function*, by the rule of Lambda's filters."""
    return any(_fits(pattern, record) for pattern in WAKES.get(function, ({},)))


def _fits(pattern: Any, value: Any) -> bool:
    if isinstance(pattern, list):
        return value in pattern
    return isinstance(value, Mapping) and all(
        name in value and _fits(inner, value[name]) for name, inner in pattern.items()
    )
