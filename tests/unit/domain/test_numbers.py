"""Report numbers in the bytes of a link."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.numbers import number_from, packed, unpacked

NUMBERS = st.binary(min_size=16, max_size=16).map(number_from)


@given(st.lists(NUMBERS, max_size=25))
def test_packed_numbers_come_back_in_their_order(numbers):
    assert unpacked(packed(numbers)) == tuple(numbers)
    assert len(packed(numbers)) == 5 * len(numbers)


@pytest.mark.parametrize("raw", [b"abc", b"abcdef", b"\xff" * 5])
def test_what_was_not_packed_is_refused(raw):
    with pytest.raises(ValueError):
        unpacked(raw)
