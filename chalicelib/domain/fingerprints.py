"""Fingerprints of pictures: near pictures have near fingerprints, and a bounded look-up finds them.

A fingerprint holds 256 bits: whether each cell of a 16 × 16 grid is brighter than its right
neighbour. It stands recompression, scaling, brightness and colour. Cut into 16 bands of 16 bits,
it is filed under each band; two fingerprints that differ in d bits share at least one band always
if d < 16, and with d bits spread at random in nine cases of ten still at d = 30. So one look-up per
band finds them, however many pictures are on file.

A picture is filed with some of its own crops, so that a cropped copy is found; a copy is looked up
mirrored as well. What stays unfound: strong crops elsewhere, turned by a few degrees or more,
photographed anew from a print.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GRID = 16
BITS = GRID * GRID
BANDS = 16
_BAND_BITS = BITS // BANDS
#: At most this many of the 256 bits differ in a copy: saved anew, scaled, without its metadata.
SAME = 6
#: At most this many differ in the same picture changed: brighter, with a caption, cropped a little.
#: Pictures of different scenes differ in 60 and more (measured: docs/adr/0020).
NEAR = 40


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture on file under a band. variant: ``whole`` or the name of one of its crops."""

    number: str
    photo: str
    variant: str
    fingerprint: str
    taken_at: str = ""
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A picture on file that a new one is near to. how: ``same``, ``near``, ``mirrored``, ``part``.

    number is empty where the other report is sealed: not even its number may be told.
    """

    number: str
    photo: str
    distance: int
    how: str
    taken_at: str = ""


def to_hex(bits: Sequence[bool]) -> str:
    """Return 256 bits as 64 hexadecimal digits, the first bit highest."""
    if len(bits) != BITS:
        raise ValueError(f"a fingerprint has {BITS} bits, not {len(bits)}")
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):064x}"


def distance(one: str, other: str) -> int:
    """Return in how many of the 256 bits two fingerprints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def bands(fingerprint: str) -> tuple[str, ...]:
    """Return the keys under which a fingerprint is filed and looked up."""
    width = _BAND_BITS // 4
    return tuple(
        f"{band:02d}#{fingerprint[band * width : (band + 1) * width]}" for band in range(BANDS)
    )


def matches(
    looked_up: Iterable[tuple[str, str]], seen: Iterable[Seen], own: tuple[str, str]
) -> tuple[Match, ...]:
    """Return which pictures of *seen* are near to a new one, the nearest first, each once.

    looked_up: (``whole``, ``mirrored`` or ``part``, fingerprint). own: number and id of the new
    picture.
    """
    best: dict[tuple[str, str], Match] = {}
    for turned, fingerprint in looked_up:
        for one in seen:
            if (one.number, one.photo) == own:
                continue
            apart = distance(fingerprint, one.fingerprint)
            if apart > NEAR:
                continue
            match = _match(one, own[0], apart, _how(turned, one.variant, apart))
            known = best.get((one.number, one.photo))
            if known is None or _rank(match) < _rank(known):
                best[one.number, one.photo] = match
    return tuple(sorted(best.values(), key=lambda match: (*_rank(match), match.number)))


def _match(one: Seen, own_number: str, apart: int, how: str) -> Match:
    told = not one.sealed or one.number == own_number
    return Match(
        number=one.number if told else "",
        photo=one.photo if told else "",
        distance=apart,
        how=how,
        taken_at=one.taken_at,
    )


def _rank(match: Match) -> tuple[int, int]:
    """The plainest relation first: a whole picture that fits says more than a part of it."""
    return ("same", "near", "mirrored", "part").index(match.how), match.distance


def _how(turned: str, variant: str, apart: int) -> str:
    if turned != "whole":
        return turned
    if variant != "whole":
        return "part"
    return "same" if apart <= SAME else "near"
