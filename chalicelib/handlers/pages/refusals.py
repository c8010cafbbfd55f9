"""A refusal as a page says it in place: the problem document that programs would get."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalice import Response

from chalicelib.handlers.http import response_to

_NO_PROOF = (
    "Foto ini tidak dapat menjadi bukti: tidak terbaca, sama dengan foto lain, atau bukan hasil "
    "kamera. Ambil foto baru di lokasi.",
    "This photo cannot be proof: it cannot be read, is the same as another one, or does not come "
    "from a camera. Take a new one at the place.",
)
#: Codes whose problem document speaks of a program's fields: what people are told instead.
_TO_PEOPLE: Mapping[str, tuple[str, str]] = {
    "evidence_missing": (
        "SOP meminta foto hasil. Ambil fotonya dahulu, lalu ajukan hasil lagi.",
        "The SOP asks for a photo of the result. Take it first, then submit the result again.",
    ),
    "evidence_refused": _NO_PROOF,
    "photo_refused": _NO_PROOF,
    "evidence_needs_reason": (
        "Waktu atau tempat foto tidak dapat dipastikan, atau mirip foto lain. Ambil foto baru, "
        "atau sebutkan mengapa foto ini tetap dapat dipakai. Alasan dicatat.",
        "The photo's time or place is not certain, or it is like another one. Take a new one, or "
        "say why this one will do. The reason is recorded.",
    ),
    "arrival_needs_reason": (
        "Posisi Saudara lebih jauh dari lokasi laporan daripada batas SOP. Sebutkan alasannya "
        "pada “Belum tepat di lokasi?”. Alasan dicatat.",
        "You are farther from the place than the SOP allows. Say why under “Not quite at the "
        "place?”. The reason is recorded.",
    ),
}


def to_people(problem: Mapping[str, Any]) -> dict[str, Any]:
    """Return a problem document in the words of pages, for whom fields have other names."""
    words = _TO_PEOPLE.get(problem["code"])
    if words is None:
        return dict(problem)
    return {**problem, "detail": words[0], "detail_en": words[1], "errors": []}


def problem_of(refused: Exception) -> dict[str, Any]:
    """Return what *refused* says, as a problem document in the words of pages."""
    return to_people(json.loads(response_to(refused).body))


def answer_to(refused: Exception) -> Response:
    """Return `problem_of` as an answer for a page's script."""
    made = response_to(refused)
    made.body = json.dumps(problem_of(refused), ensure_ascii=False)
    return made


def said(refused: Exception | None) -> Mapping[str, Any] | None:
    """Return what *refused* says, with its status; None for none.

    That a field is "not valid" is left out: the refusal itself says more.
    """
    if refused is None:
        return None
    found = problem_of(refused)
    errors = [one for one in found.get("errors", ()) if one["code"] != "invalid"]
    return {**found, "errors": errors}
