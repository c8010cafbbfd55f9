"""What the checks of a photo say, in one plain line each, for those who decide on a result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: check and outcome → Indonesian and English. Figures in braces come from the check's facts.
_WORDS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("after_assignment", "failed"): (
        "✗ Waktu pengambilan {taken_at} tidak cocok dengan disposisi {assigned_at}",
        "✗ Taken {taken_at}, which does not fit the assignment of {assigned_at}",
    ),
    ("after_assignment", "unknown"): (
        "? Waktu pengambilan tidak tercatat dalam foto",
        "? The photo does not say when it was taken",
    ),
    ("at_the_place", "failed"): (
        "✗ Diambil {distance_m} m dari lokasi (batas {max_distance_m} m)",
        "✗ Taken {distance_m} m from the place (limit {max_distance_m} m)",
    ),
    ("at_the_place", "unknown"): (
        "? Tempat pengambilan tidak dapat dibandingkan",
        "? Where it was taken cannot be compared",
    ),
    ("no_copy", "failed"): (
        "✗ Sama dengan foto yang sudah pernah dikirim",
        "✗ The same as a photo that was sent before",
    ),
    ("not_seen_before", "failed"): (
        "✗ Mirip dengan foto yang sudah pernah dikirim",
        "✗ Near to a photo that was sent before",
    ),
    ("not_redated", "failed"): (
        "✗ Pemandangan lama dengan tanggal lain, atau tanggalnya bertentangan",
        "✗ An old scene under another date, or dates that contradict each other",
    ),
    ("not_redated", "unknown"): (
        "? Tanggal tidak dapat dibandingkan",
        "? Dates cannot be compared",
    ),
    ("not_generated", "failed"): (
        "✗ Berkas menyatakan dibuat oleh mesin (AI)",
        "✗ The file says that a machine made it (AI)",
    ),
    ("photographed_before", "failed"): (
        "✗ SOP meminta {asked} foto sebelum dikerjakan; ada {found}",
        "✗ The SOP asks for {asked} photos from before the work; there are {found}",
    ),
    ("not_edited", "noted"): (
        "! Pernah disimpan dengan program pengolah gambar, atau bertanda asal-usul digital",
        "! Saved by an editing program, or carries content credentials",
    ),
}


def words_of(check: Mapping[str, Any]) -> dict[str, str]:
    """Return what *check* (as an event keeps it) says in both languages."""
    pair = _WORDS.get((check["check"], check["outcome"]))
    facts = _Facts(check)
    texts = pair or (f"{check['check']}: {check['outcome']}",) * 2
    return {lang: text.format_map(facts) for lang, text in zip(("id", "en"), texts, strict=True)}


class _Facts(dict[str, Any]):
    """Facts by name; one that a check lacks is a question mark, never a fault."""

    def __missing__(self, name: str) -> str:
        return "?"
