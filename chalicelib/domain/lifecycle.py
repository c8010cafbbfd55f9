"""From a draft to an SOP in force: who may take which step, and never one person two of them.

An SOP has one workbench. On it lies at most one open draft at a time, under the version number
that it will have for good; a number that was withdrawn is not used again. Whoever wrote a part of
the draft may not review it, and neither author nor reviewer may approve it or put it in force:
three people, each of whom answers for one step (UU 30/2014 on administrative decisions).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from chalicelib.domain.actions import Caller
from chalicelib.domain.events import instant
from chalicelib.domain.sop import Sop, content_hash

DRAFT = "draft"
IN_REVIEW = "in_review"
REVIEWED = "reviewed"
APPROVED = "approved"
ACTIVE = "active"
WITHDRAWN = "withdrawn"
STATUSES = (DRAFT, IN_REVIEW, REVIEWED, APPROVED, ACTIVE, WITHDRAWN)
OPEN = frozenset({DRAFT, IN_REVIEW, REVIEWED, APPROVED})
AUTHOR, REVIEWER, APPROVER = "sop_author", "sop_reviewer", "sop_approver"


class MoveRefused(Exception):
    """The step may not be taken, or not now. ``code`` is stable; ``facts`` say more."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said about a draft. step: the id of the step that it is about, if one."""

    at: str
    person: str
    role: str
    text: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class Workbench:
    """The newest draft of one SOP.

    number: the version that it is, or will be. based_on: the version that it was made from, 0 for
    a new SOP. hash: of the content. authors: everybody who wrote a part of it. active_from: the
    first day on which it serves.
    """

    sop: str
    number: int
    status: str
    content: Mapping[str, Any]
    hash: str
    based_on: int
    authors: tuple[str, ...]
    reviewer: str = ""
    approver: str = ""
    activated_by: str = ""
    active_from: str = ""
    comments: tuple[Comment, ...] = ()

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Workbench:
        """Return the workbench as stored."""
        fields = dict(body)
        comments = tuple(Comment(**one) for one in fields.pop("comments", ()))
        return cls(**{**fields, "authors": tuple(fields["authors"])}, comments=comments)

    def to_dict(self) -> dict[str, Any]:
        """Return the form in which it is stored."""
        body = {name: getattr(self, name) for name in self.__slots__}
        return {
            **body,
            "content": dict(self.content),
            "authors": list(self.authors),
            "comments": [asdict(one) for one in self.comments],
        }

    @property
    def open(self) -> bool:
        """It is still on its way: neither in force nor withdrawn."""
        return self.status in OPEN

    def parsed(self) -> Sop:
        """Return the content as an SOP; raises SopInvalid."""
        return Sop.from_dict(self.content)

    def summary(self) -> dict[str, Any]:
        """Return what the list of drafts shows."""
        return {
            "number": self.number,
            "status": self.status,
            "hash": self.hash,
            "based_on": self.based_on,
            "name": dict(self.content.get("name") or {}),
            "authors": list(self.authors),
            "reviewer": self.reviewer,
            "approver": self.approver,
            "active_from": self.active_from,
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """One step that somebody wants to take. hash: of the content that they have read, if said."""

    move: str
    caller: Caller
    now: datetime
    text: str = ""
    step: str = ""
    hash: str = ""
    active_from: date | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: who may take a step, from which statuses, and what it leads to."""

    roles: tuple[str, ...]
    sources: frozenset[str]
    make: Callable[[Workbench, Wish], Workbench]
    text_needed: bool = False


def begin(
    sop: str,
    before: Workbench | None,
    content: Mapping[str, Any],
    based_on: int,
    author: str,
    highest: int,
) -> Workbench:
    """Return a new draft of *content*. *highest*: the highest version in the catalogue, or 0.

    Raises MoveRefused ``draft_is_open`` while another one is on its way, and SopInvalid.
    """
    if before is not None and before.open:
        raise MoveRefused("draft_is_open", number=before.number, draft_status=before.status)
    number = max(before.number if before else 0, highest) + 1
    form, digest = _normal(sop, number, content)
    return Workbench(sop, number, DRAFT, form, digest, based_on, (author,))


def edit(workbench: Workbench, content: Mapping[str, Any], author: str) -> Workbench:
    """Return the draft with new content; raises MoveRefused unless it is being written."""
    if workbench.status != DRAFT:
        raise MoveRefused("draft_not_in_this_status", draft_status=workbench.status)
    form, digest = _normal(workbench.sop, workbench.number, content)
    authors = tuple(dict.fromkeys((*workbench.authors, author)))
    return replace(workbench, content=form, hash=digest, authors=authors)


def take(workbench: Workbench, wish: Wish) -> Workbench:
    """Return the workbench after the step; raises MoveRefused with a stable code otherwise."""
    move = MOVES[wish.move]
    if not set(move.roles) & wish.caller.roles:
        raise MoveRefused("role_may_not")
    if workbench.status not in move.sources:
        raise MoveRefused("draft_not_in_this_status", draft_status=workbench.status)
    if wish.hash and wish.hash != workbench.hash:
        raise MoveRefused("draft_content_moved", hash=workbench.hash)
    if move.text_needed and not wish.text:
        raise MoveRefused("field_missing", field="text")
    after = move.make(workbench, wish)
    return _said(after, wish) if wish.text else after


def role_for(move: str, caller: Caller) -> str:
    """Return the role in which *caller* takes the step."""
    return next((role for role in MOVES[move].roles if role in caller.roles), "")


def _normal(sop: str, number: int, content: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The content as it will stand for good: under its own id and number, defaults left out."""
    parsed = Sop.from_dict({**content, "id": sop, "version": number})
    return parsed.to_dict(), content_hash(parsed)


def _said(workbench: Workbench, wish: Wish) -> Workbench:
    role = role_for(wish.move, wish.caller)
    said = Comment(instant(wish.now), wish.caller.person, role, wish.text, wish.step)
    return replace(workbench, comments=(*workbench.comments, said))


def _nobody_twice(workbench: Workbench, wish: Wish, *others: str) -> None:
    if wish.caller.person in (*workbench.authors, *(one for one in others if one)):
        raise MoveRefused("same_person_twice", person=wish.caller.person)


def _submit(workbench: Workbench, wish: Wish) -> Workbench:
    return replace(workbench, status=IN_REVIEW)


def _review(workbench: Workbench, wish: Wish) -> Workbench:
    _nobody_twice(workbench, wish)
    return replace(workbench, status=REVIEWED, reviewer=wish.caller.person)


def _return(workbench: Workbench, wish: Wish) -> Workbench:
    return replace(workbench, status=DRAFT, reviewer="", approver="")


def _approve(workbench: Workbench, wish: Wish) -> Workbench:
    _nobody_twice(workbench, wish, workbench.reviewer)
    return replace(workbench, status=APPROVED, approver=wish.caller.person)


def _activate(workbench: Workbench, wish: Wish) -> Workbench:
    _nobody_twice(workbench, wish, workbench.reviewer)
    if wish.active_from is None:
        raise MoveRefused("field_missing", field="from")
    return replace(
        workbench,
        status=ACTIVE,
        activated_by=wish.caller.person,
        active_from=wish.active_from.isoformat(),
    )


def _withdraw(workbench: Workbench, wish: Wish) -> Workbench:
    return replace(workbench, status=WITHDRAWN)


def _comment(workbench: Workbench, wish: Wish) -> Workbench:
    if wish.step and all(step["id"] != wish.step for step in workbench.content["steps"]):
        raise MoveRefused("unknown_step", field="step")
    return workbench


_EVERYBODY = (AUTHOR, REVIEWER, APPROVER)
MOVES: Mapping[str, Move] = {
    "submit": Move((AUTHOR,), frozenset({DRAFT}), _submit),
    "review": Move((REVIEWER,), frozenset({IN_REVIEW}), _review),
    "return": Move(
        (REVIEWER, APPROVER), frozenset({IN_REVIEW, REVIEWED, APPROVED}), _return, text_needed=True
    ),
    "approve": Move((APPROVER,), frozenset({REVIEWED}), _approve),
    "activate": Move((APPROVER, "admin"), frozenset({APPROVED}), _activate),
    "withdraw": Move((AUTHOR, APPROVER, "admin"), OPEN, _withdraw, text_needed=True),
    "comment": Move(_EVERYBODY, OPEN, _comment, text_needed=True),
}
"""The steps between the writing and the end of a draft."""
