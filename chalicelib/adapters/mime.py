"""A rendered mail as MIME bytes: plain text and HTML, safe headers, threaded by report.

SES takes the bytes as they are (``Content.Raw``); the provider adds Date, since the system's
clock may run at another speed (see ``CLOCK_SPEED``) and a Date in the future looks like spam.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from chalicelib.domain.text import plain_line
from chalicelib.services.messages import Rendered

#: The name that citizens and officers see beside the sender's address.
SENDER_NAME: Final = "LIVE Room Kota Tangerang"

#: RFC 5321 §4.5.3.1.3, less the angle brackets.
_LONGEST_ADDRESS: Final = 254

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_LOCAL: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_DOMAIN: Final = (
    r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_MAILBOX: Final = re.compile(f"(?P<local>{_LOCAL})@(?P<domain>{_DOMAIN})")
_MESSAGE_ID: Final = re.compile(f"<?(?P<id>{_LOCAL}@(?P<domain>{_DOMAIN}))>?")
#: Headers that this module sets itself.
_OWN: Final = frozenset(
    {
        "from", "to", "cc", "bcc", "subject", "reply-to", "message-id", "references", "in-reply-to",
        "date", "mime-version", "content-type", "content-transfer-encoding", "auto-submitted",
        "x-system-time", "sender", "return-path", "list-unsubscribe", "list-unsubscribe-post",
    }
)  # fmt: skip


class HeaderRefused(ValueError):
    """An address, a message id or a header that may not go into a mail; sending again is vain."""


def build_mime(
    rendered: Rendered,
    *,
    sender: str,
    to: str,
    reply_to: str | None = None,
    message_id: str,
    headers: Mapping[str, str] | None = None,
    system_time: datetime | None = None,
    thread: str | None = None,
    unsubscribe: str | None = None,
) -> bytes:
    """The mail as bytes, ready for a provider that takes raw messages.

    *sender*, *to*, *reply_to*: bare ASCII addresses. *message_id*: ``name@domain``, with or
    without brackets. *system_time*: the instant on the system's own clock, as X-System-Time.
    *thread*: a report number; all mails about it hang below one made-up root message.
    *unsubscribe*: an https address for one-click unsubscription (RFC 8058), for mails that are
    not about a duty or one's own report. *headers*: further ones; none that is set here. Raises
    HeaderRefused for what is not of the form; line breaks in values become spaces.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = _mailbox(sender, SENDER_NAME)
    message["To"] = _mailbox(to)
    if reply_to:
        message["Reply-To"] = _mailbox(reply_to)
    message["Subject"] = plain_line(rendered.subject)
    own_id = _identified(message_id)
    message["Message-ID"] = f"<{own_id['id']}>"
    if thread:
        root = f"<{_token(thread)}@{own_id['domain']}>"
        message["In-Reply-To"] = root
        message["References"] = root
    # RFC 3834: tells answering machines to be silent.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if system_time:
        message["X-System-Time"] = _instant(system_time)
    if unsubscribe:
        message["List-Unsubscribe"] = f"<{_https(unsubscribe)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    for name, value in (headers or {}).items():
        message[_header_name(name)] = plain_line(value)
    message.set_content(_encodable(rendered.text), charset="utf-8", cte="quoted-printable")
    message.add_alternative(
        _encodable(rendered.html), subtype="html", charset="utf-8", cte="quoted-printable"
    )
    message["Content-Language"] = rendered.language  # last: the parts' setters clear Content-*
    return message.as_bytes()


def _mailbox(address: str, name: str = "") -> Address:
    match = _MAILBOX.fullmatch(address) if len(address) <= _LONGEST_ADDRESS else None
    if not match:
        raise HeaderRefused(f"not a mail address: {address!r}")
    return Address(name, match["local"], match["domain"])


def _identified(message_id: str) -> re.Match[str]:
    match = _MESSAGE_ID.fullmatch(message_id)
    if not match:
        raise HeaderRefused(f"not a message id: {message_id!r}")
    return match


def _token(thread: str) -> str:
    token = re.sub(r"[^A-Za-z0-9-]", "-", thread)
    if not token.strip("-"):
        raise HeaderRefused(f"not a report number: {thread!r}")
    return token


def _instant(at: datetime) -> str:
    if at.tzinfo is None:
        raise HeaderRefused("the system time needs a zone")
    return at.isoformat(timespec="seconds")


def _https(url: str) -> str:
    if not re.fullmatch(r"https://[!-;=?-~]+", url):
        raise HeaderRefused(f"not an https address: {url!r}")
    return url


def _header_name(name: str) -> str:
    if not _NAME.fullmatch(name) or name.lower() in _OWN:
        raise HeaderRefused(f"not a further header: {name!r}")
    return name


def _encodable(text: str) -> str:
    """Text without lone surrogates, which no encoding can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")
