"""What the API's description says of the SOP desk's routes."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.handlers import desk_answers as answers
from chalicelib.handlers.desk_definitions import MOVE_BODIES, Assignment, EditDraft, NewDraft
from chalicelib.handlers.operation import Operation

_WRITING = ("malformed_json", "invalid_text", "invalid_field", "body_too_large", "role_may_not")
_CONTENT = ("sop_invalid", "document_too_large")
_DATES = ("date_in_the_past", "season_needs_its_end", "season_overlaps", "sop_not_of_category")
_MOVING = (
    *_WRITING,
    "not_found",
    "draft_not_in_this_status",
    "draft_content_moved",
)
_NOBODY_TWICE = ("same_person_twice",)
_MORE: Mapping[str, tuple[str, ...]] = {
    "review": _NOBODY_TWICE,
    "approve": _NOBODY_TWICE,
    "activate": (*_NOBODY_TWICE, *_DATES, "sop_not_ready", "version_taken"),
    "comments": ("unknown_step",),
}
_SUMMARIES: Mapping[str, str] = {
    "submit": "Hand a draft in for review",
    "review": "Pass a draft that somebody else wrote",
    "return": "Hand a draft back to its author, with the reason",
    "approve": "Approve a draft that others wrote and reviewed",
    "activate": "Put an approved version into force from a day on; it never changes again",
    "withdraw": "Take a draft back for good, with the reason",
    "comments": "Say something about a draft or one of its steps",
}

DESK_OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/v1/drafts"): Operation(
        "The newest draft of every SOP", answers.DraftList, "sop desk", codes=("role_may_not",)
    ),
    ("POST", "/v1/drafts"): Operation(
        "Begin a draft: a new SOP, or the next version of one",
        answers.Draft,
        "sop desk",
        body=NewDraft,
        status=201,
        codes=(*_WRITING, *_CONTENT, "not_found", "draft_is_open"),
    ),
    ("GET", "/v1/drafts/{sop}"): Operation(
        "A draft with its content and what was said of it",
        answers.Draft,
        "sop desk",
        codes=("role_may_not", "not_found"),
        cached=True,
    ),
    ("PUT", "/v1/drafts/{sop}"): Operation(
        "Write a draft's content anew",
        answers.Draft,
        "sop desk",
        body=EditDraft,
        codes=(*_MOVING, *_CONTENT, "version_moved"),
    ),
    ("GET", "/v1/drafts/{sop}/diff"): Operation(
        "What a draft changes, step by step",
        answers.DifferenceOf,
        "sop desk",
        query=("against",),
        codes=("role_may_not", "not_found", "invalid_field"),
    ),
    ("GET", "/v1/drafts/{sop}/lint"): Operation(
        "What is wrong with a draft, and how it is mended",
        answers.FindingList,
        "sop desk",
        query=("on",),
        codes=("role_may_not", "not_found", "invalid_field"),
    ),
    **{
        ("POST", f"/v1/drafts/{{sop}}/{path}"): Operation(
            _SUMMARIES[path],
            answers.Draft,
            "sop desk",
            body=form,
            codes=(*_MOVING, "field_missing", *_MORE.get(path, ())),
        )
        for path, form in MOVE_BODIES.items()
    },
    ("GET", "/v1/sops/{sop}/versions"): Operation(
        "All versions of an SOP that are or were in force, with hashes and days",
        answers.VersionList,
        "catalogue",
        codes=("not_found",),
    ),
    ("GET", "/v1/sops/{sop}/diff"): Operation(
        "What changed between two versions, step by step",
        answers.DifferenceOf,
        "catalogue",
        query=("from_version", "to_version"),
        codes=("not_found", "invalid_field"),
        cached=True,
    ),
    ("POST", "/v1/sops/{sop}/versions/{version}/assign"): Operation(
        "Let a version serve from a day on: for a season, or to go back to an earlier one",
        answers.AssignmentList,
        "sop desk",
        body=Assignment,
        codes=(*_WRITING, "not_found", *_DATES, "sop_not_ready"),
    ),
}
