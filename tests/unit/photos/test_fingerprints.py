"""Fingerprints and bands: near pictures are found in bounded reads, different ones are not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.darkroom import fingerprints
from chalicelib.domain.fingerprints import BANDS, BITS, NEAR, Seen, bands, distance, matches, to_hex
from tests.fakes.engine import MemoryPhotoIndex
from tests.fakes.pictures import repaired, scene

SOME = st.integers(0, 2**BITS - 1)


def hexed(bits: int) -> str:
    return f"{bits:064x}"


@settings(deadline=None)
@given(SOME, st.sets(st.integers(0, BITS - 1), max_size=BANDS - 1))
def test_what_differs_in_fewer_bits_than_there_are_bands_shares_one(bits, flipped):
    other = bits
    for place in flipped:
        other ^= 1 << place
    assert distance(hexed(bits), hexed(other)) == len(flipped)
    assert set(bands(hexed(bits))) & set(bands(hexed(other)))


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=BITS, max_size=BITS))
def test_bits_and_digits_are_the_same(bits):
    assert [digit == "1" for digit in f"{int(to_hex(bits), 16):0{BITS}b}"] == bits


def test_different_streets_are_far_apart_and_so_is_the_same_one_from_elsewhere():
    wholes = [fingerprints(scene(seed))["whole"] for seed in range(20, 32)]
    apart = [distance(a, b) for i, a in enumerate(wholes) for b in wholes[:i]]
    again = [
        distance(fingerprints(scene(seed))["whole"], fingerprints(repaired(seed))["whole"])
        for seed in range(20, 26)
    ]
    assert min(apart + again) > NEAR


def test_a_black_frame_has_no_fingerprint():
    from PIL import Image

    assert fingerprints(Image.new("RGB", (800, 600), (3, 3, 4))) == {}


def test_reads_do_not_grow_with_the_number_of_pictures():
    index = MemoryPhotoIndex()
    for count in range(500):
        index.file([Seen(f"N{count}", "p", "whole", hexed(hash((count, "x")) % 2**BITS))])
    index.read = 0
    index.look_up([hexed(1), hexed(2)])
    assert index.read <= 2 * BANDS


def test_a_sealed_reports_number_is_not_told():
    seen = [Seen("TL-A", "p-1", "whole", hexed(7), sealed=True)]
    (match,) = matches([("whole", hexed(7))], seen, ("TL-B", "p-2"))
    assert (match.number, match.photo, match.how) == ("", "", "same")
    (own,) = matches([("whole", hexed(7))], seen, ("TL-A", "p-2"))
    assert own.number == "TL-A"


def test_a_picture_does_not_match_itself_and_each_other_one_once():
    seen = [
        Seen("TL-A", "p-1", "whole", hexed(7)),
        Seen("TL-A", "p-2", "whole", hexed(7)),
        Seen("TL-A", "p-2", "centre-80", hexed(6)),
    ]
    found = matches([("whole", hexed(7)), ("mirrored", hexed(6))], seen, ("TL-A", "p-1"))
    assert [(match.photo, match.how, match.distance) for match in found] == [("p-2", "same", 0)]
