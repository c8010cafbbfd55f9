"""What people write back in a word or two, by mail or text message, and what they mean.

Careful on purpose: an act needs its word at the beginning. ``TERIMA KASIH`` thanks, it does not
accept; ``belum selesai`` is not finished; a question acts on nothing. Whatever is not understood
is a comment or gets a question back, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.numbers import normalise

ACCEPT = "accept"
DECLINE = "decline"
START = "start"
ARRIVE = "arrive"
SUBMIT = "submit"
MORE_TIME = "more_time"
STATUS = "status"
YES = "yes"
NO = "no"
COMMENT = "comment"
NOTHING = "nothing"

#: First words → what they mean. Longer phrases are looked for first.
_WORDS: Final[Mapping[str, str]] = {
    "terima": ACCEPT,
    "diterima": ACCEPT,
    "kami terima": ACCEPT,
    "saya terima": ACCEPT,
    "accept": ACCEPT,
    "accepted": ACCEPT,
    "laksanakan": ACCEPT,
    "86": ACCEPT,
    "tolak": DECLINE,
    "ditolak": DECLINE,
    "kami tolak": DECLINE,
    "saya tolak": DECLINE,
    "bukan kewenangan": DECLINE,
    "decline": DECLINE,
    "reject": DECLINE,
    "mulai": START,
    "dimulai": START,
    "mulai dikerjakan": START,
    "sedang dikerjakan": START,
    "dikerjakan": START,
    "start": START,
    "started": START,
    "tiba": ARRIVE,
    "sampai lokasi": ARRIVE,
    "sampai di lokasi": ARRIVE,
    "di lokasi": ARRIVE,
    "arrived": ARRIVE,
    "selesai": SUBMIT,
    "done": SUBMIT,
    "finished": SUBMIT,
    "minta waktu": MORE_TIME,
    "tunda": MORE_TIME,
    "status": STATUS,
    "cek": STATUS,
    "ya": YES,
    "iya": YES,
    "y": YES,
    "yes": YES,
    "beres": YES,
    "belum": NO,
    "blm": NO,
    "tidak": NO,
    "tdk": NO,
    "no": NO,
    "not yet": NO,
}
#: After their word these make another meaning of it: thanks, politeness, a negation.
_NOT_AFTER: Final[Mapping[str, tuple[str, ...]]] = {
    "terima": ("kasih", "ksh", "kasi", "tidak", "belum", "atau"),
    "diterima": ("kasih", "atau"),
    "kami terima": ("kasih", "keluhan", "informasi"),
    "saya terima": ("kasih", "keluhan", "informasi"),
    "selesai": ("kapan", "besok", "nanti", "minggu", "bulan", "belum", "tanggal"),
    "mulai": ("kapan", "besok", "nanti", "minggu", "bulan", "tanggal", "dari"),
    "tiba": ("tiba", "besok", "nanti"),
    "tolak": ("atau",),
}
_OPENERS: Final = re.compile(
    r"^(?:(?:baik|siap|ok|oke|okay|okey|sudah|sdh|udah|telah|mohon ijin|mohon izin|ijin|izin|lapor"
    r"|pak|bu|bapak|ibu|min|admin|yth|bpk)\b[\s,.:;!]*)+",
    re.IGNORECASE,
)
#: Lines that greet and say nothing else.
_GREETING: Final = re.compile(
    r"^(?:(?:selamat\s+)?(?:pagi|siang|sore|malam)|ass?alamu?'?\s?alaikum.*|salam.*|dengan hormat"
    r"|yth\.?.*|kepada.*|dear.*|hi|halo|hallo|hello|hai|bismillah.*|om swastiastu|shalom)"
    r"(?:[\s/]+(?:pak|bu|bapak|ibu|semua|admin|min|rekan))*[\s,.!:;]*$",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"\bTL[\s.–-]*(?:[0-9A-Z][\s.–-]?){8}(?![0-9A-Z])", re.IGNORECASE)
_SHORT_YES: Final = re.compile(r"^(?:siap|ok|oke|baik|sudah)(?:\s+(?:pak|bu|86))*[\s.!]*$", re.I)
_LINES_READ: Final = 6


@dataclass(frozen=True, slots=True)
class Said:
    """verb: what is meant. number: the report named, empty if none. rest: what follows the word.

    choice: a place in a list that was sent before ("2 SELESAI"), 0 if none.
    """

    verb: str
    number: str = ""
    rest: str = ""
    choice: int = 0


def understood(text: str) -> Said:
    """Return what *text* means; never raises.

    >>> understood("tl 7k3q x9mw terima")
    Said(verb='accept', number='TL-7K3QX9MW', rest='', choice=0)
    >>> understood("Terima kasih banyak").verb
    'comment'
    """
    number = number_in(text)
    bare = _NUMBER.sub(_known_only, text)
    choice, bare = _choice(bare)
    lines = [line.strip() for line in bare.splitlines() if line.strip()][:_LINES_READ]
    while lines and _GREETING.match(lines[0]):
        lines.pop(0)
    if not lines:
        return Said(NOTHING, number, choice=choice)
    verb, rest = _first_word(lines[0])
    if verb == COMMENT:
        return Said(COMMENT, number, text.strip(), choice)
    following = " ".join([rest, *lines[1:]]).strip()
    return Said(verb, number, following, choice)


def number_in(text: str) -> str:
    """Return the first valid report number in *text*, canonical; empty if there is none."""
    for found in _NUMBER.finditer(text):
        number = normalise(found.group())
        if number:
            return number
    return ""


def _known_only(found: re.Match[str]) -> str:
    return " " if normalise(found.group()) else found.group()


def _choice(text: str) -> tuple[int, str]:
    """A list's place before the word: ``2 SELESAI``, ``2. ya``."""
    found = re.match(r"^\s*([1-9])[\s.):-]+(?=\D)|^\s*([1-9])\s*$", text)
    if not found:
        return 0, text
    return int(found[1] or found[2]), text[found.end() :]


def _first_word(line: str) -> tuple[str, str]:
    said = " ".join(re.sub(r"[*_\"“”'`()]", " ", line).split())
    if said.rstrip().endswith("?"):
        return COMMENT, said
    if _SHORT_YES.match(said):
        return (ACCEPT if said.lower().startswith("siap") else YES), ""
    opened = _OPENERS.sub("", said).lstrip(" ,.:;-!")
    for phrase in _LONGEST_FIRST:
        rest = _after(opened, phrase)
        if rest is not None and not _turned(phrase, rest):
            return _WORDS[phrase], rest
    return COMMENT, said


_LONGEST_FIRST: Final = sorted(_WORDS, key=len, reverse=True)


def _after(said: str, phrase: str) -> str | None:
    """What follows *phrase* at the beginning of *said*; None if it does not begin with it."""
    if not said.lower().startswith(phrase):
        return None
    rest = said[len(phrase) :]
    if rest and (rest[0].isalnum()):
        return None
    return rest.strip(" ,.:;-!–")


def _turned(phrase: str, rest: str) -> bool:
    following = rest.lower().split()[:1]
    return bool(following) and following[0].strip(".,!") in _NOT_AFTER.get(phrase, ())
