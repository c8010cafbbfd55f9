"""The bodies of the SOP desk: drafts, their way into force, and the days on which they serve."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from msgspec import Meta, field

from chalicelib.handlers.definitions import Body, Needed, Text

SopId = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(?![\s\S])", max_length=60)]
#: SHA-256 of the canonical JSON, hexadecimal.
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}(?![\s\S])")]
Category = Annotated[str, Meta(min_length=1, max_length=20)]
Categories = Annotated[list[Category], Meta(max_length=100)]


class NewDraft(Body, kw_only=True):
    """A draft of an SOP; without content it begins as a copy of the newest version."""

    sop: SopId
    content: dict[str, Any] | None = None
    reason: Text = ""


class EditDraft(Body, kw_only=True):
    """New content over the edit that was read: ``revision`` from the draft as shown."""

    content: dict[str, Any]
    revision: Annotated[int, Meta(ge=1)]
    reason: Text = ""


class Step(Body):
    """A step of the draft's life. hash: of the content that was read, to be sure it is still so."""

    text: Text = ""
    hash: Hash | None = None


class ReasonedStep(Body, kw_only=True):
    """A step that needs its reason."""

    text: Needed
    hash: Hash | None = None


class DraftComment(Body, kw_only=True):
    """What is said about a draft, or about one of its steps."""

    text: Needed
    step: Annotated[str, Meta(max_length=60)] = ""


class Activate(Body, kw_only=True):
    """From which day the version serves; a season has its name and its last day.

    categories: some of those that the SOP names; all of them when left out.
    """

    from_: date = field(name="from")
    to: date | None = None
    season: Annotated[str, Meta(max_length=60)] = ""
    categories: Categories = field(default_factory=list)
    text: Text = ""
    hash: Hash | None = None


class Assignment(Activate, kw_only=True):
    """From which day a version that is in the catalogue serves."""


#: The body of every step of a draft's life, by the last part of ``POST /v1/drafts/{sop}/…``.
MOVE_BODIES: dict[str, type[Body]] = {
    "submit": Step,
    "review": Step,
    "return": ReasonedStep,
    "approve": Step,
    "activate": Activate,
    "withdraw": ReasonedStep,
    "comments": DraftComment,
}
