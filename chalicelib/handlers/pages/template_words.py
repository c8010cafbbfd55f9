"""A template's words as fields of a form, and back: what people read, never how it is built.

A template is blocks of texts. Which blocks there are, what they link to and when they show is the
product's; the words in them are the city's. So the editor has one field for each text.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: Parts of a block that are words.
_WORDS = frozenset({"subject", "preheader", "text", "label", "value", "note", "otherwise", "title"})
#: Each field's name begins with it.
PREFIX = "t."


@dataclass(frozen=True, slots=True)
class Word:
    """One text: *path* leads to it from the channels, dotted; *part* is what it is in its block."""

    path: str
    part: str
    block: str
    text: str

    @property
    def name(self) -> str:
        """Its field's name."""
        return f"{PREFIX}{self.path}"


@dataclass(frozen=True, slots=True)
class Changed:
    """A text that differs between two contents; empty where one of them lacks it."""

    path: str
    before: str
    after: str


def words_of(content: Any, path: str) -> Iterator[Word]:
    """Yield the texts of one channel and language, in the order in which they are read."""
    yield from _words(content, path, "", "text")


def _words(value: Any, path: str, block: str, part: str) -> Iterator[Word]:
    if isinstance(value, str):
        if part in _WORDS:
            yield Word(path, part, block, value)
    elif isinstance(value, Mapping):
        kind = str(value.get("type", block))
        for key, inner in value.items():
            yield from _words(inner, f"{path}.{key}", kind, str(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _words(inner, f"{path}.{index}", block, part)


def with_words(channels: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """Return *channels* with the texts that *fields* bring; names that lead nowhere count not."""
    made: dict[str, Any] = copy.deepcopy(dict(channels))
    for channel, contents in channels.items():
        for language, content in contents.items():
            for word in words_of(content, f"{channel}.{language}"):
                if word.name in fields:
                    _put(made, word.path.split("."), fields[word.name])
    return made


def _put(made: Any, steps: list[str], text: str) -> None:
    *way, last = steps
    for step in way:
        made = made[int(step)] if isinstance(made, list) else made[step]
    if isinstance(made, list):
        made[int(last)] = text
    else:
        made[last] = text


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Changed]:
    """Return the texts in which two contents differ, by their place."""
    old, new = _flat(before), _flat(after)
    places = [*old, *(path for path in new if path not in old)]
    return [
        Changed(path, old.get(path, ""), new.get(path, ""))
        for path in places
        if old.get(path) != new.get(path)
    ]


def _flat(channels: Mapping[str, Any]) -> dict[str, str]:
    return {
        word.path: word.text
        for channel, contents in channels.items()
        for language, content in contents.items()
        for word in words_of(content, f"{channel}.{language}")
    }
