"""What the API's description says of the template desk."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.handlers import template_definitions as forms
from chalicelib.handlers.operation import BODY_CODES, Operation

_TAG = "administration"
_READING = ("role_may_not", "not_found")
_MOVING = (*BODY_CODES, *_READING, "draft_not_in_this_status", "version_moved")

TEMPLATE_OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/v1/templates"): Operation(
        "Every message template, and whether new words are proposed for it",
        forms.TemplateList,
        _TAG,
        codes=("role_may_not",),
    ),
    ("GET", "/v1/templates/{template}"): Operation(
        "A template: the words in use, its versions, and the newest proposal",
        forms.TemplateShown,
        _TAG,
        codes=_READING,
        cached=True,
    ),
    ("GET", "/v1/templates/{template}/preview"): Operation(
        "The messages of a version or of the proposal, filled with made-up facts",
        forms.TemplatePreview,
        _TAG,
        query=("version",),
        codes=(*_READING, "draft_not_in_this_status"),
    ),
    ("POST", "/v1/templates/{template}/proposal"): Operation(
        "Propose new words; names, length, links and hostile texts are checked at once",
        forms.TemplateShown,
        _TAG,
        body=forms.ProposeTemplate,
        status=201,
        codes=(*BODY_CODES, *_READING, "template_invalid", "document_too_large", "version_moved"),
    ),
    ("POST", "/v1/templates/{template}/proposal/approve"): Operation(
        "Put somebody else's proposal into use, from now on",
        forms.TemplateShown,
        _TAG,
        body=forms.ApproveTemplate,
        codes=(*_MOVING, "own_proposal", "draft_content_moved", "template_invalid"),
    ),
    ("POST", "/v1/templates/{template}/proposal/withdraw"): Operation(
        "Take a proposal back, with the reason",
        forms.TemplateShown,
        _TAG,
        body=forms.WithdrawTemplate,
        codes=_MOVING,
    ),
}
