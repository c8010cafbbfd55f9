"""Where reports come from, in a bounded number of names: which campaign works.

Anybody may write anything into a report's source, so figures count by classes alone: what is no
class is ``other``. A poster or plate counts under ``<medium>-<kelurahan>``, of which filing lets
through real places only; the single pole is in the report's address, not in the figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

OTHER = "other"
Names = Mapping[str, str]
#: What carries a QR code of ours (`chalicelib.services.posters`).
MEDIA: Mapping[str, Names] = {
    "poster": {"id": "Poster", "en": "Poster"},
    "kartu": {"id": "Kartu", "en": "Card"},
    "tiang": {"id": "Pelat tiang lampu", "en": "Plate on a lamp pole"},
    "halte": {"id": "Pelat halte", "en": "Plate at a bus stop"},
    "sekolah": {"id": "Pelat sekolah", "en": "Plate at a school"},
}
#: Every other class.
CHANNELS: Mapping[str, Names] = {
    "web": {"id": "Halaman lapor", "en": "The report page"},
    "app": {"id": "Aplikasi kota", "en": "The city’s app"},
    "112": {"id": "Panggilan 112", "en": "Calls to 112"},
    "telepon": {"id": "Telepon lain", "en": "Other telephone calls"},
    "loket": {"id": "Loket dan surat", "en": "Counters and letters"},
    "sp4n": {"id": "SP4N-LAPOR!", "en": "SP4N-LAPOR!"},
    "open311": {"id": "Sistem lain (Open311)", "en": "Other systems (Open311)"},
    "sensor": {"id": "Sensor", "en": "Sensors"},
    "laksa": {"id": "Riwayat LAKSA", "en": "History of LAKSA"},
    "support": {"id": "“Saya juga mengalami”", "en": "“Me too”"},
    OTHER: {"id": "Lainnya", "en": "Other"},
}
#: What is counted together with something else.
_SAME: Mapping[str, str] = {
    **dict.fromkeys(("110", "113", "119"), "telepon"),
    "surat": "loket",
    **dict.fromkeys(("android", "ios"), "app"),
    **dict.fromkeys(("sp4n-lapor", "lapor"), "sp4n"),
}
_CODE = re.compile(r"([a-z]+)-([0-9]{2}(?:\.[0-9]{2}){2}\.[0-9]{4})")


def source_of(medium: str, kelurahan: str) -> str:
    """Return the source that a code on *medium* in *kelurahan* carries."""
    return f"{medium}-{kelurahan}"


def source_class(source: str) -> str:
    """Return the class under which figures count *source*, whatever it says."""
    text = source.casefold()
    found = _CODE.fullmatch(text)
    if found and found[1] in MEDIA:
        return text
    text = text.partition(".")[0]
    text = _SAME.get(text, text)
    return text if text in CHANNELS or text in MEDIA else OTHER


def in_the_city(source: str, known: Callable[[str], bool]) -> str:
    """Return *source*; of a code whose kelurahan is not *known*, the medium alone."""
    found = place_of(source.casefold())
    return source if found is None or known(found[1]) else found[0]


def name_of(source: str, place: Callable[[str], str]) -> dict[str, str]:
    """Return what a class is called in both languages; *place* names a kelurahan."""
    found = place_of(source)
    if found is None:
        return dict({**CHANNELS, **MEDIA}.get(source, CHANNELS[OTHER]))
    where = place(found[1])
    return {language: f"{word}, Kel. {where}" for language, word in MEDIA[found[0]].items()}


def place_of(source: str) -> tuple[str, str] | None:
    """Return medium and kelurahan of a class that `source_of` made, None of any other."""
    found = _CODE.fullmatch(source)
    return (found[1], found[2]) if found and found[1] in MEDIA else None
