"""T11 of the peers' failures: two recipients, one fails; only that one is tried again.

FixMyStreet #3168: of two bodies one failed; the report was marked sent and never retried, and
where it was retried, the other body got it twice.
"""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.deliveries import Delivery
from chalicelib.services.ports import NeverAgain, TryAgain
from tests.fakes.engine import Engine

START = "2027-04-05T10:00:00+07:00"


def failing_for(engine: Engine, recipient: str, fault: Exception, times: int) -> None:
    """Let the mail provider fail *times* for one recipient only."""
    send, left = engine.mail.send, [fault] * times

    def some(delivery: Delivery, address: str, now: Any) -> tuple[str, int]:
        if delivery.recipient == recipient and left:
            raise left.pop()
        return send(delivery, address, now)

    engine.mail.send = some  # type: ignore[method-assign]


def two_recipients(fault: Exception, times: int) -> tuple[Engine, str]:
    """The filing tells the reporter and the operator; the operator's mail fails."""
    engine = Engine(START)
    failing_for(engine, "operator", fault, times)
    return engine, engine.filed().report.number


@pytest.mark.parametrize("times", [1, 3, 5])
def test_only_the_failed_recipient_is_tried_again_and_the_other_gets_exactly_one(
    times: int,
) -> None:
    engine, number = two_recipients(TryAgain("Throttling"), times)
    engine.run_until("2027-04-05T13:30:00+07:00")
    told = [row for row in engine.sent(number) if row[2] in ("reporter", "operator")]
    assert told == [
        ("mail", "reporter_received", "reporter"),
        ("mail", "step_verification", "operator"),
    ]
    states = {one.recipient: (one.status, one.attempts) for one in engine.store.deliveries(number)}
    assert states["operator"] == ("sent", times + 1)
    assert states["reporter"] == ("sent", 1)


def test_a_recipient_who_fails_for_good_gets_the_next_channel_and_nobody_else_a_second_one() -> (
    None
):
    engine, number = two_recipients(NeverAgain("MessageRejected"), 99)
    engine.run_until("2027-04-05T10:30:00+07:00")
    assert engine.sent(number) == [
        ("mail", "reporter_received", "reporter"),
        ("sms", "step_verification", "operator"),
    ]


def test_who_gives_up_after_the_last_attempt_gets_the_next_channel_too() -> None:
    engine, number = two_recipients(TryAgain("Throttling"), 99)
    engine.run_until("2027-04-05T13:30:00+07:00")
    rows = [row for row in engine.sent(number) if row[2] == "operator"]
    assert ("sms", "step_verification", "operator") in rows
    assert [row for row in engine.sent(number) if row[2] == "reporter"] == [
        ("mail", "reporter_received", "reporter")
    ]
