"""What changed from one version of an SOP to another, step by step, as data and as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.sop import Sop, content_hash

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
#: Where a difference lies → how people call it, Indonesian and English.
PARTS: Mapping[str, tuple[str, str]] = {
    "steps": ("Langkah", "Step"),
    "activities": ("Kegiatan", "Activity"),
    "legal_basis": ("Dasar hukum", "Legal basis"),
    "evidence": ("Bukti", "Evidence"),
    "document": ("Dokumen", "Document"),
}
_FIELDS: Mapping[str, tuple[str, str]] = {
    "at": ("waktu", "time"),
    "notify": ("penerima", "recipients"),
    "until": ("berhenti bila", "until"),
    "clock": ("jam hitung", "clock"),
    "repeat": ("pengulangan", "repetition"),
    "act": ("tindakan", "act"),
    "limit": ("batas", "limit"),
    "basis": ("dasar", "basis"),
    "calendar": ("kalender", "calendar"),
    "name": ("nama", "name"),
    "owner": ("pemilik", "owner"),
    "tier": ("tingkat", "tier"),
    "dispatch": ("disposisi", "dispatch"),
    "categories": ("kategori", "categories"),
    "photos_before": ("foto sebelum", "photos before"),
    "photos_after": ("foto sesudah", "photos after"),
    "max_distance_m": ("jarak terjauh (m)", "greatest distance (m)"),
    "order": ("urutan", "order"),
}
_KEYED = {"steps": "id", "activities": "no", "legal_basis": "text"}
_UNSAID = frozenset({"id", "version"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as before. part: ``steps`` …; key: which one; field: what of it."""

    part: str
    kind: str
    key: str
    field: str = ""
    before: Any = None
    after: Any = None

    def to_dict(self) -> dict[str, Any]:
        """Return the data form, with its sentence in both languages."""
        return {
            "part": self.part,
            "kind": self.kind,
            "key": self.key,
            "field": self.field,
            "before": self.before,
            "after": self.after,
            "sentence": self.sentence(),
        }

    def sentence(self) -> dict[str, str]:
        """Return what changed in one plain sentence each."""
        return {"id": self._sentence(0), "en": self._sentence(1)}

    def _sentence(self, language: int) -> str:
        part = PARTS.get(self.part, ("", ""))[language]
        named = f"{part} {self.key}".strip()
        if self.kind == ADDED:
            return f"{named} {('ditambahkan', 'was added')[language]}."
        if self.kind == REMOVED:
            return f"{named} {('dihapus', 'was removed')[language]}."
        field = _FIELDS.get(self.field, (self.field, self.field))[language]
        before, after = _shown(self.before), _shown(self.after)
        what = f"{named}: {field}" if named else field
        return f"{what} {before} → {after}."


def difference(before: Sop | None, after: Sop) -> dict[str, Any]:
    """Return every difference, in the order of the new version; *before* None for a new SOP."""
    old = before.to_dict() if before else {}
    found = [*_between(old, after.to_dict())]
    return {
        "sop": after.id,
        "from": {"version": before.version, "hash": content_hash(before)} if before else None,
        "to": {"version": after.version, "hash": content_hash(after)},
        "differences": [one.to_dict() for one in found],
    }


def _between(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for part in dict.fromkeys((*new, *old)):
        if part in _UNSAID:
            continue
        if part in _KEYED:
            yield from _rows(part, old.get(part, ()), new.get(part, ()))
        elif isinstance(old.get(part, new.get(part)), Mapping) and part != "name":
            yield from _fields(part, "", old.get(part) or {}, new.get(part) or {})
        elif old.get(part) != new.get(part):
            yield Difference("", CHANGED, "", part, old.get(part), new.get(part))


def _rows(
    part: str, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    key = _KEYED[part]
    was = {str(row[key]): row for row in old}
    now = {str(row[key]): row for row in new}
    for name, row in now.items():
        if name not in was:
            yield Difference(part, ADDED, name, after=row)
        else:
            yield from _fields(part, name, was[name], row)
    for name, row in was.items():
        if name not in now:
            yield Difference(part, REMOVED, name, before=row)
    yield from _order(part, [one for one in was if one in now], [one for one in now if one in was])


def _order(part: str, was: list[str], now: list[str]) -> Iterator[Difference]:
    if was != now:
        yield Difference(part, CHANGED, "", "order", was, now)


def _fields(
    part: str, key: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Difference]:
    for name in dict.fromkeys((*new, *old)):
        if old.get(name) != new.get(name):
            yield Difference(part, CHANGED, key, name, old.get(name), new.get(name))


def _shown(value: Any) -> str:
    if value is None or value in ([], {}, ""):
        return "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_shown(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_shown(one) for one in value)
    return str(value)
