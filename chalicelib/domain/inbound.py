"""An answer as it came in, whatever brought it: already decoded, nothing believed yet."""

from __future__ import annotations

from dataclasses import dataclass, field

#: What kind of mail it is. Only a reply may act.
REPLY = "reply"
AUTOMATIC = "automatic"
BOUNCE = "bounce"
LOOP = "loop"
UNREADABLE = "unreadable"

PASS = "PASS"  # noqa: S105 - a verdict's name
FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the receiving provider found (SES): PASS, FAIL, GRAY or PROCESSING_FAILED.

    spf and dkim alone prove some domain; only dmarc ties it to the address people see.
    """

    virus: str = "GRAY"
    spam: str = "GRAY"
    spf: str = "GRAY"
    dkim: str = "GRAY"
    dmarc: str = "GRAY"

    @property
    def proven(self) -> bool:
        """Whether the address in From is proven to have sent it."""
        return self.dmarc == PASS and self.virus == PASS

    @property
    def harmful(self) -> bool:
        """Whether nothing in it may be used. What could not be scanned counts as harmful."""
        return self.virus != PASS or self.spam == FAIL or self.dmarc == FAIL


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture that came with it."""

    type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class InboundMail:
    """One mail. text: what its writer wrote now, without quotes and signature."""

    kind: str
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str = ""
    text: str = ""
    photos: tuple[Attachment, ...] = ()
    verdicts: Verdicts = Verdicts()


def phone_of(text: str) -> str:
    """Return a telephone number in E.164, as providers write it: 0812…, 62812…, +62 812-….

    What cannot be one is returned as it is: it then belongs to nobody.
    """
    digits = "".join(character for character in text if character.isdigit())
    if text.strip().startswith("+") or digits.startswith("62"):
        return f"+{digits}"
    return f"+62{digits[1:]}" if digits.startswith("0") else text


@dataclass(frozen=True, slots=True)
class InboundText:
    """One text message. authenticated: the provider vouches for the sender's number."""

    id: str
    sender: str
    text: str
    channel: str = "sms"
    authenticated: bool = False
