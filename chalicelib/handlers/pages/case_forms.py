"""The forms behind the buttons of a case: per action its fields, with their words.

Which of them are offered follows from the table of transitions, never from here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import msgspec

from chalicelib.domain.report import REFUSED, Report
from chalicelib.handlers.definitions import ACTION_BODIES, MOST_PHOTOS
from chalicelib.handlers.field_errors import field_error, from_msgspec
from chalicelib.handlers.pages.words import Pair
from chalicelib.handlers.problems import Problem
from chalicelib.services.catalogue import CITY_ZONE

#: An agency's day ends; a date without an hour means until then.
_END_OF_DAY = time(16, 0)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    kind: ``text``, ``area``, ``date``, ``agency``, ``category``, ``photos``, ``report``, or
    ``choice`` with its *choices* (value → words).
    """

    name: str
    label: Pair
    kind: str = "area"
    required: bool = True
    choices: Mapping[str, Pair] | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """An action's form: the button's words, its fields, and whether it stands open as the main."""

    action: str
    label: Pair
    fields: tuple[Field, ...] = ()
    icon: str = ""


_REASON: Pair = ("Alasan", "Reason")
_AGENCY = Field("agency", ("Instansi", "Agency"), "agency")
_UNTIL = Field("until", ("Sampai tanggal", "Until"), "date")
_NOTE = Field("note", ("Catatan (tidak wajib)", "Note (optional)"), required=False)
_FINDINGS: Mapping[str, Pair] = {
    "as_reported": ("Sesuai laporan hasil", "As the result says"),
    "partly": ("Sebagian dikerjakan", "Done in part"),
    "not_done": ("Tidak dikerjakan", "Not done"),
}
_REJECTIONS: Mapping[str, Pair] = {
    "not_public_service": ("Bukan pelayanan publik", "Not a public service"),
    "incomplete": ("Tidak lengkap walau sudah ditanya", "Incomplete although asked"),
    "unlawful_content": ("Memuat isi yang melanggar hukum", "Unlawful content"),
    "before_court": ("Sedang di pengadilan", "Before a court"),
    "already_answered": ("Sudah dijawab tuntas", "Already answered in full"),
}
CALLED_BACK: Mapping[str, Pair] = {
    "real": ("Benar, bukan palsu", "True, no hoax"),
    "denied": ("Menyangkal atau mengaku palsu", "Denied it, or owned up"),
    "no_answer": ("Tidak diangkat", "No answer"),
    "no_contact": ("Tidak meninggalkan kontak", "Left no contact"),
}
DECIDED: Mapping[str, Pair] = {
    "lift": ("Pembatasan dicabut", "The block is lifted"),
    "uphold": ("Pembatasan tetap", "The block stands"),
}
SITUATIONS: Mapping[str, Pair] = {
    "on_the_way": ("Menuju lokasi", "On the way"),
    "handling": ("Sedang ditangani", "Being handled"),
    "needs_help": ("Perlu bantuan", "Help is needed"),
    "under_control": ("Terkendali", "Under control"),
}
_MEANINGS: Mapping[str, Pair] = {
    "settled": ("Sudah diselesaikan", "Settled"),
    "refused": ("Bukan wewenang mereka", "Not theirs"),
    "said": ("Kabar lain", "Other news"),
}
_OUTCOMES: Mapping[str, Pair] = {
    "done": ("Selesai dikerjakan", "Done"),
    "cannot_be_done": ("Tidak dapat dikerjakan", "Cannot be done"),
    "nothing_found": ("Masalah tidak ditemukan", "Nothing was found"),
}

#: In the order in which a case moves.
FORMS: tuple[Form, ...] = (
    Form(
        "verify",
        ("Verifikasi dan teruskan", "Verify and pass on"),
        (
            Field("category", ("Ubah jenis (bila keliru)", "Other kind"), "category", False),
            Field("agency", ("Instansi lain (bila perlu)", "Other agency"), "agency", False),
            _NOTE,
        ),
        "cek",
    ),
    Form("acknowledge", ("Terima tugas", "Take it on"), (), "cek"),
    Form("start", ("Mulai bekerja", "Start work"), (), "panah"),
    Form(
        "arrive",
        ("Tiba di lokasi", "On scene"),
        (
            Field(
                "reason",
                ("Alasan, bila belum tepat di lokasi", "Reason, if not quite at the place"),
                required=False,
            ),
        ),
        "pin",
    ),
    Form(
        "situation",
        ("Laporan situasi", "Situation report"),
        (
            Field("state", ("Keadaan di lapangan", "In the field"), "choice", True, SITUATIONS),
            _NOTE,
        ),
    ),
    Form(
        "submit",
        ("Ajukan hasil", "Submit the result"),
        (
            Field("outcome", ("Hasil", "Result"), "choice", True, _OUTCOMES),
            Field("photos", ("Foto bukti", "Photos as proof"), "photos", False),
            Field("note", ("Apa yang dikerjakan", "What was done"), required=False),
            Field(
                "reason",
                ("Alasan, bila tidak dapat dikerjakan", "Reason, if it cannot be done"),
                required=False,
            ),
        ),
        "kamera",
    ),
    Form("validate", ("Sahkan hasil", "Validate the result"), (_NOTE,), "cek"),
    Form("return", ("Kembalikan", "Send back"), (Field("reason", _REASON),)),
    Form("assign", ("Teruskan ke instansi", "Assign"), (_AGENCY, _NOTE)),
    Form(
        "decline",
        ("Bukan kewenangan", "Not ours"),
        (
            Field("agency", ("Yang berwenang", "Whose it is"), "agency"),
            Field("reason", _REASON),
        ),
    ),
    Form("defer", ("Tangguhkan", "Defer"), (_UNTIL, Field("reason", _REASON))),
    Form("request_time", ("Minta waktu", "Ask for time"), (_UNTIL, Field("reason", _REASON))),
    Form(
        "ask",
        ("Tanya pelapor", "Ask the reporter"),
        (Field("question", ("Pertanyaan", "Question")),),
    ),
    Form(
        "merge",
        ("Gabung dengan laporan lain", "Merge"),
        (Field("into", ("Nomor laporan utama", "Number of the main report"), "report"),),
    ),
    Form(
        "keep_apart",
        ("Bukan laporan yang sama", "Not the same report"),
        (Field("other", ("Nomor laporan yang mirip", "Number of the similar report"), "report"),),
    ),
    Form("unmerge", ("Pisahkan lagi", "Undo the merge"), (Field("reason", _REASON),)),
    Form(
        "answer_referral",
        ("Catat jawaban instansi luar", "Record the body's answer"),
        (
            Field("meaning", ("Artinya", "What it means"), "choice", True, _MEANINGS),
            Field("text", ("Jawabannya", "Their answer")),
        ),
    ),
    Form(
        "refer",
        ("Limpahkan ke luar kota", "Refer outside"),
        (
            Field("body", ("Instansi", "Body"), "text"),
            Field("reference", ("Nomor di sana (bila ada)", "Number there, if any"), "text", False),
            Field("reason", _REASON),
        ),
    ),
    Form(
        "reject",
        ("Tidak dapat diproses", "Reject"),
        (Field("reason", _REASON, "choice", True, _REJECTIONS), _NOTE),
    ),
    Form("suspect", ("Diduga palsu", "May be a hoax"), (Field("reason", _REASON),)),
    Form(
        "call_back",
        ("Catat telepon balik", "Record the call-back"),
        (Field("outcome", ("Hasil", "Result"), "choice", True, CALLED_BACK), _NOTE),
    ),
    Form("confirm_hoax", ("Nyatakan palsu", "Confirm the hoax"), (_NOTE,)),
    Form(
        "block",
        ("Batasi kontak pelapor", "Keep the contact from filing"),
        (
            Field("days", ("Berapa hari (1 sampai 90)", "Days (1 to 90)"), "text"),
            Field("reason", ("Alasan, yang dibaca pelapor", "Reason, which the reporter reads")),
        ),
    ),
    Form(
        "decide_appeal",
        ("Putuskan keberatan", "Decide the appeal"),
        (
            Field("outcome", ("Putusan", "Decision"), "choice", True, DECIDED),
            Field("reason", ("Alasan, yang dibaca pelapor", "Reason, which the reporter reads")),
        ),
    ),
    Form(
        "instruct",
        ("Beri instruksi", "Instruct"),
        (
            Field("text", ("Instruksi", "Instruction")),
            Field("until", ("Dijawab paling lambat", "To be answered by"), "date", False),
        ),
    ),
    Form("escalate", ("Naikkan ke atasan", "Escalate"), (Field("reason", _REASON),)),
    Form(
        "answer_instruction",
        ("Jawab instruksi pimpinan", "Answer the instruction"),
        (Field("text", ("Apa yang sudah dilakukan", "What was done")),),
    ),
    Form(
        "audit",
        ("Catat pemeriksaan lapangan", "Record the field audit"),
        (
            Field("finding", ("Temuan", "Finding"), "choice", True, _FINDINGS),
            Field("note", ("Yang terlihat di lokasi", "What was seen there")),
        ),
    ),
    Form("comments", ("Tulis catatan", "Write a note"), (Field("text", ("Catatan", "Note")),)),
)
BY_ACTION: Mapping[str, Form] = {form.action: form for form in FORMS}

#: status → the action that it waits for: the main button.
_NEXT: Mapping[str, str] = {
    "received": "verify",
    "verified": "assign",
    "assigned": "acknowledge",
    "reopened": "acknowledge",
    "acknowledged": "start",
    "deferred": "start",
    "returned": "submit",
    "awaiting_validation": "validate",
}


def offered(status: str, arrived: bool, names: Collection[str]) -> list[Form]:
    """Return the forms of *names*, the one that the case waits for first.

    What has happened already is not offered again, though the API would take it quietly.
    """
    wanted = _NEXT.get(status, "submit" if arrived else "arrive")
    over = {"acknowledge", "start"} - {wanted} if status != "deferred" else {"acknowledge"}
    shown = set(names) - over - ({"arrive"} if arrived else set())
    return sorted(
        (form for form in FORMS if form.action in shown), key=lambda form: form.action != wanted
    )


def proof_of(report: Report) -> tuple[str, ...]:
    """Return the newest photos of the result that may be its proof: no upload that was refused."""
    results = (
        photo
        for photo, known in report.media.items()
        if known.purpose == "result" and known.state != REFUSED
    )
    return tuple(results)[-MOST_PHOTOS:]


def body_of(action: str, given: Mapping[str, str], photos: tuple[str, ...]) -> Any:
    """Return the checked body of *action* from a form's fields; raise Problem.

    *photos*: what counts as proof where the form itself names none.
    """
    form, model = BY_ACTION[action], ACTION_BODIES[action]
    raw: dict[str, Any] = {}
    if given.get("done_at") and "done_at" in model.__struct_fields__:
        raw["done_at"] = given["done_at"]
    for field in form.fields:
        value = given.get(field.name, "").strip()
        if field.kind == "photos":
            raw[field.name] = value.split() or list(photos)
        elif value:
            raw[field.name] = _instant(value) if field.kind == "date" else value
    if action == "arrive" and given.get("lat") and given.get("lon"):
        raw |= _point(given)
    try:
        return msgspec.convert(raw, model, strict=False)
    except msgspec.ValidationError as error:
        raise Problem("invalid_field", errors=[from_msgspec(str(error))]) from None


def _instant(text: str) -> str:
    try:
        day = datetime.fromisoformat(text[:10]).date()
    except ValueError:
        raise Problem("invalid_field", errors=[field_error("bad_time", "/until")]) from None
    return datetime.combine(day, _END_OF_DAY, CITY_ZONE).isoformat()


def _point(given: Mapping[str, str]) -> dict[str, float]:
    try:
        return {"lat": float(given["lat"]), "lon": float(given["lon"])}
    except ValueError:
        raise Problem("invalid_field", errors=[field_error("bad_form", "/lat")]) from None
