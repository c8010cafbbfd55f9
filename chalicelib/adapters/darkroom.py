"""Pictures decoded and made anew, with Pillow. Only the function for photos imports this.

What comes out holds pixels and nothing else: no metadata, no profile, no thumbnail of the picture
as it was before somebody covered a face.
"""

from __future__ import annotations

import io
import itertools
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from PIL import ExifTags, Image, ImageDraw, ImageOps, UnidentifiedImageError

from chalicelib.domain.areas import is_position
from chalicelib.domain.fingerprints import GRID, to_hex
from chalicelib.domain.images import JPEG, PNG, WEBP, PictureRefused, size_allowed
from chalicelib.services.photos import Box, Picture

_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
_SIDES = {"large": 1600, "small": 320}
_QUALITY = 82
#: Cameras write local time; where they do not say which, it is the city's.
_CITY = timezone(timedelta(hours=7))
_WORK_SIDE = 512
#: Crops under which a picture is filed besides itself: left, top, right, bottom.
_CROPS: Mapping[str, tuple[float, float, float, float]] = {
    "centre-95": (0.025, 0.025, 0.975, 0.975),
    "centre-90": (0.05, 0.05, 0.95, 0.95),
    "centre-80": (0.1, 0.1, 0.9, 0.9),
    "top-left": (0.0, 0.0, 0.8, 0.8),
    "top-right": (0.2, 0.0, 1.0, 0.8),
    "bottom-left": (0.0, 0.2, 0.8, 1.0),
    "bottom-right": (0.2, 0.2, 1.0, 1.0),
}
#: A picture in which fewer cells than this differ clearly from their neighbours has no fingerprint:
#: a black frame looks like every other black frame.
_CLEAR_STEP, _CLEAR_CELLS = 3, 48
_FRAME_TOLERANCE, _FRAME_SHARE = 20, 0.8
_MOST_FRAME = 0.45


class PillowDarkroom:
    """`Darkroom` by Pillow."""

    def develop(self, data: bytes, kind: str) -> Picture:
        """See `Darkroom.develop`."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return _developed(data, kind)
        except PictureRefused:
            raise
        except Image.DecompressionBombError as error:
            raise PictureRefused("too_many_pixels") from error
        # Decoders raise whatever they like over damaged files; none of it is worth another try.
        except (
            UnidentifiedImageError,
            OSError,
            ValueError,
            SyntaxError,
            TypeError,
            KeyError,
            IndexError,
            OverflowError,
            EOFError,
            ArithmeticError,
            MemoryError,
        ) as error:
            raise PictureRefused("damaged") from error

    def cover(self, copy: bytes, boxes: Sequence[Box]) -> Mapping[str, bytes]:
        """See `Darkroom.cover`. Solid boxes: a blurred or pixelated plate can be read again."""
        image = Image.open(io.BytesIO(copy), formats=["JPEG"])
        image.load()
        draw = ImageDraw.Draw(image)
        for box in boxes:
            left, top = box.x * image.width, box.y * image.height
            right, bottom = left + box.width * image.width, top + box.height * image.height
            draw.rectangle((left, top, right, bottom), fill=(64, 64, 64))
        return _copies(image)


def _developed(data: bytes, kind: str) -> Picture:
    image = Image.open(io.BytesIO(data), formats=[_FORMATS[kind]])
    width, height = image.size
    size_allowed(kind, width, height)
    exif = _exif(image)
    if kind == JPEG:
        # Decoded at half, a quarter or an eighth of its size: as much memory as is needed.
        image.draft("RGB", (_SIDES["large"], _SIDES["large"]))
    image.load()
    upright = _plain(image)
    return Picture(
        width=width,
        height=height,
        copies=_copies(upright),
        fingerprints=fingerprints(upright),
        **exif,
    )


def _plain(image: Image.Image) -> Image.Image:
    """Return the pixels alone: upright, opaque, in RGB."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        seen = upright.convert("RGBA")
        ground = Image.new("RGBA", seen.size, (255, 255, 255, 255))
        upright = Image.alpha_composite(ground, seen)
    plain = upright.convert("RGB")
    return Image.frombytes("RGB", plain.size, plain.tobytes())


def _copies(image: Image.Image) -> dict[str, bytes]:
    made = {}
    for size, side in _SIDES.items():
        copy = image.copy()
        copy.thumbnail((side, side), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        copy.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
        made[size] = out.getvalue()
    return made


# ---------------------------------------------------------------- fingerprints


def fingerprints(image: Image.Image) -> dict[str, str]:
    """Return the fingerprints of a picture, its mirror images and its crops, by name.

    One of them is without the frame of one colour that a screenshot leaves. Empty for a picture
    without features of its own.
    """
    work = ImageOps.grayscale(image)
    work.thumbnail((_WORK_SIDE, _WORK_SIDE), Image.Resampling.BOX)
    found = {
        "whole": _fingerprint(work),
        "mirrored": _fingerprint(ImageOps.mirror(work)),
        "upside-down": _fingerprint(ImageOps.flip(work)),
        "turned": _fingerprint(work.transpose(Image.Transpose.ROTATE_180)),
    }
    inner = _without_frame(work)
    if inner.size != work.size:
        found["inner"] = _fingerprint(inner)
        found["inner-mirrored"] = _fingerprint(ImageOps.mirror(inner))
    for name, (left, top, right, bottom) in _CROPS.items():
        w, h = work.size
        box = (round(left * w), round(top * h), round(right * w), round(bottom * h))
        found[name] = _fingerprint(work.crop(box))
    return {name: value for name, value in found.items() if value is not None}


def _fingerprint(grey: Image.Image) -> str | None:
    cells = grey.resize((GRID + 1, GRID), Image.Resampling.BOX).tobytes()
    bits, clear = [], 0
    for row in range(GRID):
        line = cells[row * (GRID + 1) : (row + 1) * (GRID + 1)]
        for left, right in itertools.pairwise(line):
            bits.append(left > right)
            clear += abs(left - right) >= _CLEAR_STEP
    return to_hex(bits) if clear >= _CLEAR_CELLS else None


def _without_frame(grey: Image.Image) -> Image.Image:
    """Cut off rows and columns at the edges that are nearly all of the corner's shade."""
    width, height = grey.size
    data = grey.tobytes()
    rows = [data[y * width : (y + 1) * width] for y in range(height)]
    top = _framed(rows, data[0])
    bottom = _framed(rows[::-1], data[-1])
    columns = [data[x::width] for x in range(width)]
    left = _framed(columns, data[0])
    right = _framed(columns[::-1], data[-1])
    box = (left, top, width - right, height - bottom)
    return grey if box == (0, 0, width, height) else grey.crop(box)


def _framed(lines: Sequence[bytes], shade: int) -> int:
    limit = int(len(lines) * _MOST_FRAME)
    for count, line in enumerate(lines[:limit]):
        same = sum(abs(value - shade) <= _FRAME_TOLERANCE for value in line)
        if same < len(line) * _FRAME_SHARE:
            return count
    return limit


# ---------------------------------------------------------------- metadata

_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


def _exif(image: Image.Image) -> dict[str, Any]:
    """Return time, place and software as the file states them; nonsense counts as absent."""
    try:
        exif = image.getexif()
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, OverflowError):
        return {}
    base = ExifTags.Base
    taken = _moment(inner.get(base.DateTimeOriginal), inner.get(base.OffsetTimeOriginal))
    changed = _moment(exif.get(base.DateTime), inner.get(base.OffsetTime))
    return {
        "taken_at": taken,
        "modified_at": changed,
        "gps_at": _gps_moment(gps),
        "point": _gps_point(gps),
        "software": _text(exif.get(base.Software)),
    }


def _moment(value: Any, offset: Any) -> datetime | None:
    found = _TIME.match(_text(value))
    if not found:
        return None
    try:
        return datetime(*(int(part) for part in found.groups()), tzinfo=_zone(offset)).astimezone(
            UTC
        )
    except ValueError:
        return None


def _zone(offset: Any) -> timezone:
    found = _OFFSET.match(_text(offset))
    if not found:
        return _CITY
    apart = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-apart if found[1] == "-" else apart)


def _gps_moment(gps: Mapping[int, Any]) -> datetime | None:
    day = re.match(r"(\d{4}):(\d\d):(\d\d)", _text(gps.get(ExifTags.GPS.GPSDateStamp)))
    time = _numbers(gps.get(ExifTags.GPS.GPSTimeStamp))
    if not day or len(time) != 3:
        return None
    try:
        start = datetime(*(int(part) for part in day.groups()), tzinfo=UTC)
        return start + timedelta(hours=time[0], minutes=time[1], seconds=int(time[2]))
    except (ValueError, OverflowError):
        return None


def _gps_point(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    tags = ExifTags.GPS
    lat = _degrees(gps.get(tags.GPSLatitude), gps.get(tags.GPSLatitudeRef), "S")
    lon = _degrees(gps.get(tags.GPSLongitude), gps.get(tags.GPSLongitudeRef), "W")
    if lat is None or lon is None or (lat, lon) == (0.0, 0.0) or not is_position(lat, lon):
        return None
    return round(lat, 6), round(lon, 6)


def _degrees(value: Any, reference: Any, negative: str) -> float | None:
    found = _numbers(value)
    if len(found) != 3:
        return None
    degrees = found[0] + found[1] / 60 + found[2] / 3600
    return -degrees if _text(reference).upper() == negative else degrees


def _numbers(value: Any) -> list[float]:
    if not isinstance(value, tuple):
        return []
    return list(_finite(value))


def _finite(values: Sequence[Any]) -> Iterator[float]:
    for value in values:
        try:
            number = float(value)
        except (TypeError, ValueError, ZeroDivisionError):
            continue
        if number == number and abs(number) < 1e6:
            yield number


def _text(value: Any) -> str:
    """Return a tag's text, printable and short: it comes from whoever made the file."""
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    if not isinstance(text, str):
        return ""
    return "".join(c for c in text if c.isprintable())[:60].strip()
