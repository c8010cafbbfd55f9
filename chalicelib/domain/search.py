"""Words by which public reports are found: what people type, and what may be said of a report."""

from __future__ import annotations

import re
import unicodedata

#: Words kept of one report's public text: the first of them.
MOST_WORDS = 24
#: Words of a question that count.
MOST_ASKED = 5
#: Shorter ones find too much, unless they are numbers (of a house, a block, an RW).
_LEAST = 3
_WORD = re.compile(r"[0-9a-z]+")
#: Words that are in every second report.
COMMON = frozenset(
    """
    ada agar aja akan aku anda atau bagi bisa bukan dalam dan dapat dari dekat dengan depan di
    harus hari ini itu jadi jangan juga kami karena kata kelurahan kecamatan kel kec kepada ketika
    lagi lalu laporan mau mohon nya oleh pada para perlu saat saja sampai sangat saya sebelah sudah
    supaya tapi telah tersebut tidak tolong untuk warga yang yth
    and are for has have near not please that the this was with
    """.split()  # noqa: SIM905 - twenty lines of quotes say no more
)
#: What Indonesian puts before a word's root, where enough of the word is left.
_PREFIX = re.compile(r"^(?:ber|ter|meng|mem|men|di)(?=[a-z]{4})")
_SUFFIX = re.compile(r"(?<=[a-z]{4})nya$")


def words(text: str) -> tuple[str, ...]:
    """Return the words of *text* that say something, each once, in their order, by their roots.

    A root need not be a word (``terminal`` gives ``minal``): it only has to be the same for what
    is kept and for what is asked.

    >>> words("Jalannya BERLUBANG di Jl. Daan Mogot No. 7, depan SDN 4!")
    ('jalan', 'lubang', 'daan', 'mogot', '7', 'sdn', '4')
    """
    found = (_root(word) for word in plain_words(text) if _says(word))
    return tuple(dict.fromkeys(found))


def plain_words(text: str) -> list[str]:
    """Return every word and number of *text*, in small letters without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(one for one in plain if not unicodedata.combining(one)))


def kept_words(text: str) -> tuple[str, ...]:
    """Return the words of a report's public text by which it is found."""
    return words(text)[:MOST_WORDS]


def asked_words(text: str) -> tuple[str, ...]:
    """Return the words of a question that count."""
    return words(text)[:MOST_ASKED]


def _root(word: str) -> str:
    return _PREFIX.sub("", _SUFFIX.sub("", word), count=1) if word.isalpha() else word


def _says(word: str) -> bool:
    return word not in COMMON and len(word) <= 40 and (len(word) >= _LEAST or word.isdecimal())
