"""What the API's description says of the routes for proof and privacy."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.handlers import answers
from chalicelib.handlers.breaches import Breach, Breaches, NewBreach, Notice
from chalicelib.handlers.definitions import (
    Cover,
    Moderate,
    ReadContact,
    Release,
    Reporter,
    Review,
)
from chalicelib.handlers.operation import BODY_CODES, Operation

PROOF_OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/v1/reports/{number}/evidence"): Operation(
        "The report's photos as the caller may see them",
        answers.Photos,
        "reports",
        codes=("not_found",),
    ),
    ("GET", "/v1/reports/{number}/photos/{photo}/{size}"): Operation(
        "Leads to a copy of a photo (302)",
        None,
        "reports",
        status=302,
        codes=("not_found",),
    ),
    ("POST", "/v1/reports/{number}/photos/{photo}/cover"): Operation(
        "Mark faces and plates to be covered before a photo may become public",
        answers.Report,
        "reports",
        body=Cover,
        codes=(*BODY_CODES, "not_found", "not_your_photo", "photo_unknown"),
    ),
    ("POST", "/v1/reports/{number}/photos/{photo}/review"): Operation(
        "Look at what somebody else covered; what is approved is published",
        answers.Report,
        "staff",
        body=Review,
        codes=(
            *BODY_CODES,
            "role_may_not",
            "another_must_review",
            "not_found",
            "nothing_to_review",
            "photo_unknown",
            "field_missing",
        ),
    ),
    ("GET", "/v1/reports/{number}/publication"): Operation(
        "What the public sees, and what to look at before more becomes public",
        answers.Publication,
        "reports",
        codes=("not_found",),
    ),
    ("POST", "/v1/reports/{number}/publication"): Operation(
        "Release a text that stands for the description in public",
        answers.Publication,
        "reports",
        body=Release,
        codes=(*BODY_CODES, "not_found", "personal_data_in_text"),
    ),
    ("POST", "/v1/reports/{number}/moderation"): Operation(
        "Withhold a photo or a text from the public, or show it again",
        answers.Report,
        "staff",
        body=Moderate,
        codes=(*BODY_CODES, "role_may_not", "not_found", "nothing_there"),
    ),
    ("GET", "/v1/breaches"): Operation(
        "The register of leaks of personal data, the most urgent first",
        Breaches,
        "staff",
        codes=("role_may_not",),
    ),
    ("POST", "/v1/breaches"): Operation(
        "Register a leak; its case runs under the SOP with the law's 3 × 24 hours",
        Breach,
        "staff",
        body=NewBreach,
        status=201,
        codes=(*BODY_CODES, "role_may_not", "date_not_in_the_past_year", "key_reused"),
        keyed=True,
    ),
    ("POST", "/v1/breaches/{number}/notices"): Operation(
        "Put on the register that the people concerned, or the authority, were told",
        Breach,
        "staff",
        body=Notice,
        codes=(*BODY_CODES, "role_may_not", "not_found"),
    ),
    ("GET", "/v1/ledger"): Operation(
        "The closed days of the books, signed and each built on the one before, newest first",
        answers.LedgerDays,
        "ledger",
    ),
    ("GET", "/v1/ledger/key"): Operation(
        "The public keys that days were ever signed with",
        answers.LedgerKeys,
        "ledger",
    ),
    ("GET", "/v1/ledger/{day}"): Operation(
        "One closed day, for ever the same",
        answers.LedgerDay,
        "ledger",
        codes=("not_found",),
        cached=True,
    ),
    ("GET", "/v1/reports/{number}/proof"): Operation(
        "That a report's record is in a closed day of the books",
        answers.ReportProof,
        "ledger",
        codes=("not_found",),
        cached=True,
    ),
    ("GET", "/v1/reports/{number}/record"): Operation(
        "One whole case for the Ombudsman: who, when, which rule, which delay; verifiable",
        answers.CaseRecord,
        "ledger",
        codes=("role_may_not", "not_found"),
    ),
    ("GET", "/v1/privacy"): Operation(
        "Which personal data are kept, for what, on which basis, how long, and one's rights",
        None,
        "service",
        cached=True,
    ),
    ("POST", "/v1/reports/{number}/forget"): Operation(
        "Have everything personal in a closed report erased now",
        answers.Report,
        "reports",
        codes=("not_found", "not_in_this_status"),
    ),
    ("GET", "/v1/reports/{number}/contact"): Operation(
        "What is kept of the reporter, for the reporter",
        answers.Contact,
        "reports",
        codes=("not_found",),
    ),
    ("POST", "/v1/reports/{number}/contact"): Operation(
        "Read the reporter's contact for a stated purpose; the reading goes on record",
        answers.Contact,
        "staff",
        body=ReadContact,
        codes=(
            *BODY_CODES,
            "role_may_not",
            "purpose_not_yours",
            "reporter_stays_unknown",
            "not_found",
            "not_needed_now",
            "field_missing",
        ),
    ),
    ("PUT", "/v1/reports/{number}/contact"): Operation(
        "Correct the contact: the whole of it is replaced",
        answers.Report,
        "reports",
        body=Reporter,
        codes=(*BODY_CODES, "not_found", "masked_value", "invalid_email", "invalid_phone"),
    ),
    ("DELETE", "/v1/reports/{number}/contact"): Operation(
        "Take the contact back; nothing is sent any more",
        answers.Report,
        "reports",
        codes=("not_found",),
    ),
}
