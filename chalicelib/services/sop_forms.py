"""An SOP version as the government's form (PermenPANRB 35/2012), from the same data that runs.

The form has an identity part and a flow chart: activities down, actors across, and the quality
standard (mutu baku: completeness, time, output) of each. The page and the PDF show this one form.
What nobody has laid down (a number, a signature, a regulation) is shown as a gap, never made up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.domain.dates import MONTHS
from chalicelib.domain.events import canonical, parse_instant
from chalicelib.domain.explanation import budget_in_words
from chalicelib.domain.lifecycle import Workbench
from chalicelib.domain.sop import (
    Activity,
    Duration,
    LegalBasis,
    Sop,
    SopInvalid,
    Step,
    content_hash,
)
from chalicelib.services.administering import NoSuchDocument, Register, Version
from chalicelib.services.catalogue import CITY_ZONE, Catalogue
from chalicelib.services.ports import Clock

GOVERNMENT = "Pemerintah Kota Tangerang"
#: What stands where something has not been laid down.
NO_NUMBER = "(ditetapkan Bagian Organisasi)"
NO_DATE = "(belum dicatat)"
NO_LAW = "(belum ditetapkan)"
#: Marks of a legal basis: how sure it is.
VERIFIED, UNVERIFIED, ABSENT = "verified", "unverified", "absent"
_BENCHES = 200

#: role → how the form names its holder. Offices, never persons.
ROLE_TITLES: Mapping[str, str] = {
    "sistem": "Sistem",
    "operator": "Operator LIVE Room",
    "supervisor": "Supervisor LIVE Room",
    "verifikator": "Verifikator LIVE Room",
    "pusat_kendali": "Kepala UPT Ruang Kendali",
    "petugas": "Petugas OPD",
    "piket": "Piket OPD",
    "danru": "Komandan Regu",
    "kasi": "Kepala Seksi",
    "kabid": "Kepala Bidang",
    "kadis": "Kepala OPD",
    "lurah": "Lurah",
    "camat": "Camat",
    "asisten": "Asisten Sekda",
    "sekda": "Sekretaris Daerah",
    "walikota": "Wali Kota",
    "inspektorat": "Inspektorat",
    "irban": "Inspektur Pembantu",
    "inspektur": "Inspektur",
    "pelapor": "Pelapor",
}
CLOCK_TITLES: Mapping[str, str] = {
    "verification": "verifikasi",
    "agency": "penugasan OPD",
    "citizen": "laporan masuk",
    "validation": "hasil diajukan",
    "confirmation": "hasil disahkan",
    "pause": "jeda",
    "follow_up": "pelimpahan",
}
UNTIL_TITLES: Mapping[str, str] = {
    "verified": "diverifikasi",
    "acknowledged": "diterima",
    "on_scene": "tiba di lokasi",
    "resolved": "hasil diajukan",
    "validated": "disahkan",
    "confirmed": "dikonfirmasi",
    "resumed": "dilanjutkan",
}
_TIERS: Mapping[str, str] = {
    "P0": "Nyawa terancam",
    "P1": "Bahaya atau kesehatan",
    "P2": "Mendesak",
    "P3": "Rutin",
    "P4": "Pengawasan (rahasia)",
    "P5": "Informasi dan aspirasi",
}
#: Which clock's calendar counts the time of an actor's activities, where it is not the SOP's own.
_CLOCK_OF_ACTOR = {"verifikator": "validation", "pelapor": "confirmation"}


@dataclass(frozen=True)
class SopForms:
    """Makes forms. It reads the catalogue and the register, and writes nothing."""

    catalogue: Catalogue
    register: Register
    clock: Clock

    def form(self, sop: Sop) -> dict[str, Any]:
        """Return the form of *sop*, JSON-ready; texts are Indonesian, as the form demands."""
        rows = self._assignments(sop)
        stored = self.register.version("sop", sop.id, sop.version)
        agency = self._agency(sop)
        document = sop.document
        actors = list(dict.fromkeys(one.actor for one in sop.activities if one.actor))
        return {
            "government": GOVERNMENT,
            "agency": agency["name"],
            "id": sop.id,
            "version": sop.version,
            "hash": content_hash(sop),
            "name": sop.name.get("id") or sop.id,
            "number": document.get("number") or NO_NUMBER,
            "numbered": bool(document.get("number")),
            "created": self._created(sop, stored),
            "revised": _day_of(stored) if sop.version > 1 else "-",
            "effective": _effective(rows),
            "approved_by": agency["head"],
            "trail": self._trail(sop),
            "categories": [self._category(code) for code in sop.categories],
            "tier": sop.tier or "",
            "tier_name": _TIERS.get(sop.tier or "", ""),
            "legal_basis": [law_row(one) for one in sop.legal_basis],
            "qualifications": _texts(document, "qualifications"),
            "related": _texts(document, "related"),
            "equipment": _texts(document, "equipment"),
            "warnings": _texts(document, "warnings"),
            "records": _texts(document, "records"),
            "evidence": _evidence(sop),
            "actors": [{"role": one, "title": title_of(one)} for one in actors],
            "activities": [
                _activity(one, place, sop, self._always_open(sop, one.actor))
                for place, one in enumerate(sop.activities)
            ],
            "steps": [self._step(step, sop) for step in sop.steps],
        }

    def _created(self, sop: Sop, stored: Version | None) -> str:
        first = stored if sop.version == 1 else self.register.version("sop", sop.id, 1)
        return _day_of(first)

    def _assignments(self, sop: Sop) -> list[Mapping[str, Any]]:
        rows = self.catalogue.assignments()
        return [row for row in rows if (row["sop"], int(row["version"])) == (sop.id, sop.version)]

    def _agency(self, sop: Sop) -> dict[str, str]:
        """The agency that owns the SOP, and the office that signs for it."""
        code = sop.owner
        if code == "category":
            category = next(iter(sop.categories), "")
            code = self.catalogue.owner(category, "", "", self.clock.now())
        known = self.catalogue.agencies().get(code)
        if known is None:
            return {"name": "Kecamatan sesuai wilayah laporan", "head": "Camat"}
        name = str(known["name"]["id"])
        titles = (
            str(row["title"]["id"])
            for row in self.catalogue.positions().values()
            if row.get("agency") == code and row["role"] in ("kadis", "inspektur", "camat")
        )
        head = next(titles, "Kepala")
        return {"name": name, "head": f"Kepala {name}" if head.startswith("Kepala") else head}

    def _trail(self, sop: Sop) -> list[dict[str, str]]:
        """Which offices wrote, reviewed and approved this version, empty for what was shipped."""
        bench = self._bench(sop)
        if bench is None:
            return []
        people = (
            ("Disusun oleh", bench.authors),
            ("Ditelaah oleh", (bench.reviewer,)),
            ("Disetujui oleh", (bench.approver,)),
        )
        return [
            {"act": act, "by": ", ".join(self._office(one) for one in persons if one)}
            for act, persons in people
            if any(persons)
        ]

    def _bench(self, sop: Sop) -> Workbench | None:
        for seen, version in enumerate(self.register.versions("draft", sop.id)):
            bench = Workbench.from_dict(version.body)
            if bench.number == sop.version:
                return bench
            if bench.number < sop.version or seen >= _BENCHES:
                return None
        return None

    def _office(self, person: str) -> str:
        held = self.catalogue.directory().positions_of(person, self.clock.now())
        return str(held[0].title["id"]) if held else "akun tanpa jabatan"

    def _category(self, code: str) -> str:
        found = self.catalogue.categories().get(code)
        return f"{code} {found.name['id']}" if found else code

    def _always_open(self, sop: Sop, actor: str) -> bool:
        clock = _CLOCK_OF_ACTOR.get(actor, "")
        named = (step.calendar for step in sop.steps if step.clock == clock and step.calendar)
        return self._is_open(next(named, None) or sop.calendar)

    def _is_open(self, calendar: str) -> bool:
        versions = self.catalogue.calendar_versions()
        if calendar not in versions:
            raise NoSuchDocument(f"calendar {calendar}")
        return self.catalogue.calendar(calendar, versions[calendar]).always_open

    def _step(self, step: Step, sop: Sop) -> dict[str, Any]:
        wall = self._is_open(step.calendar or sop.calendar)
        time = _capital(budget_in_words(step.at.days, step.at.seconds, wall))
        if step.repeat:
            every = budget_in_words(step.repeat.every.days, step.repeat.every.seconds, wall)
            time = f"{time}, lalu tiap {every} ({step.repeat.times} kali)"
        return {
            "id": step.id,
            "name": step.name.get("id", ""),
            "clock": CLOCK_TITLES[step.clock],
            "time": time,
            "until": UNTIL_TITLES.get(step.until or "", ""),
            "told": [title_of(role) for role in step.notify],
            "limit": step.limit,
            "basis": step.basis or "",
            "act": step.act,
        }


def form_mark(form: Mapping[str, Any]) -> str:
    """Return the mark of a form's whole content: another mark is another printed document."""
    return hashlib.sha256(canonical(form)).hexdigest()


def title_of(role: str) -> str:
    """Return how the form names a role."""
    return ROLE_TITLES.get(role, role.replace("_", " ").capitalize())


def law_row(basis: LegalBasis) -> dict[str, str]:
    """Return one legal basis with how sure it is, in words that may be printed."""
    if NO_LAW in basis.text:
        return {"text": basis.text, "state": ABSENT, "note": "belum ada"}
    if basis.verified_by:
        return {"text": basis.text, "state": VERIFIED, "note": f"diperiksa {basis.verified_by}"}
    return {"text": basis.text, "state": UNVERIFIED, "note": "perlu diverifikasi Bagian Hukum"}


def _activity(one: Activity, place: int, sop: Sop, always_open: bool) -> dict[str, Any]:
    return {
        "no": one.no,
        "activity": one.activity,
        "actor": one.actor,
        "symbol": one.extra.get("symbol") or _symbol(place, len(sop.activities)),
        "otherwise": dict(one.extra["otherwise"]) if one.extra.get("otherwise") else None,
        "inputs": list(one.inputs),
        "time": _time(one.time, always_open),
        "output": one.output,
        "note": str(one.extra.get("note", "")),
    }


def _symbol(place: int, count: int) -> str:
    """The form's terminators: the first activity begins the flow, the last one ends it."""
    if place == 0:
        return "start"
    return "end" if place == count - 1 else "process"


def _time(text: str, always_open: bool) -> str:
    try:
        budget = Duration.parse(text)
    except SopInvalid:
        return text  # words of an author, shown as they are
    return _capital(budget_in_words(budget.days, budget.seconds, always_open))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _effective(rows: Iterable[Mapping[str, Any]]) -> str:
    days = sorted(str(row["from"]) for row in rows)
    return _plain_day(date.fromisoformat(days[0])) if days else NO_LAW


def _day_of(stored: Version | None) -> str:
    at = stored.note.get("at") if stored else None
    return _plain_day(parse_instant(at).astimezone(CITY_ZONE).date()) if at else NO_DATE


def _plain_day(day: date) -> str:
    """``1 November 2026``."""
    return f"{day.day} {MONTHS['id'][day.month - 1]} {day.year}"


def _texts(document: Mapping[str, Any], name: str) -> list[str]:
    value = document.get(name) or ()
    return [value] if isinstance(value, str) else [str(one) for one in value]


def _evidence(sop: Sop) -> list[str]:
    evidence = sop.evidence
    if evidence is None:
        return []
    parts = [f"{evidence.photos_before} foto sebelum"] if evidence.photos_before else []
    parts += [f"{evidence.photos_after} foto sesudah"] if evidence.photos_after else []
    if evidence.max_distance_m:
        parts.append(f"diambil paling jauh {evidence.max_distance_m} m dari lokasi")
    documents: Sequence[Any] = evidence.extra.get("documents") or ()
    return [*parts, *(str(one) for one in documents)]
