"""What the API's description says of one route, beside its path and its audience."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PAGING = ("limit", "cursor")
PAGING_CODES = ("invalid_field", "invalid_cursor")
#: Rows on a page unless another number is asked for, and at the most. A list that a city's size
#: bounds comes whole, as a rule; the others grow without end.
WHOLE = (200, 200)
PAGE_SIZES: Mapping[str, tuple[int, int]] = {
    "/v1/reports": (50, 200),
    "/v1/queue": (50, 200),
    "/v1/me/reports": (20, 50),
    "/v1/admin/audit": (50, 200),
    "/v1/ledger": (50, 200),
    "/v1/shift/history": (20, 50),
    "/v1/drills": (20, 100),
    "/v1/admin/webhooks/{webhook}/deliveries": (50, 200),
}
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
    #: What 202 says, where an answer may be that the work is accepted and done later.
    later: str = ""

    @property
    def is_list(self) -> bool:
        """Whether it answers rows and a cursor: then it pages, whatever else it does."""
        return {"items", "cursor"} <= set(getattr(self.answer, "__struct_fields__", ()))
