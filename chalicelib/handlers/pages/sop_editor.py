"""Between an SOP's content and the rows of its editor: what a form shows, what it gives back.

A form has only what an author changes by hand. What else a step or a law holds (repetition, an
act, whoever has verified it) is taken over from the stored content, found by its former id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.domain.sop import CLOCKS, DISPATCH, LIMITS, UNTIL

STEP_FIELDS = ("was", "id", "clock", "at", "until", "notify", "limit", "name")
LAW_FIELDS = ("was", "text", "verified_by")
CHOICES: Mapping[str, Sequence[str]] = {
    "clock": CLOCKS,
    "until": UNTIL,
    "limit": LIMITS,
    "dispatch": DISPATCH,
    "tier": ("P0", "P1", "P2", "P3", "P4", "P5"),
}
_PROOF = ("photos_before", "photos_after", "max_distance_m")
_MOST_ROWS = 60
Row = dict[str, str]


def rows_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the editor shows of *content*: texts, steps and laws, every value a text."""
    name = content.get("name") or {}
    proof = content.get("evidence") or {}
    return {
        "name_id": name.get("id", ""),
        "name_en": name.get("en", ""),
        **{key: str(content.get(key) or "") for key in ("tier", "calendar")},
        "dispatch": content.get("dispatch") or DISPATCH[0],
        **{key: str(proof.get(key, "")) for key in _PROOF},
        "steps": [_step_row(one) for one in content.get("steps", ())],
        "laws": [_law_row(one) for one in content.get("legal_basis", ())],
    }


def rows_from(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the same from a form that was sent, as it was typed."""
    heads = ("name_id", "name_en", "tier", "calendar", "dispatch", *_PROOF)
    return {
        **{key: fields.get(key, "") for key in heads},
        "steps": _numbered(fields, "s", STEP_FIELDS),
        "laws": _numbered(fields, "l", LAW_FIELDS),
    }


def changed(rows: dict[str, Any], button: str) -> dict[str, Any]:
    """Return the rows after a button that only changes the form: ``add.s``, ``remove.l.2`` …

    ``up.s.3`` moves a row one place up. A button that the form does not have changes nothing.
    """
    act, _, rest = button.partition(".")
    letter, _, place = rest.partition(".")
    part = {"s": "steps", "l": "laws"}.get(letter)
    if part is None or act not in _CHANGES:
        return rows
    found = list(rows[part])
    at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else len(found)
    fields = STEP_FIELDS if part == "steps" else LAW_FIELDS
    return {**rows, part: _CHANGES[act](found, at, fields)}


def content_of(rows: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return *stored* with what the rows say; whether it is an SOP the domain decides."""
    steps = {one["id"]: one for one in stored.get("steps", ())}
    laws = {one["text"]: one for one in stored.get("legal_basis", ())}
    names = {"id": rows["name_id"], "en": rows["name_en"]}
    made = {
        **stored,
        "name": {**(stored.get("name") or {}), **{k: v for k, v in names.items() if v}},
        "calendar": rows["calendar"],
        "dispatch": rows["dispatch"],
        "steps": [_step(row, steps.get(row["was"], {})) for row in rows["steps"]],
        "legal_basis": [_law(row, laws.get(row["was"], {})) for row in rows["laws"]],
    }
    return {**made, **_either("tier", rows["tier"]), **_proof(rows, stored)}


def _step_row(step: Mapping[str, Any]) -> Row:
    row = {key: str(step.get(key) or "") for key in ("id", "clock", "at", "until", "limit")}
    notify, name = ", ".join(step.get("notify", ())), (step.get("name") or {}).get("id", "")
    return {**row, "was": step["id"], "notify": notify, "name": name}


def _law_row(law: Mapping[str, Any]) -> Row:
    return {"was": law["text"], "text": law["text"], "verified_by": law.get("verified_by") or ""}


def _step(row: Row, before: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in before.items() if key not in STEP_FIELDS}
    notify = [one.strip() for one in row["notify"].split(",") if one.strip()]
    said = {key: row[key] for key in ("until", "limit") if row[key]}
    name = {**before.get("name", {}), **({"id": row["name"]} if row["name"] else {})}
    made = {"id": row["id"], "clock": row["clock"], "at": row["at"].upper(), "notify": notify}
    return {**kept, **made, **said, **_either("name", name)}


def _law(row: Row, before: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in before.items() if key not in LAW_FIELDS}
    return {**kept, "text": row["text"], "verified_by": row["verified_by"] or None}


def _proof(rows: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    said = {key: _whole(rows[key]) for key in _PROOF if rows[key]}
    before = {k: v for k, v in (stored.get("evidence") or {}).items() if k not in _PROOF}
    return _either("evidence", {**before, **said})


def _whole(text: str) -> int | str:
    """A number where it is one; the domain says what is wrong with anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else text


def _either(key: str, value: Any) -> dict[str, Any]:
    return {key: value} if value else {}


def _numbered(fields: Mapping[str, str], letter: str, names: Sequence[str]) -> list[Row]:
    found = []
    for place in range(_MOST_ROWS):
        row = {name: fields.get(f"{letter}.{place}.{name}", "") for name in names}
        if f"{letter}.{place}.was" in fields:
            found.append(row)
    return found


def _add(rows: list[Row], at: int, fields: Sequence[str]) -> list[Row]:
    return [*rows[: at + 1], dict.fromkeys(fields, ""), *rows[at + 1 :]][:_MOST_ROWS]


def _remove(rows: list[Row], at: int, fields: Sequence[str]) -> list[Row]:
    return [*rows[:at], *rows[at + 1 :]]


def _up(rows: list[Row], at: int, fields: Sequence[str]) -> list[Row]:
    if not 0 < at < len(rows):
        return rows
    return [*rows[: at - 1], rows[at], rows[at - 1], *rows[at + 1 :]]


_CHANGES: Mapping[str, Callable[[list[Row], int, Sequence[str]], list[Row]]] = {
    "add": _add,
    "remove": _remove,
    "up": _up,
}
