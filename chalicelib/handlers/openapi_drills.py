"""What the API's description says of drills and the training record."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.handlers import drill_definitions as forms
from chalicelib.handlers.operation import BODY_CODES, Operation

DRILL_OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("POST", "/v1/drills"): Operation(
        "Begin a drill of the SOP in force: the real people and times, all of it marked LATIHAN",
        forms.DrillBegun,
        "drills",
        body=forms.NewDrill,
        status=201,
        codes=(
            *BODY_CODES,
            "weak_idempotency_key",
            "role_may_not",
            "unknown_category",
            "unknown_kelurahan",
            "outside_city",
            "location_missing",
            "category_not_served",
            "invalid_phone",
            "invalid_email",
            "masked_value",
            "key_reused",
            "drill_not_yours",
            "drill_not_of_this_kind",
            "drill_is_running",
        ),
        keyed=True,
    ),
    ("GET", "/v1/drills"): Operation(
        "Drills, newest first",
        forms.DrillList,
        "drills",
        codes=("role_may_not",),
    ),
    ("GET", "/v1/drills/{number}"): Operation(
        "A drill with its score sheet, so far or for good",
        forms.Drill,
        "drills",
        codes=("not_found", "role_may_not"),
    ),
    ("POST", "/v1/drills/{number}/stop"): Operation(
        "Stop a drill at once: its clocks, and whatever it had still to say",
        forms.Drill,
        "drills",
        body=forms.StopDrill,
        codes=(*BODY_CODES, "not_found", "role_may_not"),
    ),
    ("GET", "/v1/training/{category}"): Operation(
        "Who rehearsed the SOP in force of a category, and which positions never did",
        forms.TrainingRecord,
        "drills",
        codes=("unknown_category", "category_not_served", "role_may_not"),
    ),
}
