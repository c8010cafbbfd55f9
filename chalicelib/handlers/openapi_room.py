"""What the API's description says of the LIVE Room's desk."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.handlers import shifts
from chalicelib.handlers.operation import BODY_CODES, Operation

_WRITING = (*BODY_CODES, "role_may_not")

ROOM_OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/v1/shift"): Operation(
        "Who is on duty in the LIVE Room, what waits to be taken over, and what is open",
        shifts.Shift,
        "staff",
        codes=("role_may_not",),
    ),
    ("GET", "/v1/shift/history"): Operation(
        "Who relieved whom, when, with which words, and what was open then",
        shifts.ShiftHistory,
        "staff",
        codes=("role_may_not",),
    ),
    ("POST", "/v1/shift/hand-over"): Operation(
        "Prepare the hand-over: a note, and a named successor or whoever comes",
        shifts.Shift,
        "staff",
        body=shifts.HandOver,
        codes=(*_WRITING, "not_on_duty", "successor_unknown"),
    ),
    ("POST", "/v1/shift/take-over"): Operation(
        "Be on duty from now on; what is open now stays on record",
        shifts.Shift,
        "staff",
        body=shifts.TakeOver,
        codes=(*_WRITING, "already_on_duty", "field_missing"),
    ),
    ("POST", "/v1/shift/notes"): Operation(
        "Put a note on the desk that stands over shifts",
        shifts.Shift,
        "staff",
        body=shifts.DeskNote,
        codes=(*_WRITING, "too_many_notes"),
    ),
    ("POST", "/v1/shift/notes/{note}/done"): Operation(
        "Strike a note off the desk",
        shifts.Shift,
        "staff",
        codes=("role_may_not", "invalid_field"),
    ),
}
