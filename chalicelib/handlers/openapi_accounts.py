"""What the API's description says of the routes of staff administration."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.handlers import account_definitions as forms
from chalicelib.handlers.operation import Operation

_WRITING = ("malformed_json", "invalid_text", "invalid_field", "body_too_large", "role_may_not")
_TAG = "administration"
_ACCOUNT = "/v1/admin/accounts/{account}"
_DIRECTORY = ("unknown_position", "unknown_person", "directory_not_of_the_form")


def _change(summary: str, body: type = forms.AccountChange, *codes: str) -> Operation:
    return Operation(
        summary,
        forms.WholeAccount,
        _TAG,
        body=body,
        codes=(*_WRITING, "no_such_account", *codes),
    )


ACCOUNT_OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/v1/admin/accounts"): Operation(
        "Staff accounts, and what each may do today",
        forms.AccountPage,
        _TAG,
        query=("q",),
        codes=("role_may_not",),
    ),
    ("POST", "/v1/admin/accounts"): Operation(
        "Invite a member of staff",
        forms.WholeAccount,
        _TAG,
        body=forms.NewAccount,
        status=201,
        codes=(
            *_WRITING,
            "account_exists",
            "address_in_use",
            "invalid_email",
            "invalid_phone",
            "unknown_position",
            "position_taken",
            "version_moved",
            "document_too_large",
        ),
    ),
    ("GET", _ACCOUNT): Operation(
        "One account, with the state of its second factor",
        forms.WholeAccount,
        _TAG,
        codes=("role_may_not", "no_such_account"),
    ),
    ("POST", f"{_ACCOUNT}/revoke"): _change(
        "Take an account out of service at once", forms.AccountChange, "own_account"
    ),
    ("POST", f"{_ACCOUNT}/restore"): _change("Put a revoked account back into service"),
    ("POST", f"{_ACCOUNT}/sign-out"): _change("End every session and token of an account"),
    ("POST", f"{_ACCOUNT}/reset-mfa"): _change(
        "Have the second factor set up anew", forms.AccountChange, "own_account"
    ),
    ("POST", f"{_ACCOUNT}/roles"): _change(
        "Set the roles that belong to no office", forms.Grant, "own_account"
    ),
    ("POST", "/v1/admin/moves"): Operation(
        "Move many officials on one day; shown first, then done",
        forms.MovePlan,
        _TAG,
        body=forms.Moves,
        codes=(
            *_WRITING,
            *_DIRECTORY,
            "day_is_past",
            "ends_before_it_begins",
            "moved_twice",
            "position_taken",
            "version_moved",
            "document_too_large",
        ),
    ),
    ("GET", "/v1/admin/directory/{document}"): Operation(
        "A document of the directory",
        forms.DirectoryDocument,
        _TAG,
        codes=("role_may_not", "not_found"),
    ),
    ("PUT", "/v1/admin/directory/{document}"): Operation(
        "Write a document of the directory anew",
        forms.DirectoryDocument,
        _TAG,
        body=forms.PutDocument,
        codes=(
            *_WRITING,
            *_DIRECTORY,
            "not_found",
            "revoke_by_itself",
            "version_moved",
            "document_too_large",
        ),
    ),
}
