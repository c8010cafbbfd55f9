"""Which channels a message takes, and what a cap holds back: never an emergency."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from chalicelib.domain.channels import ChannelPolicy
from chalicelib.domain.deliveries import Delivery
from chalicelib.services.spending import CapReached, Spending
from tests.fakes.engine import RecordingAlarms

DATA = Path(__file__).parents[3] / "chalicelib" / "data" / "channels.json"
SHIPPED = json.loads(DATA.read_text())
LATE = datetime.fromisoformat("2027-04-05T23:59:00+07:00")
NEXT_DAY = datetime.fromisoformat("2027-04-06T00:00:00+07:00")
NEXT_MONTH = datetime.fromisoformat("2027-05-01T00:00:00+07:00")


class Counted:
    def __init__(self) -> None:
        self.numbers: dict[tuple[str, str], int] = {}

    def count(self, channel: str, period: str, until: datetime) -> int:
        key = (channel, period)
        self.numbers[key] = self.numbers.get(key, 0) + 1
        return self.numbers[key]


@pytest.fixture
def spending():
    policy = ChannelPolicy.from_dict(SHIPPED | {"caps": {"sms": {"day": 2, "month": 3}}})
    return Spending(Counted(), lambda: policy, RecordingAlarms())


def one(urgent=False, channel="sms"):
    return Delivery("TL-7K3QX9MW", "x", "petugas.pupr", channel, "step_task", "id", LATE,
                    urgent=urgent)  # fmt: skip


@pytest.mark.parametrize(
    ("template", "tier", "emergency", "unanswered", "channels"),
    [
        ("step_task", "P3", False, False, ("mail",)),
        ("step_task", "P2", False, False, ("mail", "sms")),
        ("step_reminder", "P2", False, False, ("mail",)),
        ("step_reminder", "P3", False, True, ("mail",)),
        ("step_emergency", "P1", True, False, ("mail", "sms")),
        ("step_escalation", "P1", True, True, ("mail", "sms")),
        ("step_emergency", "P0", True, False, ("mail", "sms")),
        ("step_escalation", "P0", True, True, ("mail", "sms", "voice")),
    ],
)
def test_the_dearer_channels_are_for_where_time_is_short(
    template, tier, emergency, unanswered, channels
):
    policy = ChannelPolicy.from_dict(SHIPPED)
    found = policy.for_staff(template, tier, emergency=emergency, unanswered=unanswered)
    assert found == channels


def test_beyond_the_days_cap_nothing_but_what_is_urgent_goes_out_and_one_alarm_is_raised(spending):
    for _ in range(2):
        spending(one(), "+62", LATE)
    for _ in range(3):
        with pytest.raises(CapReached):
            spending(one(), "+62", LATE)
        spending(one(urgent=True), "+62", LATE)
    raised = [(code, facts["period"], facts["cap"]) for code, facts in spending.alarms.raised]
    assert raised == [("channel_cap_reached", "2027-04-05", 2),
                      ("channel_cap_reached", "2027-04", 3)]  # fmt: skip


def test_a_new_day_and_a_new_month_begin_at_midnight_of_the_city(spending):
    for _ in range(2):
        spending(one(), "+62", LATE)
    spending(one(), "+62", NEXT_DAY)
    with pytest.raises(CapReached):
        spending(one(), "+62", NEXT_DAY)  # the month's fourth
    spending(one(), "+62", NEXT_MONTH)


def test_a_channel_without_a_cap_is_not_counted(spending):
    spending(one(channel="mail"), "a@b.id", LATE)
    assert spending.counters.numbers == {}


def test_a_policy_without_any_channel_is_refused():
    broken = json.loads(DATA.read_text())
    broken["staff"]["otherwise"] = []
    with pytest.raises(ValueError, match="at least one"):
        ChannelPolicy.from_dict(broken)


def to_a_citizen(urgent=False):
    return Delivery("TL-7K3QX9MW", "x", "reporter", "sms", "reporter_received", "id", LATE,
                    urgent=urgent)  # fmt: skip


def test_one_citizens_telephone_rings_so_often_a_day_whoever_typed_its_number():
    caps = {"sms": {"day": 100, "month": 100, "person": 2}}
    policy = ChannelPolicy.from_dict(SHIPPED | {"caps": caps})
    counted = Counted()
    spend = Spending(counted, lambda: policy, RecordingAlarms(), lambda: b"k" * 32)
    for _ in range(2):
        spend(to_a_citizen(), "+6281200000001", LATE)
    with pytest.raises(CapReached):
        spend(to_a_citizen(), "+6281200000001", LATE)
    spend(to_a_citizen(), "+6281200000002", LATE)
    spend(to_a_citizen(urgent=True), "+6281200000001", LATE)
    spend(one(), "+6281200000001", LATE)
    spend(to_a_citizen(), "+6281200000001", NEXT_DAY)
    assert "81200000001" not in str(counted.numbers)
