"""T19 of the peers' failures: a name that was taken back is in no past or waiting notice.

FixMyStreet #2058: reports made anonymous afterwards had been mailed with the name already. Here
the name never enters a message, a delivery record or the report, so there is nothing to take back
but the contact itself: messages still waiting then have nobody to go to.
"""

from __future__ import annotations

import msgspec
import pytest

from chalicelib.adapters.channels import MailChannel, SmsChannel, citizen_texts
from chalicelib.services.ports import Contact
from tests.fakes.engine import Engine
from tests.unit.services.test_peers_t16_hostile_texts import Mails, Texts

START = "2027-04-05T10:00:00+07:00"
NAME, MAIL, PHONE = "Sulastri Wijayanti", "sulastri@example.org", "+6281298765432"


@pytest.fixture(autouse=True)
def address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_FROM", "lapor@tangerang.example")


def told(category: str) -> tuple[Engine, str, Mails, Texts]:
    engine = Engine(START)
    mails, texts = Mails(), Texts()
    engine.sender.channels["mail"] = MailChannel(mails, citizen_texts(engine.store))
    engine.sender.channels["sms"] = SmsChannel(texts)  # type: ignore[arg-type]
    contact = Contact(name=NAME, email=MAIL, phone=PHONE)
    number = engine.filed(category, contact=contact).report.number
    engine.run_until("2027-04-09T16:00:00+07:00")
    return engine, number, mails, texts


@pytest.mark.parametrize("category", ["INF-01", "DRT-01", "SOS-01", "WAS-01"])
def test_no_message_to_anybody_and_no_record_of_one_holds_the_reporters_name(category: str) -> None:
    engine, number, mails, texts = told(category)
    assert mails.taken and engine.store.deliveries(number)
    words = [*NAME.split(), NAME]
    for raw in mails.taken:
        assert not any(word in raw.decode() for word in words)
    for text in texts.taken:
        assert not any(word in text for word in words)
    kept = msgspec.json.encode(engine.store.deliveries(number)).decode()
    assert not any(word in kept for word in [*words, MAIL, PHONE])


def test_only_the_reporters_own_messages_go_to_the_reporters_address() -> None:
    engine, number, mails, _ = told("INF-01")
    own = [raw for raw in mails.taken if MAIL.encode() in raw]
    assert len(own) == sum(
        one.channel == "mail" and one.to_reporter and one.status != "suppressed"
        for one in engine.store.deliveries(number)
    )


def test_a_contact_taken_back_stops_what_is_waiting_and_nothing_else_fails() -> None:
    engine = Engine(START)
    number = engine.filed(contact=Contact(name=NAME, email=MAIL)).report.number
    engine.store.identities.pop(number)
    engine.run_until("2027-04-05T11:00:00+07:00")
    states = {one.recipient: one.status for one in engine.store.deliveries(number)}
    assert states == {"reporter": "failed", "operator": "sent"}


@pytest.mark.parametrize("category", ["SOS-01", "WAS-01"])
def test_of_a_confidential_report_messages_say_only_that_it_changed(category: str) -> None:
    engine, number, mails, _ = told(category)
    place = ("Sukarasa", "Sukasari", "Lubang besar")
    outside = [one for one in engine.store.deliveries(number) if one.template == "secret_update"]
    assert outside
    for one in outside:
        assert not any(word in msgspec.json.encode(one.title).decode() for word in place)
    for raw in mails.taken:
        if b"diperbarui" in raw and f"Laporan {number} diperbarui" in raw.decode():
            assert not any(word in raw.decode() for word in place)
