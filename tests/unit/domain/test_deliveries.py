"""What becomes of a message follows from what is known, not from the order of learning it."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.deliveries import (
    ACCEPTED,
    ANSWERED,
    ARRIVED,
    BACKOFF,
    COMPLAINED,
    DELAYED,
    HARD,
    KINDS,
    LEASE,
    SENDING,
    SILENCE,
    SILENT,
    SOFT,
    STATUSES,
    Delivery,
    Fact,
    as_of,
    learned,
)

NOON = datetime(2027, 4, 5, 5, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def claimed(attempts: int = 1) -> Delivery:
    return Delivery(
        number="TL-7K3QX9MW",
        id="event#1#reporter_received#reporter#mail",
        recipient="reporter",
        channel="mail",
        template="reporter_received",
        language="id",
        created_at=NOON,
        status=SENDING,
        attempts=attempts,
        due_at=NOON + LEASE,
        lease=NOON + LEASE,
    )


def fact(kind: str, attempt: int = 1, minutes: int = 0, detail: str = "") -> Fact:
    return Fact(kind, attempt, NOON + minutes * MINUTE, detail)


CASES = [
    # what is known, how many attempts were made → status, when somebody must look again
    ([], 1, "sending", LEASE),
    ([fact(ACCEPTED)], 1, "sent", None),
    ([fact(ACCEPTED), fact(DELAYED, 1, 5)], 1, "sent", None),
    ([fact(ACCEPTED), fact(ARRIVED, 1, 1)], 1, "delivered", None),
    ([fact(ACCEPTED), fact(DELAYED, 1, 5), fact(ARRIVED, 1, 9)], 1, "delivered", None),
    ([fact(ACCEPTED), fact(ARRIVED, 1, 1), fact(HARD, 1, 3)], 1, "failed", 3 * MINUTE),
    ([fact(ACCEPTED), fact(HARD, 1, 3), fact(ANSWERED, 0, 4)], 1, "failed", None),
    ([fact(ACCEPTED), fact(COMPLAINED, 1, 3)], 1, "delivered", None),
    ([fact(SOFT, 1, 2)], 1, "planned", 2 * MINUTE + BACKOFF[1]),
    ([fact(ACCEPTED), fact(SOFT, 1, 600)], 1, "planned", 600 * MINUTE + BACKOFF[1]),
    ([fact(ACCEPTED), fact(SOFT, 1, 2)], 2, "sending", LEASE),
    ([fact(SOFT, 1, 2), fact(ACCEPTED, 2, 4)], 2, "sent", None),
    ([fact(SOFT, 1, 2), fact(SOFT, 2, 4)], 2, "planned", 4 * MINUTE + BACKOFF[2]),
    ([fact(SOFT, n, n) for n in range(1, 7)], 6, "failed", MINUTE),
    ([fact(ACCEPTED), fact(SILENT, 1, 4320)], 1, "unknown", None),
    ([fact(ACCEPTED), fact(SILENT, 1, 4320), fact(ARRIVED, 1, 5000)], 1, "delivered", None),
]  # fmt: skip


@pytest.mark.parametrize("facts, attempts, status, due", CASES)
def test_status_and_next_look_follow_from_what_is_known(facts, attempts, status, due):
    after = learned(claimed(attempts), *facts)
    assert (after.status, after.due_at) == (status, due if due is None else NOON + due)


@pytest.mark.parametrize("facts, attempts, status, due", [row for row in CASES if len(row[0]) < 5])
def test_receipts_out_of_order_or_doubled_end_in_the_same_state(facts, attempts, status, due):
    expected = learned(claimed(attempts), *facts)
    for order in permutations([*facts, *facts[:1]]):
        delivery = claimed(attempts)
        for one in order:
            delivery = learned(delivery, one)
        assert delivery == expected


SENT_AND_SILENT = [
    # what is known → what it is 72 hours after it was sent, and a second later
    ([fact(ACCEPTED)], ("sent", "unknown")),
    ([fact(ACCEPTED), fact(DELAYED, 1, 5)], ("sent", "unknown")),
    ([fact(ACCEPTED, 1, -60), fact(SOFT, 1, -30), fact(ACCEPTED, 2)], ("sent", "unknown")),
    ([fact(ACCEPTED), fact(ARRIVED, 1, 9)], ("delivered", "delivered")),
    ([fact(ACCEPTED), fact(HARD, 1, 9)], ("failed", "failed")),
]


@pytest.mark.parametrize("facts, expected", SENT_AND_SILENT)
def test_what_was_sent_and_never_heard_of_is_unknown_after_three_days(facts, expected):
    after = learned(claimed(2), *facts)
    end = NOON + SILENCE
    late = end + timedelta(seconds=1)
    assert tuple(as_of(after, at).status for at in (end, late)) == expected
    assert as_of(after, late, pace=3600.0) == after  # a provider's silence is real time


FACTS = st.lists(
    st.builds(
        Fact,
        st.sampled_from(KINDS),
        st.integers(1, 4),
        st.integers(0, 9000).map(lambda minutes: NOON + minutes * MINUTE),
        st.sampled_from(["", "bounce Permanent/General", "Throttling"]),
    ),
    max_size=8,
)


@given(facts=FACTS, more=FACTS, data=st.data())
@settings(max_examples=300, deadline=None)
def test_any_permutation_with_any_repetition_ends_in_the_same_state(facts, more, data):
    expected = learned(claimed(4), *facts)
    delivery = claimed(4)
    for one in data.draw(st.permutations([*facts, *facts])):
        delivery = learned(delivery, one)
    assert delivery == expected
    assert delivery.status in STATUSES
    # and nothing that has arrived or failed for good is ever sent again
    if expected.status in ("delivered", "failed", "suppressed", "bundled"):
        assert learned(expected, *more).status not in ("planned", "sending", "sent")


@given(facts=FACTS)
@settings(max_examples=200, deadline=None)
def test_whatever_is_not_finished_has_a_time_at_which_somebody_looks(facts):
    after = learned(claimed(4), *facts)
    waits = after.status in ("planned", "sending") or after.needs_answer
    assert (after.due_at is not None) == waits
