"""The bodies of catalogue administration, and the form of its answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from chalicelib.handlers.answers import Form, Time
from chalicelib.handlers.definitions import Body

Reason = Annotated[str, Meta(min_length=3, max_length=300)]
Rows = Annotated[list[dict[str, Any]], Meta(max_length=2000)]
Path = Annotated[str, Meta(max_length=120)]


class PutCatalogueDocument(Body, kw_only=True):
    """A whole document, based on the version that was read."""

    based_on: Annotated[int, Meta(ge=1)]
    body: Rows
    reason: Reason


class NewOwner(Body, kw_only=True):
    """Who owns a category; area: a kelurahan, a kecamatan, or ``*`` for the whole city."""

    category: Annotated[str, Meta(min_length=1, max_length=20)]
    area: Annotated[str, Meta(min_length=1, max_length=20)] = "*"
    agency: Annotated[str, Meta(min_length=1, max_length=40)]


class MoveOwnership(Body, kw_only=True):
    """From which day on others own these categories. Reports filed before stay where they are."""

    moves: Annotated[list[NewOwner], Meta(min_length=1, max_length=100)]
    from_: date = field(name="from")
    reason: Reason


class PutCalendar(Body, kw_only=True):
    """A new version of a calendar, based on the version that was read."""

    based_on: Annotated[int, Meta(ge=1)]
    body: dict[str, Any]
    reason: Reason


class ImportFiles(Body, kw_only=True):
    """Files by their path (``sops/taman-rusak.json``); shown first, taken with dry_run false."""

    files: Annotated[dict[Path, Any], Meta(min_length=1, max_length=200)]
    reason: Reason
    dry_run: bool = True


class CatalogueDocument(Form):
    """A document of the catalogue and the version to base a change on."""

    name: str
    version: int
    digest: str
    changed_at: Time | None
    body: Any


class CatalogueFileSet(Form):
    """The whole catalogue as files: path → content. digest: SHA-256 over all of them."""

    files: dict[str, Any]
    digest: str


class ImportLine(Form):
    """What an import does, or would do, with one file."""

    path: str
    outcome: Literal["unchanged", "new_version", "draft", "refused"]
    code: str
    why: str


class ImportResult(Form):
    """What an import came to, or would come to."""

    done: bool
    items: list[ImportLine]
