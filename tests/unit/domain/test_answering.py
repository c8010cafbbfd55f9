"""What a link in a message stands for: short, exact, and bound to one office's task."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.answering import OFFERS, NoReference, Reference, mark_of
from chalicelib.domain.numbers import number_from


@given(seed=st.binary(min_size=16, max_size=16), mark=st.binary(min_size=4, max_size=4),
       offer=st.sampled_from(sorted(OFFERS)))  # fmt: skip
def test_a_reference_survives_being_packed_in_ten_bytes(seed, mark, offer):
    reference = Reference(number_from(seed), mark, offer)
    assert len(reference.packed()) == 10
    assert Reference.unpacked(reference.packed()) == reference


@given(raw=st.binary(max_size=12))
def test_any_other_bytes_are_a_reference_or_refused(raw):
    with contextlib.suppress(NoReference):
        assert Reference.unpacked(raw).packed() == raw


def test_mail_and_text_of_one_step_to_one_office_are_the_same_task():
    assert mark_of("step#1#L0#0#petugas.pupr#mail") == mark_of("step#1#L0#0#petugas.pupr#sms")
    assert mark_of("step#1#L0#0#petugas.pupr#mail") != mark_of("step#1#L1#0#petugas.pupr#mail")


def test_no_two_offers_share_a_code():
    assert len({offer.code for offer in OFFERS.values()}) == len(OFFERS)


@pytest.mark.parametrize("raw", [b"", b"1234567890", b"\xff" * 9 + b"a"])
def test_rubbish_names_nothing(raw):
    with pytest.raises(NoReference):
        Reference.unpacked(raw)
