"""Signed tokens: only ours, only for their purpose, only in their time, and one spelling each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.signing import (
    Keyring,
    TokenExpired,
    TokenRefused,
    body_signature,
    body_signature_fits,
    key_name,
    open_token,
    packed,
    sign,
)

NOW = datetime(2027, 4, 5, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=14)
OLD, NEW = b"o" * 32, b"n" * 32
RING = Keyring(NEW, (OLD,))


def test_what_was_signed_is_what_is_read() -> None:
    token = sign(RING, "act", packed("TL-7K3QX9MW", "acknowledge"), LATER)
    signed = open_token(RING, "act", token, NOW)
    assert signed.fields == ("TL-7K3QX9MW", "acknowledge")
    assert signed.expires_at == LATER


def test_a_token_for_one_purpose_opens_no_other() -> None:
    token = sign(RING, "act", b"x", LATER)
    with pytest.raises(TokenRefused):
        open_token(RING, "reply", token, NOW)


def test_purpose_and_payload_cannot_trade_letters() -> None:
    assert sign(RING, "a", b"bc", LATER)[-16:] != sign(RING, "ab", b"c", LATER)[-16:]


def test_it_ends_at_its_very_instant_and_says_what_it_was() -> None:
    token = sign(RING, "act", b"x", LATER)
    assert open_token(RING, "act", token, LATER - timedelta(seconds=1)).payload == b"x"
    with pytest.raises(TokenExpired) as expired:
        open_token(RING, "act", token, LATER)
    assert expired.value.signed.payload == b"x"


def test_links_under_the_former_key_still_open_and_under_a_dropped_one_do_not() -> None:
    token = sign(Keyring(OLD), "act", b"x", LATER)
    assert open_token(RING, "act", token, NOW).payload == b"x"
    with pytest.raises(TokenRefused):
        open_token(Keyring(NEW), "act", token, NOW)


def test_two_keys_that_share_their_name_both_open() -> None:
    other = next(
        key
        for key in (bytes([a, b]) * 16 for a in range(256) for b in range(256))
        if key_name(key) == key_name(NEW) and key != NEW
    )
    token = sign(Keyring(other), "act", b"x", LATER)
    assert open_token(Keyring(NEW, (other,)), "act", token, NOW).payload == b"x"


def test_the_use_is_known_by_what_is_signed_and_not_by_its_expiry_or_key() -> None:
    uses = {
        open_token(RING, "act", sign(ring, "act", b"x", end), NOW).use_id
        for ring in (RING, Keyring(OLD))
        for end in (LATER, LATER + timedelta(days=1))
    }
    assert len(uses) == 1
    other = open_token(RING, "act", sign(RING, "act", b"y", LATER), NOW).use_id
    assert other not in uses


def test_a_short_payload_makes_a_short_token() -> None:
    assert len(sign(RING, "act", b"0123456789", LATER)) == 36


@pytest.mark.parametrize("token", ["", "a", "abc$", "é" * 40, "A" * 40, "A" * 5000, "=" * 30])
def test_rubbish_is_refused(token: str) -> None:
    with pytest.raises(TokenRefused):
        open_token(RING, "act", token, NOW)


@given(payload=st.binary(max_size=60), place=st.integers(0, 10_000), to=st.integers(0, 63))
def test_no_other_spelling_and_no_changed_letter_is_accepted(
    payload: bytes, place: int, to: int
) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = sign(RING, "act", payload, LATER)
    assert open_token(RING, "act", token, NOW).payload == payload
    at = place % len(token)
    changed = token[:at] + alphabet[to] + token[at + 1 :]
    if changed != token:
        with pytest.raises(TokenRefused):
            open_token(RING, "act", changed, NOW)


def test_weak_keys_and_impossible_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="128 bits"):
        Keyring(b"short")
    with pytest.raises(ValueError, match="instant"):
        sign(RING, "act", b"", datetime(1969, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="separator"):
        packed("a\x1fb")


def test_a_fast_clocks_far_end_is_the_last_that_a_token_can_carry() -> None:
    """A demonstration at 3600 times real speed asks for links that last four centuries."""
    token = sign(RING, "act", b"x", datetime(2470, 1, 1, tzinfo=UTC))
    assert open_token(RING, "act", token, datetime(2106, 2, 7, tzinfo=UTC)).payload == b"x"


def test_a_webhook_is_bound_to_its_time_and_every_byte() -> None:
    signature = body_signature(NEW, "1800000000", b'{"a":1}')
    assert body_signature_fits(NEW, "1800000000", b'{"a":1}', signature)
    assert not body_signature_fits(NEW, "1800000001", b'{"a":1}', signature)
    assert not body_signature_fits(NEW, "1800000000", b'{"a": 1}', signature)
    assert not body_signature_fits(OLD, "1800000000", b'{"a":1}', signature)
    assert not body_signature_fits(NEW, "1800000000", b'{"a":1}', "é")
