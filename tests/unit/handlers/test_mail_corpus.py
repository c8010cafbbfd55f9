"""Real kinds of mail, each with what must come of it: tests/mails/*.eml and expected.json there.

``{N}`` in a mail stands for the report's number. The verdicts are those of the receiving server,
all PASS unless said otherwise.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib import bootstrap, config
from chalicelib.adapters.inbound_mail import read_mail
from chalicelib.domain.answering import address_marks
from chalicelib.domain.inbound import Verdicts
from chalicelib.services.ports import Talk
from tests.fakes.world import World
from tests.unit.handlers.pages.test_task import assigned, message

MAILS = Path(__file__).parents[2] / "mails"
EXPECTED: dict[str, Any] = json.loads((MAILS / "expected.json").read_text())
OURS = frozenset({"live-room.test"})
PASSED = {"virus": "PASS", "spam": "PASS", "spf": "PASS", "dkim": "PASS", "dmarc": "PASS"}
#: Outcome → the status that the report must have afterwards; every other one leaves it alone.
STATUS = {
    "acknowledge": "acknowledged",
    "decline": "received",
    "start": "in_progress",
    "arrive": "in_progress",
    "submit": "awaiting_validation",
}


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setenv("INBOUND_DOMAIN", "live-room.test")
    with World().running() as running:
        yield running


def received(world, raw, recipient, verdicts=None):
    mail = read_mail(raw, (recipient,), Verdicts(**PASSED | (verdicts or {})), OURS)
    return bootstrap.mail_replies()(mail)


def recipient_for(row, delivery):
    right = bootstrap.links().reply_to(delivery)
    return {
        "reply": right,
        "reply-upper": right.upper().replace("R-", "R-", 1),
        "forged": f"r-{'a' * 45}@live-room.test",
        "general": "balas@live-room.test",
    }[row.get("to", "reply")]


def test_every_mail_has_its_expectation_and_there_are_enough():
    assert {path.name for path in MAILS.glob("*.eml")} == set(EXPECTED)
    assert len(EXPECTED) >= 60


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_mail_does_what_it_must_and_nothing_else(world, name):
    row = EXPECTED[name]
    number = assigned(world)
    delivery = message(world, number, "petugas.pupr", "step_task")
    mark = address_marks(config.link_keys(), delivery.address)[0]
    now = world.engine.clock.now()
    world.engine.talks.note_sent(mark, Talk(number, delivery.id, now), now)
    raw = (MAILS / name).read_bytes().replace(b"{N}", number.encode())
    before = world.engine.loaded(number)
    outcome = received(world, raw, recipient_for(row, delivery), row.get("verdicts"))
    assert outcome.code == row["outcome"]
    after = world.engine.loaded(number)
    assert after.report.status == STATUS.get(outcome.code, "assigned")
    if outcome.code not in {*STATUS, "comment", "photo_missing"}:
        assert after.events == before.events
    # The same mail once more: nothing is done or said twice.
    told = world.engine.store.deliveries(number)
    received(world, raw, recipient_for(row, delivery), row.get("verdicts"))
    assert world.engine.loaded(number).events == after.events
    assert world.engine.store.deliveries(number) == told
