"""Text that leaves the system: citizens' words made harmless, SMS lengths, dates in words.

What citizens write (every field, the address too) must never become a link, markup or a second
line in an outgoing message: peers were used to send other people's links that way (Signalen
#1553, a DIGIT fix of 2026). Officers' words go through the same door.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from chalicelib.domain.dates import DAY_NAMES, MONTHS

#: One SMS in the GSM 7-bit alphabet (3GPP TS 23.038), counted in septets.
SMS_SEPTETS: Final = 160
#: What each part carries where there are several (3GPP TS 23.040).
_PART_SEPTETS: Final = 153

_JAKARTA: Final = ZoneInfo("Asia/Jakarta")

_GSM_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED: Final = frozenset("\f^{}\\[~]|€")
_GSM_SPELLING: Final = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "•": "-",
        "×": "x",
        "≤": "<=",
        "≥": ">=",
        "[": "(",
        "]": ")",
        "{": "(",
        "}": ")",
        "|": "/",
        "\\": "/",
        "^": "",
        "~": "-",
        "€": "EUR",
    }
)

_AT_HOUR: Final = {"id": "pukul", "en": "at"}

# "https://", "http:\\", "hxxp ://": everything up to the slashes goes, so that nothing can be
# put back together by a program that looks for addresses.
_SCHEME: Final = re.compile(r"(?:\b[a-z][a-z0-9+.-]{0,20}\s*:)?\s*[/\\]{2,}", re.IGNORECASE)
_BARE_SCHEME: Final = re.compile(
    r"\b(https?|ftp|mailto|javascript|vbscript|data|file|tel|sms|smsto|intent|whatsapp|market"
    r"|geo|skype|magnet|bitcoin|upi|blob|about|ws|wss|sip|sips|tg)\s*:",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
# A dot between two signs of a word, unless both are digits (16.00, 3.5).
_INNER_DOT: Final = re.compile(r"(?<=[^\W\d])\.(?=[\w-])|(?<=[\w-])\.(?=[^\W\d])")
_DOTS: Final = str.maketrans({"。": ".", "｡": ".", "․": ".", "﹒": ".", "·": " ", "‧": " "})
_MARKUP: Final = str.maketrans(
    {
        "<": "‹",
        ">": "›",
        "[": "(",
        "]": ")",
        "{": "(",
        "}": ")",
        "`": "'",
        "*": " ",
        "|": " ",
        "~": " ",
        "_": " ",
        "@": " (at) ",
    }
)


_FORMULAS: Final = frozenset("=+-@")
_FIELD_BREAKS: Final = frozenset("\t\r\n")


class NotGsm7(ValueError):
    """A text holds a character that the GSM 7-bit alphabet lacks."""


def spreadsheet_cell(value: Any) -> Any:
    """Return *value* so that no spreadsheet takes it for a formula (CSV injection); None is "".

    Blanks before the sign do not help it, nor does its fullwidth form.
    """
    if not isinstance(value, str):
        return "" if value is None else value
    begins = unicodedata.normalize("NFKC", value.lstrip())[:1]
    runs = begins in _FORMULAS or value[:1] in _FIELD_BREAKS
    return f"'{value}" if runs else value


def plain_line(text: str) -> str:
    """*text* as one line: no control, direction or invisible characters, single spaces.

    Compatible spellings are folded first (NFKC), so that fullwidth letters and dots cannot hide
    an address from ``safe_text``.
    """
    folded = unicodedata.normalize("NFKC", text.translate(_DOTS))
    kept = (
        " " if character.isspace() or unicodedata.category(character) in ("Cc", "Zl", "Zp")
        # Cf: bidi controls, zero width signs, tags; Cs, Co, Cn: no characters of a text at all
        else "" if unicodedata.category(character) in ("Cf", "Cs", "Co", "Cn")
        else character
        for character in folded
    )  # fmt: skip
    return " ".join("".join(kept).split())


def safe_text(text: str, limit: int = 1000) -> str:
    """*text* made harmless for any message: one line, no link, no markup, at most *limit* long.

    Web and mail addresses stay readable and are no longer addresses: ``https://a.id/b`` becomes
    ``a. id/b``. Cutting is shown by "…".
    """
    line = plain_line(text).translate(_DOTS)
    line = _SCHEME.sub(" ", line.translate(_MARKUP))
    line = _BARE_SCHEME.sub(r"\1 ", line)
    line = _ADDRESS.sub(lambda found: found.group().replace(".", " . "), line)
    line = _INNER_DOT.sub(". ", line)
    line = " ".join(line.split()).lstrip("#=+-›‹! ")
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def sms_length(text: str) -> int:
    """Length in septets of the GSM 7-bit alphabet, where ``[ ] { } | ^ ~ \\ €`` take two.

    Raises NotGsm7 naming the first foreign character: it would turn the whole message into
    UCS-2 with 70 characters a part.
    """
    septets = 0
    for character in text:
        if character not in _GSM_BASIC and character not in _GSM_EXTENDED:
            raise NotGsm7(f"{character!r} is not in the GSM 7-bit alphabet")
        septets += 2 if character in _GSM_EXTENDED else 1
    return septets


def sms_parts(septets: int) -> int:
    """Return how many parts a text message of *septets* is sent and paid in."""
    return 1 if septets <= SMS_SEPTETS else -(-septets // _PART_SEPTETS)


def sms_text(text: str, limit: int = SMS_SEPTETS) -> str:
    """*text* spelled in single-septet GSM 7-bit signs on one line and cut to *limit* of them.

    The cut falls between two words where that costs less than half of the room.
    """
    spelled = unicodedata.normalize("NFKC", text.translate(_GSM_SPELLING))
    signs = "".join(_gsm_sign(character) for character in spelled.translate(_GSM_SPELLING))
    line = " ".join(signs.split())
    if len(line) <= limit:
        return line
    whole_words = line[: limit + 1].rpartition(" ")[0]
    kept = whole_words if len(whole_words) * 2 >= limit else line[:limit]
    return kept.rstrip(" ,;:/-(")


def _gsm_sign(character: str) -> str:
    if character.isspace():
        return " "
    if character in _GSM_BASIC:
        return character
    letter = unicodedata.normalize("NFD", character)[0]
    return letter if letter in _GSM_BASIC else ""


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at.astimezone(_JAKARTA)


def long_day(at: datetime, language: str = "id") -> str:
    """``Rabu, 26 Mei 2027`` or ``Wednesday, 26 May 2027``, in Jakarta."""
    day = _local(at)
    name, month = DAY_NAMES[language][day.weekday()], MONTHS[language][day.month - 1]
    return f"{name}, {day.day} {month} {day.year}"


def hour(at: datetime) -> str:
    """``08.29``: hours and minutes in Jakarta, with the dot of Indonesian writing."""
    return f"{_local(at):%H.%M}"


def long_date(at: datetime, language: str = "id") -> str:
    """``Rabu, 26 Mei 2027 pukul 08.29 WIB``, for sentences."""
    return f"{long_day(at, language)} {_AT_HOUR[language]} {hour(at)} WIB"


def short_date(at: datetime) -> str:
    """``26/05/2027 08.29``, for tables and SMS, in Jakarta."""
    return f"{_local(at):%d/%m/%Y %H.%M}"
