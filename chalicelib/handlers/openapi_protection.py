"""What the API's description says of protection against misuse."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.handlers import protection_definitions as forms
from chalicelib.handlers.operation import BODY_CODES, Operation

PROTECTION_OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/v1/protection"): Operation(
        "Limits for senders, and whether proofs of work are asked for",
        forms.Protection,
        "staff",
        codes=("role_may_not",),
    ),
    ("POST", "/v1/protection"): Operation(
        "Ask anonymous reports for a proof of work, or no longer",
        forms.Protection,
        "staff",
        body=forms.Switch,
        codes=(*BODY_CODES, "role_may_not"),
    ),
    ("PUT", "/v1/admin/limits"): Operation(
        "Set how often anybody may write",
        forms.Protection,
        "administration",
        body=forms.PutLimits,
        codes=(*BODY_CODES, "role_may_not", "limits_invalid", "version_moved"),
    ),
}
