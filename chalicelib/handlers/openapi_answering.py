"""What the API's description says of the ways in for answers by message and by telephone."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.handlers import answers
from chalicelib.handlers.definitions import InboundMessage
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
}
