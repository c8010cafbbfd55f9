"""What happens to an upload: looked at, kept, made anew, compared, and put on the report's record.

Every step may come twice: files are put where they are absent, the index is a set, and a photo
that is on record as examined is left alone. A later upload under the same name changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.domain import fingerprints as prints
from chalicelib.domain.events import SYSTEM, Draft, instant
from chalicelib.domain.fingerprints import Match, Seen
from chalicelib.domain.images import MAX_BYTES, PictureRefused, markers, sniff
from chalicelib.domain.report import APPROVED, WAITING, PhotoState, Report
from chalicelib.services.acting import NotFound
from chalicelib.services.photos import (
    SIZES,
    Box,
    Darkroom,
    Picture,
    original_key,
    photo_key,
    public_key,
    shown_key,
)
from chalicelib.services.ports import Blobs, Stored
from chalicelib.services.recording import Recorder
from chalicelib.services.views import hidden

#: What the new picture is looked up as; its own crops are only filed, for later copies.
_LOOKED_UP = {
    "whole": "whole",
    "mirrored": "mirrored",
    "upside-down": "mirrored",
    "turned": "mirrored",
    "inner": "part",
    "inner-mirrored": "mirrored",
}
_NOT_FILED = ("mirrored", "upside-down", "turned", "inner-mirrored")
_JPEG = "image/jpeg"


class PhotoIndex(Protocol):
    """All pictures ever taken in, by their fingerprints."""

    def file(self, rows: Sequence[Seen]) -> None:
        """Put *rows* under each of their bands; doing it again changes nothing."""

    def look_up(self, fingerprints: Sequence[str]) -> Sequence[Seen]:
        """Return what shares a band with any of *fingerprints*, a bounded number of rows each."""


@dataclass(frozen=True)
class ExaminePhotos:
    """The use case of the function for photos; also `Media` where there is one process only."""

    recorder: Recorder
    blobs: Blobs
    index: PhotoIndex
    darkroom: Darkroom

    def examine(self, number: str, photo: str) -> None:
        """Examine one upload; nothing happens to one that is unknown, absent or done."""
        stored = self.recorder.store.load(number)
        if stored is None or not _waits(stored.report, photo):
            return
        data = self.blobs.read(photo_key(number, photo), MAX_BYTES + 1)
        if data is None:
            return
        try:
            kind = sniff(data)
            picture = self.darkroom.develop(data, kind)
        except PictureRefused as refused:
            self._record(number, photo, {"state": "refused", "why": refused.code}, {})
            return
        self._keep(number, photo, data, kind, picture)
        matches = self._compare(stored.report, photo, picture)
        found = _found(data, kind, picture, matches)
        point = f"{picture.point[0]:.6f},{picture.point[1]:.6f}" if picture.point else ""
        self._record(number, photo, found, {"point": point} if point else {})

    def publish(self, number: str, photo: str) -> None:
        """Make the public copy of a photo whose covering was approved."""
        stored = self.recorder.store.load(number)
        if stored is None:
            raise NotFound(number)
        state = stored.report.media.get(photo)
        if state is None or state.cover != APPROVED or hidden(stored.report):
            return
        copy = self.blobs.read(shown_key(number, photo, "large"), MAX_BYTES)
        if copy is None:
            return
        made = self.darkroom.cover(copy, [Box(*box) for box in state.boxes])
        for size in SIZES:
            self.blobs.put(public_key(number, photo, size), made[size], _JPEG)

        def decide(stored: Stored, now: datetime) -> Sequence[Draft]:
            current = stored.report.media[photo]
            if current.cover != APPROVED or current.boxes != state.boxes:
                return ()
            return (Draft("photo_published", now, SYSTEM, {"photo": photo}),)

        self.recorder.record(number, decide)

    def _keep(self, number: str, photo: str, data: bytes, kind: str, picture: Picture) -> None:
        self.blobs.put_if_absent(original_key(number, photo), data, kind)
        for size in SIZES:
            self.blobs.put_if_absent(shown_key(number, photo, size), picture.copies[size], _JPEG)

    def _compare(self, report: Report, photo: str, picture: Picture) -> tuple[Match, ...]:
        """File first, look up then: of two that come at once, at least one sees the other."""
        found = picture.fingerprints
        if report.drill:
            return ()  # staged for a rehearsal: proof of nothing, and no picture's double
        taken_at = instant(picture.taken_at) if picture.taken_at else ""
        self.index.file(
            [
                Seen(report.number, photo, variant, value, taken_at, sealed=hidden(report))
                for variant, value in found.items()
                if variant not in _NOT_FILED
            ]
        )
        looked_up = [(_LOOKED_UP[name], found[name]) for name in _LOOKED_UP if name in found]
        seen = self.index.look_up([value for _, value in looked_up])
        return prints.matches(looked_up, seen, (report.number, photo))

    def _record(
        self, number: str, photo: str, found: Mapping[str, Any], texts: Mapping[str, str]
    ) -> None:
        def decide(stored: Stored, now: datetime) -> Sequence[Draft]:
            if not _waits(stored.report, photo):
                return ()
            data = {"photo": photo, **found}
            return (Draft("photo_examined", now, SYSTEM, data, texts),)

        self.recorder.record(number, decide)


def _waits(report: Report, photo: str) -> bool:
    state = report.media.get(photo)
    return isinstance(state, PhotoState) and state.state == WAITING


def _found(data: bytes, kind: str, picture: Picture, matches: Sequence[Match]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "state": "accepted",
        "type": kind,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "width": picture.width,
        "height": picture.height,
        "fingerprint": picture.fingerprints.get("whole", ""),
        "markers": list(markers(data, kind, picture.software)),
        "software": picture.software,
        "matches": [
            {
                "number": match.number,
                "photo": match.photo,
                "distance": match.distance,
                "how": match.how,
                **({"taken_at": match.taken_at} if match.taken_at else {}),
            }
            for match in matches[:5]
        ],
    }
    for name in ("taken_at", "modified_at", "gps_at"):
        moment: datetime | None = getattr(picture, name)
        if moment is not None:
            found[name] = instant(moment)
    return {name: value for name, value in found.items() if value not in ("", [])}
