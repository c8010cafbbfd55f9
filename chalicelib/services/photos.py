"""Where a photo's files lie in the bucket, one prefix for each kind of care.

incoming   as uploaded, by a form that binds key, size and type; gone after two days
originals  the same bytes, kept apart as evidence under retention; no route leads to them but that
           of staff who check results
photos     made anew for the parties: without metadata, no larger than a screen
public     made anew once faces and plates are covered and somebody else has looked
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.images import MAX_BYTES

INCOMING, ORIGINALS, PHOTOS, PUBLIC = "incoming/", "originals/", "photos/", "public/"
SIZES = ("large", "small")
#: The untouched upload, for those who check results.
ORIGINAL = "original"
MAX_PHOTO_BYTES = MAX_BYTES

__all__ = ["INCOMING", "MAX_PHOTO_BYTES", "ORIGINALS", "PHOTOS", "PUBLIC", "SIZES"]


def photo_key(number: str, photo: str) -> str:
    """Return where a photo is uploaded to."""
    return f"{INCOMING}{number}/{photo}"


def original_key(number: str, photo: str) -> str:
    """Return where the untouched bytes are kept."""
    return f"{ORIGINALS}{number}/{photo}"


def shown_key(number: str, photo: str, size: str) -> str:
    """Return where the copy for the report's parties lies."""
    return f"{PHOTOS}{number}/{photo}-{size}.jpg"


def public_key(number: str, photo: str, size: str) -> str:
    """Return where the copy for everybody lies."""
    return f"{PUBLIC}{number}/{photo}-{size}.jpg"


def named_by(key: str) -> tuple[str, str] | None:
    """Return number and photo that an upload's key names, None for a key of another kind."""
    rest = key.removeprefix(INCOMING)
    number, _, photo = rest.partition("/")
    return (number, photo) if rest != key and number and photo and "/" not in photo else None


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle to cover, in parts of the picture's width and height (0 to 1)."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """What was found in a picture and made from it. Times are aware; point is WGS 84."""

    width: int
    height: int
    copies: Mapping[str, bytes]
    fingerprints: Mapping[str, str]
    taken_at: datetime | None = None
    modified_at: datetime | None = None
    gps_at: datetime | None = None
    point: tuple[float, float] | None = None
    software: str = ""


class Darkroom(Protocol):
    """Decodes pictures and makes new ones: the only part that needs an image library."""

    def develop(self, data: bytes, kind: str) -> Picture:
        """Return what *data* holds and its copies; raise PictureRefused if it cannot be read."""

    def cover(self, copy: bytes, boxes: Sequence[Box]) -> Mapping[str, bytes]:
        """Return *copy* in each size, with *boxes* filled beyond recovery."""


class Media(Protocol):
    """Asks the function that handles photos, and waits for it."""

    def examine(self, number: str, photo: str) -> None:
        """Have one upload examined now; raise TryAgain."""

    def publish(self, number: str, photo: str) -> None:
        """Have the public copy of one approved photo made now; raise TryAgain."""
