"""Packed messages say what was planned, in less than half the bytes, for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.packing import packed, unpacked
from chalicelib.domain.deliveries import DROPPED, Delivery, Fact, learned
from tests.fakes.engine import Engine

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def planned():
    """Every message of a report on which nobody acts for weeks."""
    engine = Engine("2027-04-05T10:00:00+07:00")
    number = engine.filed().report.number
    engine.pump()
    engine.act(number, "verify", by="operator")
    engine.run_until("2027-05-01T00:00:00+07:00")
    as_planned = {
        "status": "planned",
        "attempts": 0,
        "due_at": None,
        "revision": 0,
        "facts": {},
        "created_at": datetime(2027, 4, 5, 3, tzinfo=UTC),
        "sent_at": None,
        "lease": None,
    }
    return [replace(one, **as_planned) for one in engine.store.deliveries(number)]


def test_what_was_packed_is_unpacked(planned):
    assert len(planned) > 30
    for one in planned:
        assert unpacked(packed(one), one.number, one.id) == one


def test_a_message_takes_less_than_half_of_what_it_says(planned):
    for one in planned:
        assert len(packed(one)) * 2 < len(msgspec.json.encode(one))


@given(context=st.dictionaries(st.text(max_size=9), json_values, max_size=5), title=st.text())
def test_whatever_a_message_speaks_of_comes_back(planned, context, title):
    one = replace(planned[0], context=context, title=title)
    assert unpacked(packed(one), one.number, one.id) == one


def test_why_a_message_was_not_sent_is_kept(planned):
    said = Fact(DROPPED, 0, planned[0].created_at, "said by another")
    one = replace(learned(planned[0], said), status="planned")
    kept = unpacked(packed(one), one.number, one.id)
    assert (kept.facts, kept.error) == (one.facts, one.error)


def test_what_was_packed_by_the_first_version_is_read_for_ever():
    data = bytes.fromhex("31a32c346129989450354624552c7ec4e3f0da5a00")
    found = unpacked(data, "TL-7K3QX9MW", "event#1#reporter_received#reporter#mail")
    assert found == Delivery(
        number="TL-7K3QX9MW",
        id="event#1#reporter_received#reporter#mail",
        recipient="reporter",
        channel="mail",
        template="reporter_received",
        language="id",
        created_at=datetime(2027, 4, 5, 3, tzinfo=UTC),
        context={"category_code": "INF-01", "tier": "P2"},
    )


def test_what_a_later_version_packed_is_refused_rather_than_guessed():
    with pytest.raises(ValueError, match="later version"):
        unpacked(b"2xyz", "TL-7K3QX9MW", "event#1#x#reporter#mail")
