"""Our reports in the words of SP4N-LAPOR!, the national exchange: statuses, topics, limits.

What the public pages of SP4N-LAPOR! show (mid-2025) is known; its interface for agencies is not
public. So everything here is a proposal, in one place, to be corrected when the city has access
(docs/sp4n.md says what is known and what is not).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain import report as r
from chalicelib.domain.catalogue import Category

#: Version of the document form below; a reader refuses any other.
FORM = 1
#: Working days from PermenPANRB 62/2018 as its summaries give them: the text was not found.
LIMITS: Mapping[str, int] = {
    "permintaan_informasi": 5,
    "aspirasi": 14,
    "pengaduan_tidak_berkadar_pengawasan": 14,
    "pengaduan_berkadar_pengawasan": 60,
}
_KINDS: Mapping[str, str] = {
    "information": "permintaan_informasi",
    "aspiration": "aspirasi",
    "appreciation": "aspirasi",
    "oversight": "pengaduan_berkadar_pengawasan",
}
#: Our status → theirs, as their public pages put it; empty where they have none.
_OUT: Mapping[str, str] = {
    r.RECEIVED: "Belum diverifikasi",
    r.NEEDS_INFORMATION: "Tertunda",
    r.VERIFIED: "Terverifikasi",
    r.ASSIGNED: "Terdisposisi",
    r.ACKNOWLEDGED: "Diproses",
    r.IN_PROGRESS: "Diproses",
    r.DEFERRED: "Pending",
    r.AWAITING_VALIDATION: "Ditindaklanjuti oleh Instansi",
    r.RETURNED: "Diproses",
    r.AWAITING_CONFIRMATION: "Ditindaklanjuti oleh Instansi",
    r.CLOSED_CONFIRMED: "Selesai",
    r.CLOSED_AUTOMATIC: "Selesai otomatis",
    r.REOPENED: "Ditanggapi oleh Pelapor",
    r.REFERRED: "Terdisposisi",
    r.REJECTED: "Arsip",
    r.MERGED: "",
    r.WITHDRAWN: "Arsip",
}
#: Their status → what it means for a report that we sent there.
_IN: Mapping[str, str] = {
    "selesai": "settled",
    "selesai otomatis": "settled",
    "ditindaklanjuti oleh instansi": "said",
    "arsip": "refused",
    "dihapus": "refused",
}


class NotTheForm(ValueError):
    """The document is not of the form that we read; ``field`` names the culprit."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one of our reports. *meaning*: ``settled``, ``refused`` or ``said``."""

    number: str
    id: str
    reference: str
    meaning: str
    text: str


def classification(category: Category) -> str:
    """Return one of the four classes of PermenPANRB 62/2018."""
    return _KINDS.get(category.kind, "pengaduan_tidak_berkadar_pengawasan")


def status_there(status: str) -> str:
    """Return their word for one of our statuses, empty where they have none."""
    return _OUT[status]


def meaning_here(status: str) -> str:
    """Return what one of their words means for a report that we sent there."""
    return _IN.get(" ".join(status.casefold().split()), "said")


def document(
    report: r.Report, category: Category, texts: Mapping[str, str], place: str
) -> dict[str, Any]:
    """Return the report as a document for the exchange; who reported is not in it."""
    kind = classification(category)
    return {
        "form": FORM,
        "id": report.number,
        "tanggal": report.filed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "klasifikasi": kind,
        "batas_hari_kerja": LIMITS[kind],
        "topik": category.sp4n_topic,
        "judul": category.name["id"],
        "isi": texts.get("description", ""),
        "lokasi": texts.get("address") or place,
        "wilayah": report.kelurahan,
        "status": status_there(report.status),
        "pelapor": "Anonim",
        "rahasia": report.secret,
    }


def read_answer(body: Any) -> Answer:
    """Return what a document of theirs says; raise NotTheForm."""
    if not isinstance(body, Mapping) or body.get("form") != FORM:
        raise NotTheForm("form")
    values = {}
    for name in ("id", "tindak_lanjut_id", "nomor_lapor", "status", "tanggapan"):
        value = body.get(name, "")
        if not isinstance(value, str) or len(value) > 4000:
            raise NotTheForm(name)
        values[name] = value.strip()
    for name in ("id", "tindak_lanjut_id", "status"):
        if not values[name]:
            raise NotTheForm(name)
    return Answer(
        number=values["id"],
        id=values["tindak_lanjut_id"],
        reference=values["nomor_lapor"],
        meaning=meaning_here(values["status"]),
        text=values["tanggapan"] or values["status"],
    )
