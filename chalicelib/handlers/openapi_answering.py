"""What the API's description says of the ways in for answers by message and by telephone."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.handlers import answers
from chalicelib.handlers.definitions import CallOutcome, InboundMessage
from chalicelib.handlers.openapi_exchange import BODY_CODES
from chalicelib.handlers.operation import Operation

ANSWERING_OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("POST", "/v1/inbound/{provider}"): Operation(
        "A message that somebody sent to the city, from a provider that signs it",
        answers.Taken,
        "messages",
        body=InboundMessage,
        status=202,
        codes=(*BODY_CODES, "not_found", "invalid_signature"),
    ),
    ("POST", "/v1/inbound/{provider}/calls/{call}"): Operation(
        "What came of a call that a voice gateway made",
        answers.Taken,
        "messages",
        body=CallOutcome,
        status=202,
        codes=(*BODY_CODES, "not_found", "invalid_signature", "not_in_this_status"),
    ),
    ("GET", "/v1/calls"): Operation(
        "The calls that an operator must make now, with number and script",
        answers.CallList,
        "messages",
        codes=("role_may_not",),
    ),
    ("POST", "/v1/calls/{call}/outcome"): Operation(
        "What came of a call that an operator made",
        answers.Taken,
        "messages",
        body=CallOutcome,
        codes=(*BODY_CODES, "role_may_not", "not_found", "not_in_this_status"),
    ),
}
