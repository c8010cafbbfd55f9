"""What the API's description says of catalogue administration."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.handlers import catalogue_definitions as forms
from chalicelib.handlers.desk_answers import FindingList
from chalicelib.handlers.operation import Operation

_TAG = "administration"
_READING = ("role_may_not", "not_found")
_WRITING = (
    "malformed_json",
    "invalid_text",
    "invalid_field",
    "body_too_large",
    "document_invalid",
    "document_too_large",
    *_READING,
)

CATALOGUE_OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/v1/admin/catalogue/{part}"): Operation(
        "A document of the catalogue: agencies, categories, ownership, assignments, calendars",
        forms.CatalogueDocument,
        _TAG,
        codes=_READING,
    ),
    ("PUT", "/v1/admin/catalogue/{part}"): Operation(
        "Write agencies, categories or ownership anew, if they fit the other documents",
        forms.CatalogueDocument,
        _TAG,
        body=forms.PutCatalogueDocument,
        codes=(*_WRITING, "version_moved"),
    ),
    ("POST", "/v1/admin/ownership"): Operation(
        "Let other agencies own categories from a day on",
        forms.CatalogueDocument,
        _TAG,
        body=forms.MoveOwnership,
        codes=_WRITING,
    ),
    ("GET", "/v1/admin/calendars/{calendar}"): Operation(
        "A calendar as it is in force", forms.CatalogueDocument, _TAG, codes=_READING
    ),
    ("PUT", "/v1/admin/calendars/{calendar}"): Operation(
        "Put a new version of a calendar into force; open reports are planned anew under it",
        forms.CatalogueDocument,
        _TAG,
        body=forms.PutCalendar,
        codes=(*_WRITING, "version_moved"),
    ),
    ("GET", "/v1/admin/export"): Operation(
        "The whole catalogue as files, without who holds which office",
        forms.CatalogueFileSet,
        _TAG,
        codes=("role_may_not",),
        cached=True,
    ),
    ("POST", "/v1/admin/import"): Operation(
        "Take files in: what differs becomes a new version, an SOP a draft",
        forms.ImportResult,
        _TAG,
        body=forms.ImportFiles,
        codes=(*_WRITING, "import_refused"),
    ),
    ("GET", "/v1/admin/doctor"): Operation(
        "Whether the catalogue and its people are ready, every hole with its mend",
        FindingList,
        _TAG,
        query=("live",),
        codes=("role_may_not",),
    ),
}
