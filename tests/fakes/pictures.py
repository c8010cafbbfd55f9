"""Pictures made in the tests: street scenes that differ from each other as photos do."""

from __future__ import annotations

import io
import random
import struct
import zlib
from datetime import datetime
from functools import cache
from typing import Any

from PIL import ExifTags, Image, ImageDraw, ImageFilter

SIZE = (1200, 900)
#: The place of World's reports (Sukarasa), and one a kilometre north of it.
HERE, ELSEWHERE = (-6.1783, 106.6319), (-6.1693, 106.6319)


@cache
def scene(seed: int, *, hole: bool = True, size: tuple[int, int] = SIZE) -> Image.Image:
    """A street with houses; *hole*: with the hole in it that somebody reports."""
    dice, (width, height) = random.Random(seed), size
    image = Image.new("RGB", size)
    draw = ImageDraw.Draw(image)
    horizon = int(height * dice.uniform(0.3, 0.5))
    sky, road = [dice.randint(120, 230) for _ in range(3)], [dice.randint(60, 140)] * 3
    for y in range(height):
        ground = sky if y < horizon else road
        part = y / horizon if y < horizon else (y - horizon) / (height - horizon)
        draw.line((0, y, width, y), fill=tuple(int(v * (0.7 + 0.3 * part)) for v in ground))
    for _ in range(dice.randint(15, 30)):
        x, wide, high = dice.randint(0, width), dice.randint(40, 300), dice.randint(60, 500)
        shade = tuple(dice.randint(30, 220) for _ in range(3))
        draw.rectangle((x, horizon - high // 2, x + wide, horizon + high // 3), fill=shade)
    for _ in range(20):
        x, y, wide = dice.randint(0, width), dice.randint(horizon, height), dice.randint(20, 160)
        draw.ellipse((x, y, x + wide, y + wide // 2), fill=(dice.randint(20, 200),) * 3)
    if hole:
        x, y = int(width * 0.45), int(height * 0.75)
        draw.ellipse((x, y, x + width // 6, y + height // 9), fill=(15, 15, 18))
    return image.filter(ImageFilter.GaussianBlur(1.5))


def repaired(seed: int) -> Image.Image:
    """The same street afterwards, taken by somebody else from a few steps further on."""
    width, height = SIZE
    after = scene(seed, hole=False)
    moved = after.crop((width // 7, height // 9, width, height)).resize(SIZE)
    return moved.transform(SIZE, Image.Transform.AFFINE, (1, 0.06, -20, 0.03, 1, 15))


def exif(
    taken: str = "",
    point: tuple[float, float] | None = None,
    *,
    software: str = "",
    modified: str = "",
    gps_day: str = "",
    offset: str = "+07:00",
) -> Image.Exif:
    """Metadata as a telephone writes it; *taken*: ISO local time."""
    found = Image.Exif()
    base = ExifTags.Base
    found[base.Make] = "Contoh"
    if software:
        found[base.Software] = software
    if taken:
        inner = found.get_ifd(ExifTags.IFD.Exif)
        inner[base.DateTimeOriginal] = _stamp(taken)
        if offset:
            inner[base.OffsetTimeOriginal] = offset
            inner[base.OffsetTime] = offset
        found[base.DateTime] = _stamp(modified or taken)
    if point or gps_day:
        found[ExifTags.IFD.GPSInfo] = _gps(point, gps_day)
    return found


def _stamp(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%Y:%m:%d %H:%M:%S")


def _gps(point: tuple[float, float] | None, day: str) -> dict[int, Any]:
    found: dict[int, Any] = {}
    if point:
        lat, lon = point
        found |= {1: "S" if lat < 0 else "N", 2: _dms(lat), 3: "E" if lon > 0 else "W"}
        found[4] = _dms(lon)
    if day:
        found |= {7: (3.0, 0.0, 0.0), 29: day}
    return found


def _dms(value: float) -> tuple[float, float, float]:
    degrees = int(abs(value))
    minutes = int((abs(value) - degrees) * 60)
    return float(degrees), float(minutes), round(((abs(value) - degrees) * 60 - minutes) * 60, 4)


def jpeg(image: Image.Image, quality: int = 88, **exif_fields: Any) -> bytes:
    """The picture as a JPEG; keyword arguments are `exif`'s."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, exif=exif(**exif_fields))
    return out.getvalue()


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def webp(image: Image.Image, **exif_fields: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=80, exif=exif(**exif_fields))
    return out.getvalue()


def with_segment(data: bytes, marker: int, body: bytes) -> bytes:
    """A JPEG with one more segment at its beginning."""
    return data[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body + data[2:]


def with_chunk(data: bytes, name: bytes, body: bytes) -> bytes:
    """A PNG with one more chunk after its header."""
    chunk = struct.pack(">I", len(body)) + name + body
    chunk += struct.pack(">I", zlib.crc32(name + body))
    return data[:33] + chunk + data[33:]


def png_bomb(side: int = 20_000) -> bytes:
    """A PNG of a few kilobytes whose pixels would fill a gigabyte."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    row = b"\0" * 1000
    body = zlib.compress(row, 9)
    chunks = b""
    for name, content in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b"")):
        chunks += struct.pack(">I", len(content)) + name + content
        chunks += struct.pack(">I", zlib.crc32(name + content))
    return b"\x89PNG\r\n\x1a\n" + chunks


def screenshot(image: Image.Image) -> Image.Image:
    """The picture as a telephone's gallery shows it: black above and below, with small icons."""
    screen = Image.new("RGB", (1080, 2160), (0, 0, 0))
    shown = image.resize((1080, 810))
    screen.paste(shown, (0, 675))
    draw = ImageDraw.Draw(screen)
    draw.text((40, 20), "14.32", fill=(255, 255, 255))
    for x in (120, 400, 680, 960):
        draw.ellipse((x, 2080, x + 30, 2110), fill=(200, 200, 200))
    return screen
