"""A proof of work is bound to its challenge and its key, and to its time."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import proof
from chalicelib.domain.proof import ProofRefused
from chalicelib.domain.signing import Keyring, packed, sign

NOW = datetime(2027, 4, 5, 3, 0, tzinfo=UTC)
RING = Keyring(b"r" * 32)
KEY = "Zk3v1pQm8Xs0Rt5Yw9LbNg"
GIVEN = proof.challenge(RING, 8, NOW, 600)
ANSWER = proof.solve(GIVEN, KEY, 8)


@given(st.binary(min_size=4, max_size=32))
def test_zero_bits_are_those_that_the_digest_begins_with(digest: bytes) -> None:
    written = "".join(f"{byte:08b}" for byte in digest)
    assert proof.zero_bits(digest) == len(written) - len(written.lstrip("0"))


def test_what_was_solved_counts_until_the_challenge_is_over() -> None:
    proof.check(RING, GIVEN, KEY, ANSWER, NOW + timedelta(seconds=599))
    with pytest.raises(ProofRefused):
        proof.check(RING, GIVEN, KEY, ANSWER, NOW + timedelta(seconds=600))


def test_the_answer_is_what_the_description_says() -> None:
    digest = hashlib.sha256(f"{GIVEN}.{KEY}.{ANSWER}".encode()).digest()
    assert digest[0] == 0


@pytest.mark.parametrize(
    ("given_", "key", "answer"),
    [
        (GIVEN, "another-key-of-22-letters", ANSWER),
        (GIVEN, "", ANSWER),
        (GIVEN, KEY, ""),
        (GIVEN, KEY, "0" * 41),
        (GIVEN, KEY, f"0{ANSWER}x"),
        (proof.challenge(Keyring(b"s" * 32), 8, NOW, 600), KEY, ANSWER),
        (sign(RING, "another purpose", packed("0"), NOW + timedelta(hours=1)), KEY, ANSWER),
        ("", KEY, ANSWER),
        ("x" * 5000, KEY, ANSWER),
        ("ékstra", KEY, ANSWER),
    ],
)
def test_nothing_else_proves_anything(given_: str, key: str, answer: str) -> None:
    with pytest.raises(ProofRefused):
        proof.check(RING, given_, key, answer, NOW)


def test_a_challenge_made_easier_by_its_holder_is_none_of_ours() -> None:
    easy = sign(Keyring(b"m" * 32), proof.SOLVE, packed("0"), NOW + timedelta(hours=1))
    with pytest.raises(ProofRefused):
        proof.check(RING, easy, KEY, "1", NOW)


def test_a_ticket_opens_after_the_wait_for_its_form_and_not_for_ever() -> None:
    ticket = proof.ticket(RING, KEY, NOW, 60)
    assert proof.opens_in(RING, ticket, KEY, NOW) == 60
    assert proof.opens_in(RING, ticket, KEY, NOW + timedelta(seconds=59, milliseconds=1)) == 1
    assert proof.opens_in(RING, ticket, KEY, NOW + timedelta(seconds=60)) == 0
    with pytest.raises(ProofRefused):
        proof.opens_in(RING, ticket, KEY, NOW + timedelta(seconds=60) + proof.TICKET_LIFE)
    with pytest.raises(ProofRefused):
        proof.opens_in(RING, ticket, "another-key-of-22-letters", NOW + timedelta(seconds=60))
    with pytest.raises(ProofRefused):
        proof.opens_in(RING, GIVEN, KEY, NOW)
