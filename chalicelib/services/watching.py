"""The control room's board: every emergency that runs, how long, until what, and in which trouble.

Emergencies run on clocks that never stop, so what is due follows from the SOP's offsets and the
times on the board's row; no report is loaded for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.events import parse_instant
from chalicelib.domain.sop import Sop, Step
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.progress import NEAR_SHARE

#: What an emergency waits for, in this order; the moment on its row that ends the waiting.
_STAGES = (("acknowledged", "acknowledged_at"), ("on_scene", "on_scene_at"))
_ORDER = {"late": 0, "near": 1, "safe": 2, "done": 3}


@dataclass(frozen=True, slots=True)
class Running:
    """One emergency on the board.

    awaited: ``acknowledged``, ``on_scene``, or ``resolved`` once somebody is there. due_at: None
    where the SOP sets no limit by the clock. state: ``late``, ``near``, ``safe`` or ``done``
    (on scene). share: of the time to ``due_at`` used up.
    """

    row: Mapping[str, Any]
    filed_at: datetime
    acknowledged_at: datetime | None
    on_scene_at: datetime | None
    awaited: str
    due_at: datetime | None
    state: str
    share: float


def board(
    rows: tuple[Mapping[str, Any], ...], catalogue: Catalogue, now: datetime
) -> tuple[Running, ...]:
    """Return the board at *now*: late ones first, then by tier, then by share of time used."""
    running = [_running(row, catalogue.sop(*row["sop"]), now) for row in rows]
    return tuple(sorted(running, key=lambda one: (_ORDER[one.state], one.row["tier"], -one.share)))


def _running(row: Mapping[str, Any], sop: Sop, now: datetime) -> Running:
    moments = {name: _moment(row[name]) for _, name in _STAGES}
    filed = parse_instant(row["filed_at"])
    awaited = next((event for event, name in _STAGES if moments[name] is None), "resolved")
    if moments["on_scene_at"] is not None:
        awaited = "resolved"
    begin, due = _limit(sop, awaited, filed, _moment(row["assigned_at"]) or filed)
    share = (now - begin) / (due - begin) if due else 0.0
    state = "done" if awaited == "resolved" else _state(share)
    return Running(
        row, filed, moments["acknowledged_at"], moments["on_scene_at"], awaited, due, state, share
    )


def _limit(
    sop: Sop, awaited: str, filed: datetime, assigned: datetime
) -> tuple[datetime, datetime | None]:
    """Return since when, and until when, what is awaited must come."""
    for step in sop.steps:
        if step.until == awaited and _is_limit(step):
            begin = assigned if step.clock == "agency" else filed
            return begin, begin + timedelta(seconds=step.at.seconds)
    return filed, None


def _is_limit(step: Step) -> bool:
    """The first rung above the notice; for arrival the promise itself."""
    by_clock = bool(step.at.seconds) and step.calendar is None
    return by_clock and (step.until == "acknowledged" or step.limit == "service")


def _state(share: float) -> str:
    if share >= 1:
        return "late"
    return "near" if share >= NEAR_SHARE else "safe"


def _moment(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None
