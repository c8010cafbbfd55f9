"""Texts that staff insert into answers and notes: the city's own, with a few facts filled in.

A text is plain: the only thing that is replaced in it is a known name in braces, once, by a plain
value. What a value holds is never read again, so neither a name nor an address can become a
placeholder, and there is no markup.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from chalicelib.domain.catalogue_checks import DocumentInvalid

#: What may stand in braces: facts of the report that are not personal.
PLACEHOLDERS = ("number", "category", "kelurahan", "agency", "deadline")
#: Fields of forms take no more; a list longer than this is found by nobody.
LONGEST, MOST = 1000, 100
_NAME = re.compile(r"\{([^{}]*)\}")


def filled(text: str, facts: Mapping[str, str]) -> str:
    """Return *text* with its placeholders replaced; one without a value becomes a dash."""
    return _NAME.sub(lambda found: facts.get(found.group(1)) or "–", text)


def fitting(rows: Sequence[Mapping[str, Any]], action: str) -> list[Mapping[str, Any]]:
    """Return the texts that are meant for *action*, in the city's order."""
    return [row for row in rows if action in row["actions"]]


def check_replies(rows: Sequence[Mapping[str, Any]], actions: Collection[str]) -> None:
    """Raise DocumentInvalid unless these can be the texts. *actions*: those that have a form."""
    if len(rows) > MOST:
        raise DocumentInvalid("", f"more than {MOST} texts")
    codes: set[str] = set()
    for at, row in enumerate(rows):
        code = row.get("code")
        if not isinstance(code, str) or not code or code in codes:
            raise DocumentInvalid(f"[{at}].code", "is missing or used twice")
        codes.add(code)
        for one in row.get("actions") or ("",):
            if one not in actions:
                raise DocumentInvalid(f"[{at}].actions", f"{one!r} has no form to insert it into")
        for part in ("name", "text"):
            _check_words(row.get(part), f"[{at}].{part}")


def _check_words(words: Any, path: str) -> None:
    if not isinstance(words, Mapping) or set(words) != {"id", "en"}:
        raise DocumentInvalid(path, "needs id and en")
    for language, text in words.items():
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
            raise DocumentInvalid(f"{path}.{language}", f"needs 1 to {LONGEST} characters")
        for name in _NAME.findall(text):
            if name not in PLACEHOLDERS:
                raise DocumentInvalid(f"{path}.{language}", f"{{{name}}} is no placeholder")
