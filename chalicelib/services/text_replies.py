"""A text message or chat message that came in: which report it is about, and what it does.

The number it came from can be forged, unless the provider vouches for it. So from an ordinary
text message only an acknowledgement, a question for the status and a "not yet" are taken; all
else is answered with the link.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain import grammar
from chalicelib.domain.inbound import InboundText
from chalicelib.domain.signing import Keyring
from chalicelib.services.mail_replies import UNKNOWN, talks_with
from chalicelib.services.ports import Talks
from chalicelib.services.replying import Heard, Outcome, Replying

#: What a person sees happen anyway: an answer would only cost.
_SILENT = frozenset({"acknowledge", "confirm", "dispute", "comment", "repeated"})
_LONGEST = 1000


@dataclass(frozen=True)
class TextReplies:
    """The use case behind every text message that comes in."""

    replying: Replying
    talks: Talks
    keys: Callable[[], Keyring]

    def __call__(self, message: InboundText) -> Outcome:
        """Take in one message; the same one again (by the provider's id) does nothing more."""
        said = grammar.understood(message.text[:_LONGEST])
        key = f"text|{message.channel}|{message.id}"
        use_id = f"text-{hashlib.sha256(key.encode()).hexdigest()[:24]}"
        talks = talks_with(self.talks, self.keys(), message.sender)
        found = self.replying.among(talks, said, use_id, message.sender)
        if not found:
            # Nobody we wrote to: an answer would let anybody spend the city's money.
            return Outcome(UNKNOWN)
        opened = found[0]
        if len(found) > 1:
            number = opened.stored.report.number
            outcome = Outcome("which", number, self.replying.which(found))
        else:
            outcome = self.replying(opened, Heard(said, message.authenticated, message.text))
        if outcome.code not in _SILENT:
            self.replying.answer(opened, outcome, key, "sms", message.sender)
        return outcome
