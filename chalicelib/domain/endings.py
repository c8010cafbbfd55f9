"""How a report ended, in words that do not embellish: one ending each, never added into another."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain import report as r
from chalicelib.domain.report import Report

#: code → Indonesian and English.
ENDINGS: Mapping[str, Mapping[str, str]] = {
    "confirmed": {
        "id": "Selesai, dikonfirmasi pelapor",
        "en": "Done, confirmed by the reporter",
    },
    "automatic": {
        "id": "Selesai diperiksa, pelapor tidak menanggapi",
        "en": "Checked, the reporter did not answer",
    },
    "no_proof": {
        "id": "Dinyatakan selesai tanpa bukti foto",
        "en": "Declared done without a photo as proof",
    },
    "disputed": {"id": "Hasil disanggah pelapor", "en": "Result disputed by the reporter"},
    "cannot_be_done": {
        "id": "Tidak dapat dikerjakan, dengan alasan hukum atau teknis",
        "en": "Cannot be done, for a stated legal or technical reason",
    },
    "nothing_found": {
        "id": "Tidak ditemukan di lokasi",
        "en": "Nothing found at the place",
    },
    "not_ours": {
        "id": "Bukan kewenangan kota, dilimpahkan",
        "en": "Not the city's, sent where it belongs",
    },
    "duplicate": {"id": "Sudah dilaporkan, digabung", "en": "A duplicate, merged"},
    "rejected": {"id": "Tidak dapat diproses, dengan alasan", "en": "Refused, with its reason"},
    "withdrawn": {"id": "Ditarik pelapor", "en": "Withdrawn by the reporter"},
}
_BY_STATUS = {
    r.MERGED: "duplicate",
    r.REFERRED: "not_ours",
    r.REJECTED: "rejected",
    r.WITHDRAWN: "withdrawn",
}


def ending_of(report: Report) -> str:
    """Return the code of how *report* ended, empty while it runs; a dispute stands until the next
    result.
    """
    if report.disputed and not report.closed:
        return "disputed"
    if report.status in _BY_STATUS:
        return _BY_STATUS[report.status]
    if report.status not in (r.CLOSED_CONFIRMED, r.CLOSED_AUTOMATIC):
        return ""
    if report.outcome in ("cannot_be_done", "nothing_found"):
        return report.outcome
    if report.proof == r.NO_PROOF:
        return "no_proof"
    return "confirmed" if report.status == r.CLOSED_CONFIRMED else "automatic"
