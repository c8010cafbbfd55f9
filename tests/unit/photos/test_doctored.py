"""Doctored and harmful photos, and what the checks say of each: one table, printed on demand.

``python -m tests.unit.photos.test_doctored`` prints it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from chalicelib.domain.events import instant
from chalicelib.services.photos import photo_key
from tests.fakes import pictures as p
from tests.fakes.engine import Engine
from tests.fakes.pictures import ELSEWHERE, HERE, jpeg, png, repaired, scene, webp

#: The reporter's photo was taken on 5 April at 9:40, the agency had it at 10:00.
STREET, OTHER_STREET = 7, 8
BEFORE = {"taken": "2027-04-05T09:40:00", "point": HERE}
AFTER = {"taken": "2027-04-05T13:30:00", "point": HERE}


@dataclass(frozen=True)
class Doctored:
    """A file sent as proof of work done, and what is to be said of it.

    refused: why it is no picture at all. Otherwise the checks that do not pass, by outcome.
    """

    name: str
    make: Callable[[], bytes]
    refused: str = ""
    failed: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    noted: frozenset[str] = frozenset()


def failing(*names: str) -> frozenset[str]:
    return frozenset(names)


def old() -> Image.Image:
    """The reporter's own photo."""
    return scene(STREET)


def edited_hole() -> Image.Image:
    """The reporter's photo, the hole painted over: the same camera, the same second."""
    image = old().copy()
    width, height = image.size
    patch = image.crop((0, int(height * 0.75), width // 5, int(height * 0.75) + height // 8))
    image.paste(patch, (int(width * 0.43), int(height * 0.74)))
    return image


def captioned() -> Image.Image:
    image = old().copy()
    ImageDraw.Draw(image).rectangle((0, 840, 500, 900), fill=(255, 220, 0))
    return image


def turned_exif() -> bytes:
    """The reporter's photo, stored lying on its side with the mark that puts it upright."""
    out = io.BytesIO()
    fields = p.exif(**AFTER)
    fields[0x0112] = 6
    old().rotate(90, expand=True).save(out, "JPEG", exif=fields)
    return out.getvalue()


def zip_polyglot() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x.txt", "hidden")
    return jpeg(repaired(STREET)) + out.getvalue()


def xmp(text: bytes) -> bytes:
    body = b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>" + text + b"</x:xmpmeta>"
    return p.with_segment(jpeg(repaired(STREET), **AFTER), 0xE1, body)


def c2pa() -> bytes:
    body = b"JP\x00\x01\x00\x00\x00\x01\x00\x00\x00\x30jumb\x00\x00\x00\x28jumdc2pa"
    return p.with_segment(jpeg(repaired(STREET), **AFTER), 0xEB, body)


def cut_short() -> bytes:
    whole = jpeg(repaired(STREET), **AFTER)
    return whole[: len(whole) // 2]


def sized(data: bytes, width: int, height: int) -> bytes:
    """A JPEG that claims other dimensions than it has."""
    place = data.index(b"\xff\xc0")
    return (
        data[: place + 5] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + data[place + 9 :]
    )


BARE = failing("after_assignment", "at_the_place", "not_redated")
REDATED = failing("not_redated")
DOCTORED = (
    # honest ones, so that the table shows what passes
    Doctored("honest: same street from elsewhere", lambda: jpeg(repaired(STREET), **AFTER)),
    Doctored("honest: no metadata at all", lambda: jpeg(repaired(STREET)), unknown=BARE),
    Doctored("honest: as WebP", lambda: webp(repaired(STREET), **AFTER)),
    Doctored("honest: as PNG", lambda: png(repaired(STREET)), unknown=BARE),
    Doctored(
        "honest: 40 metres away",
        lambda: jpeg(repaired(STREET), **AFTER | {"point": (HERE[0] + 0.00036, HERE[1])}),
    ),
    # the reporter's photo again
    Doctored(
        "the reporter's photo itself",
        lambda: jpeg(old(), **BEFORE),
        failed=failing("no_copy", "after_assignment"),
    ),
    Doctored(
        "re-dated",
        lambda: jpeg(old(), **AFTER),
        failed=failing("no_copy") | REDATED,
    ),
    Doctored(
        "re-dated, saved at a quality of 40",
        lambda: jpeg(old(), 40, **AFTER),
        failed=failing("not_seen_before") | REDATED,
    ),
    Doctored(
        "metadata stripped",
        lambda: jpeg(old()),
        failed=failing("no_copy"),
        unknown=BARE,
    ),
    Doctored(
        "scaled to a third",
        lambda: jpeg(old().resize((400, 300)), **AFTER),
        failed=failing("not_seen_before") | REDATED,
    ),
    Doctored(
        "as PNG",
        lambda: png(old()),
        failed=failing("no_copy"),
        unknown=BARE,
    ),
    Doctored(
        "as WebP, re-dated",
        lambda: webp(old(), **AFTER),
        failed=failing("no_copy") | REDATED,
    ),
    Doctored(
        "brighter",
        lambda: jpeg(ImageEnhance.Brightness(old()).enhance(1.3), **AFTER),
        failed=failing("not_seen_before") | REDATED,
    ),
    Doctored(
        "more contrast",
        lambda: jpeg(ImageEnhance.Contrast(old()).enhance(1.4), **AFTER),
        failed=failing("no_copy") | REDATED,
    ),
    Doctored(
        "in grey",
        lambda: jpeg(ImageOps.grayscale(old()).convert("RGB"), **AFTER),
        failed=failing("no_copy") | REDATED,
    ),
    Doctored(
        "with a caption",
        lambda: jpeg(captioned(), **AFTER),
        failed=failing("no_copy") | REDATED,
    ),
    Doctored(
        "the hole painted over",
        lambda: jpeg(edited_hole(), **AFTER),
        failed=failing("no_copy") | REDATED,
    ),
    Doctored(
        "mirrored",
        lambda: jpeg(ImageOps.mirror(old()), **AFTER),
        failed=failing("not_seen_before") | REDATED,
    ),
    Doctored(
        "upside down",
        lambda: jpeg(ImageOps.flip(old()), **AFTER),
        failed=failing("not_seen_before") | REDATED,
    ),
    Doctored(
        "turned by 180 degrees",
        lambda: jpeg(old().rotate(180), **AFTER),
        failed=failing("not_seen_before") | REDATED,
    ),
    Doctored(
        "lying on its side, put upright by a mark",
        turned_exif,
        failed=failing("no_copy") | REDATED,
    ),
    Doctored(
        "cropped by a tenth",
        lambda: jpeg(old().crop((60, 45, 1140, 855)), **AFTER),
        failed=failing("not_seen_before") | REDATED,
    ),
    Doctored(
        "cropped by a fifth",
        lambda: jpeg(old().crop((120, 90, 1080, 810)), **AFTER),
        failed=failing("not_seen_before") | REDATED,
    ),
    Doctored(
        "cropped to a corner",
        lambda: jpeg(old().crop((240, 180, 1200, 900)), **AFTER),
        failed=failing("not_seen_before") | REDATED,
    ),
    Doctored(
        "in a black frame",
        lambda: jpeg(ImageOps.expand(old(), 80, (0, 0, 0)), **AFTER),
        failed=failing("not_seen_before") | REDATED,
    ),
    Doctored(
        "a screenshot of it",
        lambda: png(p.screenshot(old())),
        failed=failing("not_seen_before"),
        unknown=BARE,
    ),
    Doctored(
        "another report's photo",
        lambda: jpeg(scene(OTHER_STREET), **AFTER),
        failed=failing("no_copy") | REDATED,
    ),
    # honest pictures with a wrong time or place
    Doctored(
        "taken before the assignment",
        lambda: jpeg(repaired(STREET), **AFTER | {"taken": "2027-04-05T08:00:00"}),
        failed=failing("after_assignment"),
    ),
    Doctored(
        "taken last year",
        lambda: jpeg(repaired(STREET), **AFTER | {"taken": "2026-04-05T13:00:00"}),
        failed=failing("after_assignment"),
    ),
    Doctored(
        "taken tomorrow",
        lambda: jpeg(repaired(STREET), **AFTER | {"taken": "2027-04-06T13:00:00"}),
        failed=failing("after_assignment"),
    ),
    Doctored(
        "another time zone, the same instant",
        lambda: jpeg(repaired(STREET), taken="2027-04-05T06:30:00", point=HERE, offset="+00:00"),
    ),
    Doctored(
        "another place",
        lambda: jpeg(repaired(STREET), **AFTER | {"point": ELSEWHERE}),
        failed=failing("at_the_place"),
    ),
    Doctored(
        "the satellites tell another day",
        lambda: jpeg(repaired(STREET), **AFTER, gps_day="2027:03:01"),
        failed=REDATED,
    ),
    Doctored(
        "changed before it was taken",
        lambda: jpeg(repaired(STREET), **AFTER, modified="2027-04-01T08:00:00"),
        failed=REDATED,
    ),
    # made or changed by a program
    Doctored(
        "saved by an editor",
        lambda: jpeg(repaired(STREET), **AFTER, software="Adobe Photoshop 26.1"),
        noted=failing("not_edited"),
    ),
    Doctored(
        "made up, says its software",
        lambda: jpeg(repaired(STREET), **AFTER, software="Midjourney v8"),
        failed=failing("not_generated"),
    ),
    Doctored(
        "made up, says the standard's word",
        lambda: xmp(b'Iptc4xmpExt:DigitalSourceType="trainedAlgorithmicMedia"'),
        failed=failing("not_generated"),
    ),
    Doctored(
        "edited, says its XMP",
        lambda: xmp(b'xmp:CreatorTool="Snapseed 2.22"'),
        noted=failing("not_edited"),
    ),
    Doctored("signed content credentials", c2pa, noted=failing("not_edited")),
    Doctored(
        "made up, with its prompt in it",
        lambda: p.with_chunk(png(repaired(STREET)), b"tEXt", b"parameters\0a repaired road"),
        failed=failing("not_generated"),
        unknown=BARE,
    ),
    # no pictures, or more than pictures
    Doctored("nothing", lambda: b"", refused="empty"),
    Doctored("a PDF", lambda: b"%PDF-1.7\n1 0 obj", refused="not_a_picture"),
    Doctored("a PDF named as a JPEG", lambda: b"%PDF-1.7\n\xff\xd8\xff", refused="not_a_picture"),
    Doctored("an SVG", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>",
             refused="not_a_picture"),
    Doctored("a GIF", lambda: b"GIF89a\x01\0\x01\0", refused="not_a_picture"),
    Doctored("HEIC", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", refused="not_a_picture"),
    Doctored(
        "JPEG that is a page",
        lambda: p.with_segment(jpeg(old()), 0xFE, b"<html><script>alert(1)</script>"),
        refused="polyglot",
    ),
    Doctored("JPEG that is an archive", zip_polyglot, refused="polyglot"),
    Doctored(
        "JPEG that is a PDF",
        lambda: p.with_segment(jpeg(old()), 0xFE, b"\n%PDF-1.4\n1 0 obj"),
        refused="polyglot",
    ),
    Doctored(
        "PNG with a program in its text",
        lambda: p.with_chunk(png(old()), b"tEXt", b"Comment\0<?php system($_GET[0]); ?>"),
        refused="polyglot",
    ),
    Doctored("PNG bomb of 400 million pixels", p.png_bomb, refused="too_many_pixels"),
    Doctored(
        "JPEG that claims 65,000 × 65,000",
        lambda: sized(jpeg(old()), 65_000, 65_000),
        refused="too_many_pixels",
    ),
    Doctored("cut short", cut_short, refused="damaged"),
    Doctored("a header and noise", lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8,
             refused="damaged"),
    Doctored("PNG without pixels", lambda: png(old())[:60], refused="damaged"),
    Doctored("13 megabytes", lambda: jpeg(old()) + b"\0" * 13_000_000, refused="too_large"),
)  # fmt: skip


def city() -> tuple[Engine, str]:
    """A pothole with the reporter's photo, another report with its photo, the agency at work."""
    engine = Engine("2027-04-05T09:45:00+07:00")
    for seed in (OTHER_STREET, STREET):
        number = engine.filed().report.number
        send(engine, number, f"p-{seed}", jpeg(scene(seed), **BEFORE), "problem")
    engine.run_until("2027-04-05T10:00:00+07:00")
    engine.act(number, "verify", "operator")
    engine.act(number, "acknowledge", "petugas.pupr")
    engine.run_until("2027-04-05T14:00:00+07:00")
    return engine, number


def send(engine: Engine, number: str, photo: str, data: bytes, purpose: str) -> None:
    by = "petugas.pupr" if purpose == "result" else ""
    engine.act(number, "add_photo", by, photo=photo, type="image/jpeg", purpose=purpose)
    engine.blobs.files[photo_key(number, photo)] = data
    engine.media.examine(number, photo)


def said_of(one: Doctored, engine: Engine, number: str) -> tuple[str, dict[str, str]]:
    """Why the file was refused, or the outcome of every check."""
    from chalicelib.domain.evidence import judge, photos_of, refusals_of, scene_of

    send(engine, number, "p-result", one.make(), "result")
    stored = engine.loaded(number)
    if "p-result" in refusals_of(stored.events):
        return refusals_of(stored.events)["p-result"], {}
    sop = engine.catalogue.sop(stored.report.sop_id, stored.report.sop_version)
    photo = photos_of(stored.events)["p-result"]
    verdict = judge([photo], scene_of(stored.events), sop.evidence)
    return "", {check.name: check.outcome for check in verdict.checks["p-result"]}


@pytest.mark.parametrize("one", DOCTORED, ids=lambda one: one.name)
def test_t24_what_the_checks_say(one: Doctored) -> None:
    refused, outcomes = said_of(one, *city())
    found = {
        outcome: frozenset(name for name, said in outcomes.items() if said == outcome)
        for outcome in ("failed", "unknown", "noted")
    }
    assert refused == one.refused
    assert found == {"failed": one.failed, "unknown": one.unknown, "noted": one.noted}


def test_there_are_more_than_thirty_that_are_not_honest() -> None:
    assert sum(not one.name.startswith("honest") for one in DOCTORED) >= 30


def test_the_times_of_the_table_are_those_of_the_story() -> None:
    engine, number = city()
    assigned = engine.loaded(number).report.assigned_at
    assert assigned and instant(assigned) == "2027-04-05T03:00:00Z"


def main() -> None:
    for one in DOCTORED:
        refused, outcomes = said_of(one, *city())
        rest = [f"{name}: {said}" for name, said in outcomes.items() if said != "passed"]
        print(f"{one.name:45} {f'refused ({refused})' if refused else ', '.join(rest) or 'passes'}")


if __name__ == "__main__":
    main()
