"""Trees, their proofs, days, and signatures: held against definitions and another library."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain import books
from chalicelib.domain.books import BEGINNING, Day, Mark, NotInOrder, Sealed, Shard, chained
from chalicelib.domain.ecdsa import NotAKey, PublicKey
from chalicelib.domain.ledger import climbed, leaf_hash, path, tree
from tests.fakes.books import LocalSigner

EMPTY = Shard(0, tree([]).hex())


@given(st.integers(1, 70), st.data())
def test_every_path_leads_to_the_standards_root_and_to_no_other(size: int, data: st.DataObject):
    leaves = [bytes([number]) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    beside = path([leaf_hash(leaf) for leaf in leaves], index)
    start = leaf_hash(leaves[index])
    assert climbed(start, index, size, beside) == tree(leaves)
    assert climbed(leaf_hash(b"another"), index, size, beside) != tree(leaves)
    assert climbed(start, index, size, [*beside, start]) is None
    assert climbed(start, size, size, beside) is None
    if beside:
        assert climbed(start, index, size, beside[1:]) is None


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2027-05-14T16:59:59+00:00", "2027-05-14"),
        ("2027-05-14T17:00:00+00:00", "2027-05-15"),
        ("2027-12-31T23:30:00+07:00", "2027-12-31"),
    ],
)
def test_a_day_is_a_day_in_tangerang(moment: str, day: str):
    assert books.day_of(datetime.fromisoformat(moment)) == day


def test_a_day_ends_where_the_next_begins():
    end = books.end_of("2027-12-31")
    assert end == datetime(2027, 12, 31, 17, tzinfo=UTC)
    assert books.day_of(end) == books.following("2027-12-31") == "2028-01-01"
    assert books.day_of(end - timedelta(seconds=1)) == books.before("2028-01-01")


def a_day(day: str, previous: str = BEGINNING, marks: int = 3) -> Sealed:
    shards = [EMPTY] * 16
    shards[5] = Shard(marks, "ab" * 32)
    return Sealed(Day("live-room-test", day, previous, tuple(shards)), "key", "", day)


def test_a_day_is_read_as_it_was_written_and_its_root_is_the_hash_of_what_is_signed():
    sealed = a_day("2027-05-14")
    assert Sealed.from_dict(sealed.to_dict()) == sealed
    assert sealed.day.statement.decode() == (
        '{"book":"live-room-test","day":"2027-05-14","previous":"' + "0" * 64 + '",'
        f'"reports":3,"tree":"{sealed.day.tree}"}}'
    )


@pytest.mark.parametrize("name", ["reports", "tree", "root", "statement"])
def test_a_day_that_says_something_else_than_its_shards_is_refused(name: str):
    body = a_day("2027-05-14").to_dict()
    with pytest.raises(NotInOrder, match=name):
        Sealed.from_dict(body | {name: 4 if name == "reports" else "0" * 64})


@pytest.mark.parametrize("missing", ["book", "shards", "root", "key"])
def test_a_day_without_a_part_is_refused(missing: str):
    body = a_day("2027-05-14").to_dict()
    del body[missing]
    with pytest.raises(NotInOrder):
        Sealed.from_dict(body)


def test_days_hold_together_by_their_roots():
    first = a_day("2027-05-14")
    second = a_day("2027-05-15", first.day.root)
    assert list(chained([first, second])) == [first, second]
    for wrong in (a_day("2027-05-16", first.day.root), a_day("2027-05-15", "1" * 64)):
        with pytest.raises(NotInOrder):
            list(chained([first, wrong]))


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30, unique=True), st.data())
def test_a_proof_leads_to_its_day_and_not_with_another_mark(ids: list[int], data: st.DataObject):
    marks = [Mark(f"TL-{number:08d}", 2, f"{number + 1:064x}") for number in sorted(ids)]
    chosen = data.draw(st.sampled_from(marks))
    shards = [EMPTY] * 16
    place = int(books.shard_of(chosen.number), 16)
    shards[place] = Shard(len(marks), tree(mark.leaf for mark in marks).hex())
    day = Day("live-room-test", "2027-05-14", BEGINNING, tuple(shards))
    proof = books.prove(marks, chosen.number)
    assert proof is not None and proof.leads_to(day)
    assert books.Proof.from_dict(proof.to_dict()) == proof
    for changed in (
        {"hash": "0" * 64},
        {"events": 3},
        {"index": proof.index + len(marks)},
        {"index": -1},
        {"path": [*proof.path, "0" * 64]},
        {"path": ["no hexadecimal"]},
    ):
        assert not books.Proof.from_dict(proof.to_dict() | changed).leads_to(day)
    assert books.prove(marks, "TL-7K3QX9MW") is None


# ---------------------------------------------------------------- signatures


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_what_another_library_signs_is_signed_and_nothing_else(message: bytes):
    signer = LocalSigner()
    signature = base64.b64encode(signer.sign(message)).decode()
    key = PublicKey.from_pem(signer.key().pem)
    assert key == signer.key()
    assert key.signed(message, signature)
    assert not key.signed(message + b"!", signature)
    assert not LocalSigner().key().signed(message, signature)


def _der(r: int, s: int) -> str:
    parts = b""
    for number in (r, s):
        raw = number.to_bytes(number.bit_length() // 8 + 1, "big")
        parts += bytes([2, len(raw)]) + raw
    return base64.b64encode(bytes([0x30, len(parts)]) + parts).decode()


N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def test_numbers_out_of_range_and_other_forms_of_a_signature_are_refused():
    """What Wycheproof tries: zeros, the order, padding, lengths, garbage at the end."""
    signer = LocalSigner()
    good = signer.sign(b"x")
    key = signer.key()
    bad = [_der(0, 1), _der(1, 0), _der(N, 1), _der(1, N), _der(0, 0), _der(N, N)]
    bad += [
        base64.b64encode(raw).decode()
        for raw in (
            good + b"\0",
            good[:-1],
            b"",
            b"\x30\x00",
            bytes([good[0], good[1] + 1]) + good[2:] + b"\0",
            bytes([0x31]) + good[1:],
            # the same first number with a needless zero in front
            bytes([0x30, good[1] + 1, 2, good[3] + 1, 0]) + good[4:],
        )
    ]
    bad += ["not base64", "é"]
    assert key.signed(b"x", base64.b64encode(good).decode())
    assert [one for one in bad if key.signed(b"x", one)] == []


@pytest.mark.parametrize("change", [b"\0" * 64, b"\xff" * 64, b"", b"\1" * 65])
def test_a_point_that_is_not_on_the_curve_is_no_key(change: bytes):
    der = LocalSigner().key().der[:-64] + change
    with pytest.raises(NotAKey):
        PublicKey(der)
    with pytest.raises(NotAKey):
        PublicKey.from_pem("-----BEGIN PUBLIC KEY-----\nno base64!\n")
