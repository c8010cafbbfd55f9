"""What the bytes of an upload are, whatever they are called: its kind, and what hides in it.

Nothing is decoded here, so nothing here can be harmed by a picture. What the public may send is
JPEG, PNG and WebP; whatever is also something else (a page, an archive, a program) is refused.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
KINDS = (JPEG, PNG, WEBP)
MAX_BYTES = 12 * 1024 * 1024
#: A JPEG is decoded at a fraction of its size; the others in full, three or four bytes a pixel.
MAX_PIXELS = {JPEG: 110_000_000, PNG: 40_000_000, WEBP: 40_000_000}
MAX_SIDE = 30_000
_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
#: What makes a file mean something else to another program. Compressed pictures hold such short
#: texts by chance, so the short ones are looked for only where they would count.
_AT_THE_START = (b"<svg", b"<html", b"<!doctype", b"<script", b"<?xml", b"<?php", b"%pdf-", b"#!/")
_ANYWHERE = (b"<script", b"<?php", b"<html", b"<!doctype html", b"%pdf-1.", b"<svg xmlns")
_START = 1024
_ZIP_END, _ZIP_START = b"PK\x05\x06", b"PK\x03\x04"
_ZIP_TAIL = 65_557
_MAX_PARTS = 10_000


class PictureRefused(Exception):
    """The upload is not a picture that is taken. ``code`` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Part:
    """One marked section of a picture's file: a JPEG segment, a PNG or WebP chunk."""

    name: str
    body: bytes


def sniff(data: bytes) -> str:
    """Return the kind of picture that *data* is; raise PictureRefused for anything else."""
    if not data:
        raise PictureRefused("empty")
    if len(data) > MAX_BYTES:
        raise PictureRefused("too_large")
    kind = _kind(data)
    if kind is None:
        raise PictureRefused("not_a_picture")
    if _is_also_something_else(data):
        raise PictureRefused("polyglot")
    return kind


def size_allowed(kind: str, width: int, height: int) -> None:
    """Raise PictureRefused for dimensions that would fill the memory when decoded."""
    if width < 1 or height < 1:
        raise PictureRefused("damaged")
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS[kind]:
        raise PictureRefused("too_many_pixels")


def parts(data: bytes, kind: str) -> Iterator[Part]:
    """Yield the marked sections of a picture, as far as its file can be followed."""
    walk = {JPEG: _segments, PNG: _png_chunks, WEBP: _riff_chunks}[kind]
    for count, part in enumerate(walk(data)):
        if count >= _MAX_PARTS:
            return
        yield part


def _kind(data: bytes) -> str | None:
    if data[:3] == b"\xff\xd8\xff":
        return JPEG
    if data[:8] == _PNG_MAGIC:
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    return None


def _is_also_something_else(data: bytes) -> bool:
    start = data[:_START].lower()
    if any(mark in start for mark in _AT_THE_START) and not _is_metadata(start):
        return True
    lower = data.lower()
    if any(mark in lower for mark in _ANYWHERE):
        return True
    return _ZIP_END in data[-_ZIP_TAIL:] and _ZIP_START in data


def _is_metadata(start: bytes) -> bool:
    """XMP, which cameras write, begins like any XML; nothing else that does is let pass."""
    marks = [mark for mark in _AT_THE_START if mark in start]
    return marks == [b"<?xml"] and b"<?xpacket" in start


def _segments(data: bytes) -> Iterator[Part]:
    """JPEG: the segments before the first scan."""
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker in (0xD9, 0xDA):
            return
        (length,) = struct.unpack(">H", data[place + 2 : place + 4])
        yield Part(f"{marker:02X}", data[place + 4 : place + 2 + max(length, 2)])
        place += 2 + max(length, 2)


def _png_chunks(data: bytes) -> Iterator[Part]:
    place = 8
    while place + 12 <= len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        name = data[place + 4 : place + 8].decode("latin-1")
        yield Part(name, data[place + 8 : place + 8 + length])
        if name == "IEND":
            return
        place += 12 + length


def _riff_chunks(data: bytes) -> Iterator[Part]:
    place = 12
    while place + 8 <= len(data):
        (length,) = struct.unpack("<I", data[place + 4 : place + 8])
        name = data[place : place + 4].decode("latin-1")
        yield Part(name, data[place + 8 : place + 8 + length])
        place += 8 + length + (length & 1)


# ---------------------------------------------------------------- who made it

#: Names in the field for the software → what such a program is. Cameras' firmware is in neither.
EDITORS = (
    "photoshop",
    "lightroom",
    "gimp",
    "snapseed",
    "picsart",
    "canva",
    "pixelmator",
    "affinity",
    "paint.net",
    "facetune",
    "remini",
    "meitu",
    "capcut",
    "inshot",
    "photoroom",
    "faceapp",
    "imagemagick",
)
GENERATORS = (
    "midjourney",
    "stable diffusion",
    "stablediffusion",
    "dall-e",
    "dall·e",
    "firefly",
    "google imagen",
    "gemini",
    "chatgpt",
    "gpt-4o",
    "openai",
    "comfyui",
    "automatic1111",
    "novelai",
    "black forest labs",
    "leonardo.ai",
    "ideogram",
    "grok",
)
#: IPTC digital source types by which tools say that a machine made the picture, or part of it.
_GENERATED = (b"trainedalgorithmicmedia", b"compositewithtrainedalgorithmicmedia")
#: Keys of PNG texts in which generators keep what they were asked for.
_PROMPTS = (b"parameters\x00", b"prompt\x00", b"workflow\x00", b"dream\x00", b"sd-metadata\x00")
_TEXTS = frozenset({"E1", "EB", "XMP ", "tEXt", "iTXt", "zTXt"})
_NAMED = re.compile(
    rb"(?:creatortool|softwareagent|software|generator)[\s\x00]*(?:=\s*[\"']|>|\x00)?"
    rb"[\s\x00]*([\x20-\x7e]{1,120})",
    re.IGNORECASE,
)


def markers(data: bytes, kind: str, software: str = "") -> tuple[str, ...]:
    """Return what the file itself says of how it was made.

    ``editor`` (a program for changing pictures), ``generator`` (one that makes them up),
    ``generated`` (the standard's own word for that), ``content_credentials`` (C2PA: its maker
    signed how it came about; seen, not verified). *software*: the camera's field of that name.
    """
    found: set[str] = set(_of_software(software))
    for part in parts(data, kind):
        found |= set(_of_part(part))
    return tuple(sorted(found))


def _of_part(part: Part) -> Iterator[str]:
    body = part.body.lower()
    if part.name in ("caBX", "C2PA") or (part.name == "EB" and b"jumb" in body):
        yield "content_credentials"
    if any(word in body for word in _GENERATED):
        yield "generated"
    if part.name in _TEXTS:
        for named in _NAMED.findall(part.body):
            yield from _of_software(named.decode("latin-1"))
    if part.name in ("tEXt", "iTXt", "zTXt") and part.body.startswith(_PROMPTS):
        yield "generator"


def _of_software(text: str) -> Iterator[str]:
    if _EDITOR.search(text):
        yield "editor"
    if _GENERATOR.search(text):
        yield "generator"


def _words(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE)


_EDITOR, _GENERATOR = _words(EDITORS), _words(GENERATORS)
