"""What each event of a record says, in one plain sentence in both languages.

Only structured facts go into a sentence, never what people wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.events import Event, parse_instant
from chalicelib.domain.identity import PURPOSES
from chalicelib.domain.text import long_date
from chalicelib.domain.timeline import Entry
from chalicelib.services.catalogue import Catalogue

#: type → (Indonesian, English). Names in braces are filled in by `_facts`.
SENTENCES: Mapping[str, tuple[str, str]] = {
    "filed": ("Laporan diterima dan diberi nomor.", "The report was received and numbered."),
    "verified": ("Laporan diverifikasi{for_agency}.", "The report was verified{for_agency}."),
    "assigned": ("Laporan diteruskan{for_agency}.", "The report was passed on{for_agency}."),
    "reassigned": ("Laporan dialihkan{for_agency}.", "The report was passed on anew{for_agency}."),
    "declined": (
        "{from_agency} mengembalikan laporan dan mengusulkan {suggested}.",
        "{from_agency} handed the report back and named {suggested}.",
    ),
    "acknowledged": ("Petugas menerima tugas.", "An officer took the task on."),
    "co_acknowledged": ("Petugas lain ikut menerima tugas.", "Another officer joined the task."),
    "ack_lapsed": (
        "Penerimaan tugas gugur karena pekerjaan tidak dimulai.",
        "The acknowledgement lapsed since no work followed.",
    ),
    "started": ("Pekerjaan dimulai.", "Work began."),
    "on_scene": ("Petugas tiba di lokasi.", "Officers arrived at the place."),
    "situation": ("Petugas memberi laporan situasi.", "Officers reported how things stand."),
    "paused": ("Pelapor diminta melengkapi laporan.", "The reporter was asked for more."),
    "deferred": (
        "Pekerjaan ditangguhkan sampai {until}.",
        "The work was deferred until {until}.",
    ),
    "time_requested": (
        "Petugas meminta waktu sampai {until}; pimpinannya memutuskan.",
        "The officer asked for time until {until}; the head of the agency decides.",
    ),
    "called": (
        "{called} ditelepon: {outcome}.",
        "{called} was called: {outcome}.",
    ),
    "resumed": ("Waktu penanganan berjalan lagi.", "The clock went on."),
    "resolved": ("Hasil pekerjaan diajukan.", "A result was submitted."),
    "returned": ("Hasil dikembalikan untuk diperbaiki.", "The result was sent back."),
    "validated": ("Hasil diperiksa dan disahkan.", "The result was checked and validated."),
    "confirmed": ("Hasil dikonfirmasi; laporan selesai.", "Confirmed; the report is closed."),
    "closed_automatically": (
        "Laporan ditutup karena pelapor tidak menanggapi.",
        "The report was closed since the reporter did not answer.",
    ),
    "disputed": ("Pelapor menyanggah hasilnya.", "The reporter disputed the result."),
    "reopened": ("Pelapor membuka kembali laporan.", "The reporter reopened the report."),
    "referred": (
        "Laporan dilimpahkan kepada instansi di luar Pemerintah Kota.",
        "The report was referred to a body outside the city government.",
    ),
    "rejected": ("Laporan tidak dapat diproses.", "The report cannot be handled."),
    "suspected": (
        "Laporan diduga palsu; pelapor perlu ditelepon balik.",
        "The report may be a hoax; the reporter is to be called back.",
    ),
    "called_back": (
        "Pelapor ditelepon balik: {called_back}.",
        "The reporter was called back: {called_back}.",
    ),
    "blocked": (
        "Kontak pelapor dibatasi sampai {until}; darurat tetap diterima.",
        "The reporter's contact is kept from filing until {until}; emergencies are still taken.",
    ),
    "appealed": (
        "Pelapor mengajukan keberatan atas pembatasan.",
        "The reporter appealed against the block.",
    ),
    "appeal_decided": (
        "Keberatan diputus: {decision}.",
        "The appeal was decided: {decision}.",
    ),
    "merged": ("Laporan digabung dengan {into}.", "The report was merged into {into}."),
    "withdrawn": ("Pelapor menarik laporannya.", "The reporter withdrew the report."),
    "migrated": ("SOP laporan diganti menjadi {sop}.", "The report moved to the SOP {sop}."),
    "fired": (
        "Langkah {step} dijalankan; diberi tahu: {told}.",
        "Step {step} was carried out; told: {told}.",
    ),
    "unreachable": (
        "Tidak ada yang dapat dihubungi pada langkah {step}; langkah berikutnya dimajukan.",
        "Nobody could be reached at step {step}; the next one was brought forward.",
    ),
    "escalated": ("Laporan dieskalasi.", "The report was escalated."),
    "instructed": (
        "Pimpinan memberi instruksi{until_given}.",
        "A leader gave an instruction{until_given}.",
    ),
    "instruction_answered": (
        "Instruksi pimpinan dijawab.",
        "The instruction was answered.",
    ),
    "commented": ("Komentar ditambahkan.", "A comment was added."),
    "photo_added": ("Foto ditambahkan.", "A photo was added."),
    "photo_examined": ("Foto diperiksa oleh sistem.", "A photo was examined by the system."),
    "photo_covered": (
        "Wajah dan pelat nomor pada foto ditandai untuk ditutup.",
        "Faces and plates in a photo were marked to be covered.",
    ),
    "photo_reviewed": (
        "Penutupan wajah dan pelat pada foto diperiksa.",
        "The covering of faces and plates in a photo was checked.",
    ),
    "photo_published": ("Foto yang sudah ditutup terbit.", "A covered photo was published."),
    "text_released": (
        "Uraian yang boleh dibaca umum ditetapkan.",
        "The text that the public may read was released.",
    ),
    "withheld": (
        "Moderator menyembunyikan sebagian isi dari umum.",
        "A moderator withheld a part from the public.",
    ),
    "shown_again": (
        "Moderator menampilkan kembali isi yang disembunyikan.",
        "A moderator showed again what was withheld.",
    ),
    "forgotten": (
        "Data pribadi yang sudah lewat masa simpannya dihapus.",
        "Personal data whose time is over was erased.",
    ),
    "words_erased": (
        "Tulisan dalam catatan laporan dihapus.",
        "Words in the report's record were erased.",
    ),
    "audit_ordered": (
        "Hasil akan diperiksa di lapangan.",
        "The result will be looked at in the field.",
    ),
    "audited": (
        "Pemeriksaan lapangan: {finding}.",
        "Field audit: {finding}.",
    ),
    "rated": ("Pelapor memberi nilai {score} dari 5.", "The reporter gave {score} out of 5."),
    "contact_changed": (
        "Cara memberi tahu pelapor diubah.",
        "How the reporter is told was changed.",
    ),
    "contact_replaced": (
        "Pelapor mengganti atau menarik kontaknya.",
        "The reporter replaced the contact or took it back.",
    ),
    "contact_read": (
        "Kontak pelapor dibaca untuk keperluan: {purpose}.",
        "The reporter's contact was read for this purpose: {purpose}.",
    ),
    "case_read": (
        "Kasus dibuka dan dibaca oleh Inspektorat.",
        "The Inspectorate opened and read the case.",
    ),
    "place_corrected": ("Wilayah laporan dibetulkan.", "The report's area was corrected."),
    "second_unit_called": ("Regu kedua dipanggil.", "A second unit was called."),
    "tier_escalated": ("Tingkat laporan dinaikkan.", "The report's tier was raised."),
    "calendar_changed": (
        "Kalender kerja diperbarui{why}; batas waktu yang belum lewat dihitung ulang.",
        "The working calendar was updated{why}; limits not yet passed are counted anew.",
    ),
    "kept_apart": (
        "Diperiksa: bukan laporan yang sama dengan {other}.",
        "Looked at: not the same as {other}.",
    ),
    "unmerged": (
        "Penggabungan dibatalkan; laporan berjalan sendiri lagi.",
        "The merge was undone; the report goes its own way again.",
    ),
    "joined": ("Laporan {number} digabung ke sini.", "Report {number} was joined to this one."),
    "parted": ("Laporan {number} dipisahkan lagi.", "Report {number} was separated again."),
    "burst_opened": (
        "{reports} laporan tentang hal yang sama ditangani sebagai satu.",
        "{reports} reports about the same thing are handled as one.",
    ),
    "news": (
        "Kabar dari laporan induk {of} disampaikan.",
        "News of the report {of} was passed on.",
    ),
    "affirmed": ("Dukungan dipastikan.", "The support was confirmed."),
    "threshold_reached": (
        "Dukungan warga satu kelurahan mencapai {needed}.",
        "Supports from one kelurahan reached {needed}.",
    ),
    "signal_cleared": (
        "Sensor melaporkan keadaan pulih; penyelesaian diusulkan.",
        "The sensor reports that it is over; closing is proposed.",
    ),
    "signal_returned": ("Sinyal sensor kembali.", "The sensor's signal came back."),
    "referral_sent": (
        "Pelimpahan sudah diterima instansi tujuan{reference}.",
        "The referral reached the receiving body{reference}.",
    ),
    "referral_failed": (
        "Pelimpahan belum dapat disampaikan; operator menindaklanjuti.",
        "The referral could not be delivered; an operator follows up.",
    ),
    "referral_settled": (
        "Instansi penerima menyatakan selesai.",
        "The receiving body says that it is done.",
    ),
    "referral_refused": (
        "Instansi penerima menyatakan bukan kewenangannya; laporan kembali ke kota.",
        "The receiving body says that it is not theirs; the report is the city's again.",
    ),
    "referral_answered": (
        "Jawaban instansi penerima dicatat.",
        "The answer of the receiving body was recorded.",
    ),
}
_UNNAMED = ("Kejadian {type} dicatat.", "The event {type} was recorded.")
_NOBODY = {"id": "tidak ada", "en": "nobody"}
_REPORTER = {"id": "pelapor", "en": "the reporter"}
_NO_NAME = {"id": "", "en": ""}
_FINDINGS: Mapping[str, Mapping[str, str]] = {
    "as_reported": {"id": "sesuai laporan hasil", "en": "as the result says"},
    "partly": {"id": "sebagian dikerjakan", "en": "done in part"},
    "not_done": {"id": "tidak dikerjakan", "en": "not done"},
}
_CALLED_BACK: Mapping[str, Mapping[str, str]] = {
    "real": {"id": "laporannya benar", "en": "the report is true"},
    "denied": {"id": "menyangkal atau mengaku palsu", "en": "denied it, or owned up"},
    "no_answer": {"id": "tidak diangkat", "en": "no answer"},
    "no_contact": {"id": "tidak meninggalkan kontak", "en": "left no contact"},
}
_DECIDED: Mapping[str, Mapping[str, str]] = {
    "lift": {"id": "pembatasan dicabut", "en": "the block is lifted"},
    "uphold": {"id": "pembatasan tetap", "en": "the block stands"},
}
_OWN = {"id": "dibaca pelapor sendiri", "en": "read by the reporter"}
_TO = {"id": " kepada ", "en": " to "}
_BEFORE = {"id": ", dijawab paling lambat ", "en": ", to be answered by "}


def of_event(event: Event, catalogue: Catalogue) -> dict[str, str]:
    """Return the sentence of *event* in both languages."""
    pair = SENTENCES.get(event.type, _UNNAMED)
    return {
        language: text.format(**_facts(event, catalogue, language))
        for language, text in zip(("id", "en"), pair, strict=True)
    }


#: What came of a telephone call.
_CALLED: Mapping[str, Mapping[str, str]] = {
    "accepted": {"id": "menerima tugas", "en": "took the task on"},
    "reached": {"id": "tersambung", "en": "was reached"},
    "no_answer": {"id": "tidak menjawab", "en": "did not answer"},
    "busy": {"id": "sedang sibuk", "en": "was busy"},
    "wrong_number": {"id": "nomor tidak tepat", "en": "has another number"},
}


def of_deferral(entry: Entry, language: str) -> str:
    """Return why the end of a deferral is due when it is: no clock counts it, a person named it."""
    if entry.due_at is None:
        return ""
    until = long_date(entry.due_at, language)
    if language == "en":
        return f"Due {until}: the date named and approved when the work was deferred."
    return f"Jatuh tempo {until}: tanggal yang disetujui saat pekerjaan ditangguhkan."


def _facts(event: Event, catalogue: Catalogue, language: str) -> dict[str, str]:
    data = event.data
    agency = _agency(catalogue, data.get("agency"), language)
    until = data.get("until")
    return {
        "type": event.type,
        "for_agency": f"{_TO[language]}{agency}" if agency else "",
        "from_agency": _agency(catalogue, data.get("from"), language),
        "suggested": _agency(catalogue, data.get("suggested"), language),
        "until": long_date(parse_instant(until), language) if until else "",
        "until_given": f"{_BEFORE[language]}{long_date(parse_instant(until), language)}"
        if until
        else "",
        "into": str(data.get("into", "")),
        "sop": f"{data.get('id', '')} v{data.get('version', '')}",
        "step": str(data.get("step", "")),
        "told": _told(catalogue, data.get("told") or (), language),
        "score": str(data.get("score", "")),
        "reference": f" ({data['reference']})" if data.get("reference") else "",
        "called": _told(catalogue, (data["to"],) if event.type == "called" else (), language),
        "outcome": _CALLED.get(str(data.get("outcome", "")), {}).get(language, ""),
        **{
            name: str(data.get(name, "")) for name in ("number", "other", "reports", "of", "needed")
        },
        "why": _why(data.get("reason"), language),
        "called_back": _CALLED_BACK.get(str(data.get("outcome", "")), _NO_NAME)[language],
        "decision": _DECIDED.get(str(data.get("outcome", "")), _NO_NAME)[language],
        "finding": _FINDINGS.get(str(data.get("finding", "")), _NO_NAME)[language],
        "purpose": _purpose(str(data.get("purpose", "")), language),
    }


def _why(reason: Any, language: str) -> str:
    """Why a calendar changed: structured words of ours, kept in both languages."""
    return f" ({reason[language]})" if isinstance(reason, Mapping) else ""


def _purpose(code: str, language: str) -> str:
    row = PURPOSES.get(code)
    return row.name[language] if row else _OWN[language]


def _agency(catalogue: Catalogue, code: Any, language: str) -> str:
    row = catalogue.agencies().get(str(code or ""))
    return str(row["name"][language]) if row else str(code or "")


def _told(catalogue: Catalogue, positions: Any, language: str) -> str:
    names = []
    for one in positions:
        position = catalogue.positions().get(one)
        title = _REPORTER if one == "reporter" else position["title"] if position else {}
        names.append(str(title.get(language, one)))
    return ", ".join(names) or _NOBODY[language]
