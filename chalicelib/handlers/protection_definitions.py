"""The bodies and answers of protection."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.domain.limits import MODES
from chalicelib.handlers.account_definitions import Reason
from chalicelib.handlers.answers import Form, Time
from chalicelib.handlers.definitions import Body


class Switch(Body, kw_only=True):
    """``on`` and ``off`` until somebody switches again; ``auto`` when too much comes in, and with
    *minutes* at once for so long.
    """

    mode: Literal[MODES]  # type: ignore[valid-type]
    minutes: Annotated[int, Meta(ge=0, le=1440)] = 0
    reason: Reason


class PutLimits(Body, kw_only=True):
    """The whole policy over the version that was read (0 where none was written yet)."""

    body: dict[str, Any]
    based_on: Annotated[int, Meta(ge=0)]
    reason: Reason


class Protection(Form):
    """asked: whether anonymous reports need a proof now; until: how long, if it ends by itself."""

    mode: str
    asked: bool
    until: Time | None
    limits: dict[str, Any]
    version: int
