"""From msgspec's words to stable codes and two languages; nothing of what was sent is repeated."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: code → (Indonesian, English); ``{n}`` is the bound that was passed.
FIELD_ERRORS: Mapping[str, tuple[str, str]] = {
    "missing": ("Wajib diisi.", "This is required."),
    "unknown_field": ("Isian ini tidak dikenal.", "There is no such field."),
    "wrong_type": ("Jenis datanya tidak sesuai.", "This is of the wrong type."),
    "too_long": ("Terlalu panjang, paling banyak {n}.", "Too long, {n} at most."),
    "too_short": ("Terlalu pendek, paling sedikit {n}.", "Too short, {n} at least."),
    "too_small": ("Terlalu kecil, paling kecil {n}.", "Too small, {n} at least."),
    "too_large": ("Terlalu besar, paling besar {n}.", "Too large, {n} at most."),
    "not_allowed": ("Bukan salah satu pilihan.", "This is not one of the choices."),
    "bad_form": ("Bentuknya tidak sesuai.", "This is not of the required form."),
    "bad_time": (
        "Waktu harus ISO 8601 dengan zona, misalnya 2027-04-05T09:55:00+07:00.",
        "The time must be ISO 8601 with its zone, for example 2027-04-05T09:55:00+07:00.",
    ),
    "coordinates_together": (
        "lat dan lon harus diisi bersama.",
        "lat and lon must be given together.",
    ),
    "invalid": ("Isian ini tidak sesuai.", "This is not valid."),
}
#: The first that fits counts. A group ``n`` is the bound, ``field`` the name of the field.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"missing required field `(?P<field>[^`]*)`", "missing"),
        (r"unknown field `(?P<field>.*)`", "unknown_field"),
        (r"of length <= (?P<n>\d+)", "too_long"),
        (r"of length >= (?P<n>\d+)", "too_short"),
        (r"Expected `\w+` <= (?P<n>[\d.-]+)", "too_large"),
        (r"Expected `\w+` >= (?P<n>[\d.-]+)", "too_small"),
        (r"time out of range `(?P<field>[^`]*)`", "bad_time"),
        (r"Number out of range|out of range", "wrong_type"),
        (r"Invalid enum value", "not_allowed"),
        (r"matching regex", "bad_form"),
        (r"RFC3339|timezone|`datetime`", "bad_time"),
        (r"coordinates_together", "coordinates_together"),
        (r"Expected ", "wrong_type"),
    )
)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")


def field_error(code: str, pointer: str, bound: str = "") -> dict[str, str]:
    """Return one member of a problem's ``errors``."""
    indonesian, english = FIELD_ERRORS[code]
    return {
        "pointer": pointer,
        "code": code,
        "detail": indonesian.format(n=bound),
        "detail_en": english.format(n=bound),
    }


def from_msgspec(message: str) -> dict[str, str]:
    """Return what msgspec's *message* says, with the place as a JSON pointer."""
    said, _, path = message.rpartition(" - at `")
    if not said:
        said, path = message, ""
    pointer = _pointer(path)
    for pattern, code in _RULES:
        found = pattern.search(said)
        if found:
            named = found.groupdict()
            return field_error(code, pointer + _step(named.get("field")), named.get("n") or "")
    return field_error("invalid", pointer)


def _pointer(path: str) -> str:
    """``$.photos[0]`` → ``/photos/0``; the whole document is the empty pointer (RFC 6901)."""
    return re.sub(r"[.\[]", "/", path.rstrip("`").removeprefix("$").replace("]", ""))


def _step(field: str | None) -> str:
    """The name of a field as a step; an unknown one only if it is a harmless word."""
    return f"/{field}" if field and _PLAIN_NAME.fullmatch(field) else ""
