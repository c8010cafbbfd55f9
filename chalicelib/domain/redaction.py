"""Personal data in what people write: found, so that it can be taken out before others read it.

A help, not a promise: numbers and addresses are found by their form, names are not. So whoever
publishes a text looks at it first, and this marks what to look at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MASK = "[disamarkan]"
#: kind → form. A plate: one or two letters, one to four digits, up to three letters, apart.
_FORMS = {
    "email": re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    "nik": re.compile(r"(?<!\d)\d{16}(?!\d)"),
    "phone": re.compile(r"(?<![\d])(?:\+?62|0)[\s.-]?8\d{1,3}(?:[\s.-]?\d{2,5}){1,4}(?!\d)"),
    "landline": re.compile(r"(?<!\d)\(?0\d{2,3}\)?[\s.-]?\d{5,8}(?!\d)"),
    "plate": re.compile(r"\b[A-Z]{1,2}\s?\d{1,4}\s?[A-Z]{2,3}\b"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """One place in a text that looks like personal data. end: first character after it."""

    kind: str
    start: int
    end: int


def personal_spans(text: str) -> tuple[Span, ...]:
    """Return what looks like personal data in *text*, from left to right, none within another."""
    found = [
        Span(kind, match.start(), match.end())
        for kind, form in _FORMS.items()
        for match in form.finditer(text)
    ]
    kept: list[Span] = []
    for span in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def masked(text: str) -> str:
    """Return *text* with everything that looks like personal data replaced."""
    parts, place = [], 0
    for span in personal_spans(text):
        parts += [text[place : span.start], MASK]
        place = span.end
    return "".join((*parts, text[place:]))
