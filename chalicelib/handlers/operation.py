"""What the API's description says of one route, beside its path and its audience."""

from __future__ import annotations

from dataclasses import dataclass

PAGING = ("limit", "cursor")
#: What any body can be refused for, whatever it asks.
BODY_CODES = ("malformed_json", "invalid_text", "invalid_field", "body_too_large")


@dataclass(frozen=True)
class Operation:
    """What the document says of one route beside its path and audience."""

    summary: str
    answer: type | None
    tag: str
    body: type | None = None
    status: int = 200
    query: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    cached: bool = False
    keyed: bool = False
