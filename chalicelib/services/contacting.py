"""The reporter's own say over their contact: correct it, or take it back.

The function behind this may write a contact and never read one, so a correction brings the whole
contact. Taking it back overwrites it with nothing: the tombstone says that there was one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.events import REPORTER, Draft
from chalicelib.services.ports import Contact, Stored
from chalicelib.services.recording import Recorder


@dataclass(frozen=True)
class ReplaceContact:
    """The use case behind correcting and withdrawing a contact."""

    recorder: Recorder

    def __call__(self, number: str, contact: Contact) -> Stored:
        """Put *contact* in the place of what is kept; an empty one withdraws it.

        Raises NotFound, TryAgain.
        """
        fields = [name for name in ("name", "email", "phone") if getattr(contact, name)]
        channels = channels_of(contact)

        def decide(stored: Stored, now: datetime) -> tuple[Draft, ...]:
            data = {"channels": list(channels), "fields": fields}
            return (Draft("contact_replaced", now, REPORTER, data),)

        return self.recorder.record(number, decide, identity=contact)


def channels_of(contact: Contact) -> tuple[str, ...]:
    """Return over which channels *contact* can be reached, in the order of preference."""
    pairs = (("mail", contact.email), ("sms", contact.phone))
    return tuple(name for name, value in pairs if value)
