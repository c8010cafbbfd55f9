"""The form of what the SOP desk answers."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, UnsetType

from chalicelib.domain.lifecycle import STATUSES
from chalicelib.handlers.answers import Form, Names, Texts, Time

DraftStatus = Literal[STATUSES]  # type: ignore[valid-type]


class DraftLine(Form, kw_only=True):
    """A draft as lists show it. number: the version that it is, or will be."""

    sop: str
    number: int
    status: DraftStatus
    hash: str
    based_on: int
    name: Texts
    authors: list[str]
    reviewer: str
    approver: str
    active_from: str


class DraftList(Form):
    """The newest draft of every SOP."""

    items: list[DraftLine]
    cursor: str | None


class SaidOfDraft(Form, kw_only=True):
    """A comment, or the reason of a step. step: which step of the SOP it is about."""

    at: Time
    person: str
    role: str
    text: str
    step: str


class Draft(DraftLine, kw_only=True):
    """A draft with its content. revision: what an edit must name; hash: SHA-256 of the content."""

    revision: int
    activated_by: str
    comments: list[SaidOfDraft]
    content: dict[str, Any]


class Served(Form, kw_only=True, rename={"from_": "from"}):
    """The days on which a version serves a category; `to` null: until another one follows."""

    category: str
    from_: str
    to: str | None
    season: str | UnsetType = UNSET


class FindingShown(Form, kw_only=True):
    """Something that is wrong, and how it is mended. An error keeps an SOP out of force."""

    code: str
    severity: Literal["error", "warning"]
    where: str
    text: Names
    mend: Names


class FindingList(Form):
    """Everything that a check found, errors first."""

    items: list[FindingShown]
    cursor: str | None


class VersionLine(Form, kw_only=True):
    """A version that is or was in force. hash: SHA-256 of its canonical JSON."""

    version: int
    hash: str
    status: Literal["active", "scheduled", "superseded"]
    serves: list[Served]
    at: Time | None


class VersionList(Form):
    """All versions of one SOP, newest first."""

    items: list[VersionLine]
    cursor: str | None


class VersionMark(Form):
    """Which version, exactly."""

    version: int
    hash: str


class Differing(Form, kw_only=True):
    """One thing that is not as before. key: which step, activity …; field: what of it."""

    part: str
    kind: Literal["added", "removed", "changed"]
    key: str
    field: str
    before: Any
    after: Any
    sentence: Names


class DifferenceOf(Form, kw_only=True, rename={"from_": "from"}):
    """What changed from one version to another, step by step."""

    sop: str
    from_: VersionMark | None
    to: VersionMark
    differences: list[Differing]


class AssignmentLine(Form, kw_only=True, rename={"from_": "from"}):
    """From when to when a version serves a category."""

    category: str
    sop: str
    version: int
    from_: str
    to: str | None
    season: str | UnsetType = UNSET
    note: str | UnsetType = UNSET


class AssignmentList(Form):
    """The assignments of one version."""

    items: list[AssignmentLine]
    cursor: None
