"""Citizens' words made harmless, SMS lengths, dates in words."""

import re
import unicodedata
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.text import (
    NotGsm7,
    hour,
    long_date,
    plain_line,
    safe_text,
    short_date,
    sms_length,
    sms_text,
)

AT = datetime.fromisoformat("2027-05-26T01:29:00+00:00")

# What the usual mail programs turn into a link: a scheme, www., a domain name, a mail address.
LINK = re.compile(r"//|\\\\|\w\.[^\W\d]|[^\W\d]\.\w|\w@\w|(?i:\b(javascript|mailto|data|tel):)")


@pytest.mark.parametrize(
    "text, harmless",
    [
        ("Jl. Moh. Toha No. 5, RT 03/RW 02", "Jl. Moh. Toha No. 5, RT 03/RW 02"),
        ("Jl.Moh.Toha", "Jl. Moh. Toha"),
        ("padam sejak 16.00, KM 3.5", "padam sejak 16.00, KM 3.5"),
        ("lihat https://jahat.example/a?b=1", "lihat jahat. example/a?b=1"),
        ("www.jahat.example", "www. jahat. example"),
        ("HTTPS:\\\\jahat.example", "jahat. example"),
        ("ｈｔｔｐｓ：／／ｊａｈａｔ．ｃｏｍ", "jahat. com"),
        ("jahat。com dan jahat\u200b.\u2060com", "jahat. com dan jahat. com"),
        ("javascript:alert(1)", "javascript alert(1)"),
        ("mailto:a@b.example", "mailto a (at) b. example"),
        ("http://10.0.0.1/x", "10 . 0 . 0 . 1/x"),
        ("[klik](https://jahat.example)", "(klik)( jahat. example)"),
        ("<a href='//jahat.example'>x</a>", "a href=' jahat. example'›x‹/a›"),
        ("# judul **tebal** `kode`", "judul tebal 'kode'"),
        ("baris satu\r\nBcc: korban\u2028dua\x00tiga\ttab", "baris satu Bcc: korban dua tiga tab"),
        ("aman\u202egpj.exe\u2066", "amangpj. exe"),
        ("{{ 7*7 }} {% x %}", "(( 7 7 )) (% x %)"),
        ("", ""),
    ],
)
def test_citizens_words_are_made_harmless(text, harmless):
    assert safe_text(text) == harmless


ADDRESSES = st.sampled_from(
    ["http://", "https:", "//", "a.id", "www.", ".com", "@", "\n", "\r", "<a>", "javascript:",
     "\u202e", "\u200b", "．", "。", "：", "／", "[", "](", "*", "1.2.3.4", ":", "/", "\\", "."]
)  # fmt: skip


@given(st.lists(st.one_of(ADDRESSES, st.text(max_size=6)), max_size=12).map("".join))
def test_nothing_that_citizens_write_becomes_a_link_a_line_or_markup(text):
    harmless = safe_text(text, 60)
    assert not LINK.search(harmless)
    assert not set("<>[]{}`*|~@\r\n\u2028\u2029") & set(harmless)
    assert all(unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Zl") for sign in harmless)
    assert len(harmless) <= 60


@given(st.text(max_size=80))
def test_a_plain_line_is_one_line_and_stays_as_it_is(text):
    line = plain_line(text)
    assert "\n" not in line and line == line.strip()
    assert plain_line(line) == line


def test_a_long_text_is_cut_visibly():
    assert safe_text("a" * 50, 10) == "aaaaaaaaa…"


def test_sms_length_counts_septets():
    assert sms_length("Laporan TL26-A7K3Q diperbarui") == 29
    assert sms_length("[x]") == 5
    assert sms_length("a" * 160) == 160
    with pytest.raises(NotGsm7, match="–"):
        sms_length("a – b")


@given(st.text(max_size=300), st.integers(1, 160))
def test_sms_text_always_fits_in_single_septets(text, limit):
    assert sms_length(sms_text(text, limit)) <= limit


def test_sms_text_keeps_the_words_legible():
    assert sms_text("Kali “Cisadane” – sétu [barat]…") == 'Kali "Cisadane" - sétu (barat)...'


def test_dates_are_written_as_in_jakarta():
    assert long_date(AT) == "Rabu, 26 Mei 2027 pukul 08.29 WIB"
    assert long_date(AT, "en") == "Wednesday, 26 May 2027 at 08.29 WIB"
    assert short_date(AT) == "26/05/2027 08.29"
    assert hour(AT) == "08.29"
    with pytest.raises(ValueError, match="zone"):
        long_date(AT.replace(tzinfo=None))
