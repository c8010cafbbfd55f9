"""T12 of the peers' failures: a receipt before the send record, doubled, out of order, unknown.

GOV.UK Notify retries a receipt for five minutes when its message is not stored yet, and ignores
late and doubled ones. Here the status follows from all that is known, whatever came first.
"""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.receipts import receipt_from, tags_of
from chalicelib.domain.deliveries import Delivery, as_of
from chalicelib.services.receipts import UNKNOWN_MESSAGE
from tests.fakes.engine import Engine

START = "2027-04-05T10:00:00+07:00"
#: Events in the form of SES's documentation; only the tags are filled in.
EVENTS = json.loads((Path(__file__).parent / "ses_events.json").read_text())


def event(name: str, delivery: Delivery) -> dict[str, Any]:
    body = json.loads(json.dumps(EVENTS[name]))
    body["mail"]["tags"] |= {key: [value] for key, value in tags_of(delivery).items()}
    return dict(body)


def take(engine: Engine, body: dict[str, Any]) -> str:
    receipt = receipt_from(body)
    assert receipt is not None
    return engine.take_receipt(receipt)


def sent_mail(engine: Engine) -> Delivery:
    number = engine.filed().report.number
    engine.pump()
    [mail] = [one for one in engine.store.deliveries(number) if one.to_reporter]
    return mail


def fresh(engine: Engine, mail: Delivery) -> Delivery:
    found = engine.store.delivery(mail.number, mail.id)
    assert found is not None
    return found


def test_a_receipt_that_comes_before_our_own_note_of_the_sending_counts() -> None:
    engine = Engine(START)
    number = engine.filed().report.number
    send = engine.mail.send

    def overtaken(delivery: Delivery, address: str, now: Any) -> tuple[str, int]:
        answer = send(delivery, address, now)
        assert take(engine, event("delivery", delivery)) == "delivered"
        return answer

    engine.mail.send = overtaken  # type: ignore[method-assign]
    engine.pump()
    [mail] = [one for one in engine.store.deliveries(number) if one.to_reporter]
    assert (mail.status, mail.provider_id, mail.attempts) == ("delivered", "id-1", 1)
    assert len(engine.mail.sent) == 2  # the reporter's and the operator's, none repeated


@pytest.mark.parametrize("order", permutations(["delay", "delivery", "hard_bounce"]))
def test_delay_delivery_and_bounce_in_any_order_and_doubled_end_in_failed(
    order: tuple[str, ...],
) -> None:
    engine = Engine(START)
    mail = sent_mail(engine)
    for name in (*order, *order):
        take(engine, event(name, mail))
    after = fresh(engine, mail)
    assert (after.status, after.error) == ("failed", "bounce Permanent/General")
    assert [code for code, _ in engine.alarms.raised].count("message_failed") == 1


def test_a_receipt_of_a_message_that_nobody_knows_changes_nothing() -> None:
    engine = Engine(START)
    mail = sent_mail(engine)
    before = dict(engine.store.messages)
    unknown = event("hard_bounce", Delivery(**{**_fields(mail), "id": "event#9#x#reporter#mail"}))
    assert take(engine, unknown) == UNKNOWN_MESSAGE
    untagged = json.loads(json.dumps(EVENTS["hard_bounce"]))
    assert take(engine, untagged) == UNKNOWN_MESSAGE
    assert engine.store.messages == before


def test_a_text_messages_receipt_finds_it_by_the_providers_id() -> None:
    engine = Engine(START)
    number = engine.filed("DRT-01", contact=_phone()).report.number
    engine.pump()
    text = next(one for one in engine.store.deliveries(number) if one.channel == "sms")
    line = {
        "notification": {"messageId": text.provider_id, "timestamp": "2027-04-05 03:00:09.001"},
        "delivery": {"providerResponse": "Message has been accepted by phone"},
        "status": "SUCCESS",
    }
    assert take(engine, line) == "delivered"
    early = {**line, "notification": {**line["notification"], "messageId": "not-noted-yet"}}
    assert take(engine, early) == UNKNOWN_MESSAGE


def test_a_soft_bounce_is_tried_again_with_backoff_and_its_receipts_belong_to_its_attempt() -> None:
    engine = Engine(START)
    mail = sent_mail(engine)
    engine.clock.at += timedelta(minutes=10)
    take(engine, event("soft_bounce", mail))
    planned = fresh(engine, mail)
    assert planned.status == "planned"
    engine.run_until("2027-04-05T10:30:00+07:00")
    again = fresh(engine, mail)
    assert (again.status, again.attempts) == ("sent", 2)
    take(engine, event("soft_bounce", mail))  # the first attempt's, once more
    assert fresh(engine, mail).status == "sent"
    take(engine, event("delivery", again))
    assert fresh(engine, mail).status == "delivered"


def test_sent_but_silent_for_seventy_two_hours_is_closed_as_unknown() -> None:
    engine = Engine(START)
    mail = sent_mail(engine)
    engine.run_until("2027-04-08T09:59:00+07:00")
    assert as_of(fresh(engine, mail), engine.clock.at).status == "sent"
    engine.run_until("2027-04-08T10:05:00+07:00")
    assert as_of(fresh(engine, mail), engine.clock.at).status == "unknown"
    assert take(engine, event("delivery", mail)) == "delivered"  # late, and still true


def test_opens_clicks_and_the_sending_itself_say_nothing_of_a_fate() -> None:
    for kind in ("Send", "Open", "Click", "Subscription", "Rendering Failure"):
        assert receipt_from({"eventType": kind, "mail": {"messageId": "x"}}) is None


def _fields(delivery: Delivery) -> dict[str, Any]:
    return {name: getattr(delivery, name) for name in Delivery.__dataclass_fields__}


def _phone() -> Any:
    from chalicelib.services.ports import Contact

    return Contact(phone="+6281200000001")
