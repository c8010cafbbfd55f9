"""Reading who reported: decided here, put on record first, shown last.

This runs in a function of its own, the only one besides the sender that may read the identity
table. It trusts nobody's word: the caller's own token comes with the question and is checked
again, so that whoever could call this function still reads nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.domain.actions import REPORTER, REPORTER_ROLE, ActionRefused, Caller
from chalicelib.domain.events import Draft
from chalicelib.domain.identity import OWN, PURPOSES, fields_for
from chalicelib.domain.misuse import digests
from chalicelib.services.acting import NotFound
from chalicelib.services.filing import TOKEN_PREFIX, token_opens
from chalicelib.services.identifying import TokenInvalid
from chalicelib.services.ports import Contact, IdentityStore, Stored
from chalicelib.services.recording import Recorder

DIGESTS_ONLY = frozenset(code for code, row in PURPOSES.items() if row.digests_only)


@dataclass(frozen=True, slots=True)
class Question:
    """One wish to read a contact, with the token of whoever asks; of a page, its session's."""

    number: str
    token: str
    purpose: str = OWN
    reason: str = ""
    session: str = ""


class AskContact(Protocol):
    """Asks for a contact: here, or in the function that may read it."""

    def __call__(self, question: Question) -> Mapping[str, str]:
        """Return the fields that may be read; raise NotFound, ActionRefused or TokenInvalid."""


@dataclass(frozen=True)
class RevealContact:
    """The use case of the reveal function."""

    recorder: Recorder
    identity: IdentityStore
    identify: Callable[[str], Caller]
    identify_session: Callable[[str], Caller]
    secret: Callable[[], bytes]

    def __call__(self, question: Question) -> Mapping[str, str]:
        """See `AskContact`. The reading is on the record before the table is read."""
        caller = self._caller(question)
        shown: tuple[str, ...] = ()

        def decide(stored: Stored, now: datetime) -> tuple[Draft, ...]:
            nonlocal shown
            shown = _decided(stored, caller, question)
            return (_reading(caller, question, shown, now),)

        self.recorder.record(question.number, decide)
        contact = self.identity.contact(question.number) or Contact()
        found = {name: str(getattr(contact, name)) for name in shown}
        if question.purpose in DIGESTS_ONLY:
            kept = digests(self.secret(), found)
            return {str(place): digest for place, digest in enumerate(sorted(kept))}
        return found

    def _caller(self, question: Question) -> Caller:
        if question.session:
            return self.identify_session(question.session)
        if not question.token.startswith(TOKEN_PREFIX):
            return self.identify(question.token)
        if not token_opens(self.secret(), question.number, question.token):
            raise TokenInvalid("another report's token")
        return REPORTER


def _decided(stored: Stored, caller: Caller, question: Question) -> tuple[str, ...]:
    own = REPORTER_ROLE in caller.roles
    try:
        fields = fields_for(stored.report, caller, question.purpose)
    except ActionRefused as refused:
        if refused.code == "not_yours":
            raise NotFound(question.number) from None
        raise
    if not own and not question.reason:
        raise ActionRefused("invalid", "field_missing", field="reason")
    return fields


def _reading(caller: Caller, question: Question, fields: tuple[str, ...], now: datetime) -> Draft:
    role = next(iter(sorted(caller.roles)), "")
    own = REPORTER_ROLE in caller.roles
    data: dict[str, Any] = {"purpose": OWN if own else question.purpose, "fields": list(fields)}
    texts = {} if own else {"reason": question.reason}
    return Draft("contact_read", now, caller.actor(role), data, texts)
