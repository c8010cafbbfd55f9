"""What posters, cards and plates say, and the source code by which the city counts their reports.

A sheet belongs to one kelurahan and one medium. Its QR codes open the report form with the place
filled in and with a source of its own, ``<medium>-<kelurahan>``, so that the figures show which of
them people use (`chalicelib.domain.sources`). The page, the PDF and the code say the same because
all of them are made from `Posters.facts`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.domain.events import canonical
from chalicelib.domain.sources import MEDIA, source_of
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.ports import Jobs, Prints
from chalicelib.services.printing import JOB, KEPT, MADE, OPEN_FOR, PDF

#: The code of a lamp pole, bus stop or school, as it stands on its plate.
ASSET = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .-]{0,39}")
#: Plates in one document: a street at a time.
MOST = 60
#: Which of the media belong to one thing each: the category that its code opens, what it asks.
PLATES: Mapping[str, tuple[str, tuple[str, str]]] = {
    "tiang": ("INF-07", ("Lampu ini padam?", "Is this lamp out?")),
    "halte": ("", ("Ada masalah di halte ini?", "A problem at this stop?")),
    "sekolah": ("", ("Ada masalah di sekitar sekolah?", "A problem around this school?")),
}
#: Raised when the drawing changes, so that no document of an older look is served.
_LOOK = 1
_NOW = timedelta()

_TEXTS: Mapping[str, tuple[str, str]] = {
    "question": ("Ada masalah di sini?", "A problem here?"),
    "lead": ("Laporkan dalam satu menit. Tanpa akun.", "Report it in a minute. No account."),
    "scan": ("Pindai kode ini", "Scan this code"),
    "choose": ("Pilih masalahnya, kirim", "Choose what is wrong, send"),
    "watch": ("Lihat batas waktunya berjalan", "Watch its deadline run"),
    "city": ("LIVE Room Kota Tangerang", "LIVE Room, Tangerang City"),
    "call": ("Darurat: 112, gratis 24 jam", "Emergency: 112, free, 24 hours"),
}


class NoSuchSheet(LookupError):
    """There is no such kelurahan or medium, or an asset's code is not of the form."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document: a poster, a page of cards, or the plates of these assets."""

    kelurahan: str
    medium: str = "poster"
    category: str = ""
    assets: tuple[str, ...] = ()
    language: str = "id"

    def as_body(self) -> dict[str, Any]:
        """Return the sheet as the message that asks for it."""
        return {
            "kelurahan": self.kelurahan,
            "medium": self.medium,
            "category": self.category,
            "assets": list(self.assets),
            "language": self.language,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """A document by its mark, and its address once it has been made."""

    mark: str
    url: str | None


@dataclass(frozen=True)
class Posters:
    """Says what sheets hold, asks for their documents, and makes them.

    render: from what `facts` says to the bytes of a PDF.
    """

    catalogue: Catalogue
    prints: Prints
    jobs: Jobs
    base: Callable[[], str]
    render: Callable[[Mapping[str, Any]], bytes]

    def facts(self, sheet: Sheet) -> dict[str, Any]:
        """Return everything that *sheet* shows; raise NoSuchSheet."""
        area = self.catalogue.areas.get(sheet.kelurahan)
        if area is None or area.level != "kelurahan" or sheet.medium not in MEDIA:
            raise NoSuchSheet(sheet.kelurahan)
        if len(sheet.assets) > MOST or not all(ASSET.fullmatch(one) for one in sheet.assets):
            raise NoSuchSheet("asset")
        usual, question = PLATES.get(sheet.medium, ("", _TEXTS["question"]))
        known = self.catalogue.categories().get(sheet.category or usual)
        english = sheet.language == "en"
        words = {name: pair[english] for name, pair in _TEXTS.items()}
        words["question"] = question[english]
        if known is not None and sheet.category:
            words["question"] = f"{_short(known.name[sheet.language])}?"
        return {
            "medium": sheet.medium,
            "language": sheet.language,
            "place": area.name,
            "how": [words.pop(name) for name in ("scan", "choose", "watch")],
            **words,
            "items": [
                {"asset": one, "target": self._target(sheet, one, known.code if known else "")}
                for one in sheet.assets or ("",)
            ],
        }

    def asked(self, sheet: Sheet) -> Asked:
        """Return the document of *sheet*; if there is none yet, ask for it. Raises NoSuchSheet."""
        mark = _mark(self.facts(sheet))
        found = self.kept(sheet.kelurahan, mark)
        if found is None:
            self.jobs.put(JOB, [{"sheet": sheet.as_body()}], _NOW)
        return Asked(mark, found)

    def kept(self, kelurahan: str, mark: str) -> str | None:
        """Return the address of a document that has been made, None if there is none."""
        key = sheet_key(kelurahan, mark)
        if not self.prints.exists(key):
            return None
        return self.prints.address(key, f"poster-{kelurahan}.pdf", OPEN_FOR)

    def make(self, body: Mapping[str, Any]) -> str:
        """Make the document of a sheet (`Sheet.as_body`) unless it is kept already.

        Raises NoSuchSheet.
        """
        sheet = Sheet(**{**body, "assets": tuple(body["assets"])})
        facts = self.facts(sheet)
        key = sheet_key(sheet.kelurahan, _mark(facts))
        if self.prints.exists(key):
            return KEPT
        self.prints.put(key, self.render(facts), PDF)
        return MADE

    def _target(self, sheet: Sheet, asset: str, category: str) -> str:
        fields = {
            "kelurahan": sheet.kelurahan,
            "source": source_of(sheet.medium, sheet.kelurahan),
            "address": asset,
            "category": category,
        }
        given = {name: value for name, value in fields.items() if value}
        return f"{self.base()}/?{urlencode(given)}"


def sheet_key(kelurahan: str, mark: str) -> str:
    """Return where a sheet's document lies in the bucket."""
    return f"printed/posters/{kelurahan}/{mark}.pdf"


def assets_in(text: str) -> Sequence[str]:
    """Return the codes that somebody typed, one a line or parted by commas, each once."""
    found = (one.strip() for one in re.split(r"[\n,;]", text))
    return list(dict.fromkeys(one for one in found if one))


def _mark(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical({**facts, "look": _LOOK})).hexdigest()


def _short(name: str) -> str:
    return re.split(r" / | \(|: ", name, maxsplit=1)[0]
