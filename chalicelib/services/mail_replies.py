"""A mail that came to a reply address: whose it is, whether to believe it, what it does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.domain import grammar, inbound
from chalicelib.domain.actions import Caller
from chalicelib.domain.answering import (
    POSITION_ROLES,
    REPLY_PURPOSE,
    address_marks,
    speaker,
)
from chalicelib.domain.grammar import Said
from chalicelib.domain.inbound import InboundMail
from chalicelib.domain.signing import (
    Keyring,
    Signed,
    TokenExpired,
    TokenRefused,
    from_address,
    open_token,
)
from chalicelib.services.acting import NotFound
from chalicelib.services.answering import EXPIRED, Opened
from chalicelib.services.ports import Talk, Talks
from chalicelib.services.replying import Heard, Outcome, Replying

STRANGER = "stranger"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class MailReplies:
    """The use case behind every mail that comes in."""

    replying: Replying
    talks: Talks
    keys: Callable[[], Keyring]

    def __call__(self, mail: InboundMail) -> Outcome:
        """Take in one mail; the same one again (by its Message-ID) does nothing more."""
        if mail.kind != inbound.REPLY:
            return Outcome(mail.kind)
        if mail.verdicts.harmful:
            return Outcome("harmful")
        said = _said(mail)
        use_id = f"mail-{hashlib.sha256(mail.message_id.encode()).hexdigest()[:24]}"
        opened, expired = self._addressed(mail, use_id)
        if opened is None:
            return self._by_sender(mail, said, use_id)
        spoken = self._as_sender(opened, mail.sender)
        if spoken is None:
            return Outcome(STRANGER, opened.stored.report.number)
        if expired:
            spoken = replace(spoken, refusal=EXPIRED)
        return self._do(spoken, mail, said)

    def _do(self, opened: Opened, mail: InboundMail, said: Said) -> Outcome:
        photos = [(one.type, one.content) for one in mail.photos]
        outcome = self.replying(opened, Heard(said, mail.verdicts.proven, mail.text, photos))
        self.replying.answer(opened, outcome, mail.message_id, "mail", mail.sender)
        return outcome

    def _addressed(self, mail: InboundMail, use_id: str) -> tuple[Opened | None, bool]:
        """The message whose reply address this mail came to, and whether its time is over."""
        for recipient in mail.recipients:
            local = recipient.partition("@")[0]
            if not local.startswith("r-"):
                continue
            try:
                signed, expired = self._signed(local[2:])
                opened = self.replying.answering.resolve(signed)
            except (TokenRefused, NotFound):
                continue
            again = self.replying.answering.spoken(opened.stored, opened.delivery, "view", use_id)
            return again, expired
        return None, False

    def _signed(self, text: str) -> tuple[Signed, bool]:
        now = self.replying.clock.now()
        try:
            return open_token(self.keys(), REPLY_PURPOSE, from_address(text), now), False
        except TokenExpired as expired:
            return expired.signed, True

    def _by_sender(self, mail: InboundMail, said: Said, use_id: str) -> Outcome:
        """A mail to no reply address of ours: only a proven sender's, about what we sent them."""
        if not mail.verdicts.proven:
            return Outcome(UNKNOWN)
        talks = talks_with(self.talks, self.keys(), mail.sender)
        number = said.number or grammar.number_in(mail.subject)
        found = self.replying.among(talks, replace(said, number=number), use_id, mail.sender)
        if not found:
            return Outcome(UNKNOWN)
        if len(found) == 1:
            spoken = self._as_sender(found[0], mail.sender)
            return self._do(spoken, mail, said) if spoken else Outcome(STRANGER)
        outcome = Outcome("which", found[0].stored.report.number, self.replying.which(found))
        self.replying.answer(found[0], outcome, mail.message_id, "mail", mail.sender)
        return outcome

    def _as_sender(self, opened: Opened, sender: str) -> Opened | None:
        """Return *opened* as *sender* may answer it; None for somebody who is not on the list.

        A reporter's address is out of reach here: the reply address, which only their mail
        carries, stands for them. Of an agency anybody on its list may answer, in their own name.
        """
        if opened.delivery.to_reporter or sender == opened.delivery.address.lower():
            return opened
        caller = self._colleague(opened, sender)
        if caller is None:
            return None
        stored, delivery = opened.stored, opened.delivery
        return self.replying.answering.spoken(stored, delivery, "view", opened.use_id, caller)

    def _colleague(self, opened: Opened, sender: str) -> Caller | None:
        catalogue = self.replying.answering.catalogue
        directory = catalogue.directory()
        told = directory.position(opened.delivery.recipient)
        agency = told.agency if told else None
        if not agency:
            return None
        for position in directory.positions:
            if position.agency != agency or position.role not in POSITION_ROLES:
                continue
            if (position.mail or "").lower() == sender:
                held = replace(opened.delivery, recipient=position.id, person="")
                return speaker(held, position.role, agency, position.area or "")
        for person, account in catalogue.staff().items():
            if str(account.get("mail") or "").lower() == sender:
                caller = catalogue.staff_caller(person, self.replying.clock.now())
                return caller if caller and agency in caller.agencies else None
        return None


def talks_with(talks: Talks, keys: Keyring, address: str) -> list[Talk]:
    """Return the reports that *address* was written to about, also before a change of key."""
    found: dict[str, Talk] = {}
    for mark in reversed(address_marks(keys, address)):
        found |= {talk.number: talk for talk in talks.of(mark)}
    return [found[number] for number in sorted(found)]


def _said(mail: InboundMail) -> Said:
    said = grammar.understood(mail.text)
    if said.verb == grammar.NOTHING and not mail.photos:
        # Some people write their one word in the subject and nothing below it.
        subject = grammar.understood(mail.subject)
        return subject if subject.verb != grammar.COMMENT else said
    return said
