"""What people write back and what it means; what is not sure is never an act."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.grammar import Said, number_in, understood

N = "TL-7K3QX9MW"

MEANT = [
    ("TERIMA", Said("accept")),
    ("terima.", Said("accept")),
    ("*TERIMA*", Said("accept")),
    ("Siap", Said("accept")),
    ("Siap pak, terima", Said("accept")),
    ("siap laksanakan!", Said("accept")),
    ("Baik, kami terima.", Said("accept")),
    ("Selamat pagi pak,\n\nTERIMA", Said("accept")),
    ("Assalamualaikum wr wb\nTerima, segera kami cek", Said("accept", rest="segera kami cek")),
    ("TL-7K3QX9MW TERIMA", Said("accept", N)),
    ("tl7k3qx9mw terima", Said("accept", N)),
    ("Tl 7k3q x9mw terima", Said("accept", N)),
    ("TERIMA TL-7K3QX9MW", Said("accept", N)),
    ("TOLAK bukan jalan kota", Said("decline", rest="bukan jalan kota")),
    ("Tolak, ini jalan provinsi", Said("decline", rest="ini jalan provinsi")),
    ("TOLAK", Said("decline")),
    ("Bukan kewenangan kami, ini Dishub", Said("decline", rest="kami, ini Dishub")),
    ("MULAI", Said("start")),
    ("Sedang dikerjakan", Said("start")),
    ("TIBA", Said("arrive")),
    ("sudah tiba di lokasi", Said("arrive", rest="di lokasi")),
    ("sdh sampai di lokasi", Said("arrive")),
    ("SELESAI\nSudah ditambal", Said("submit", rest="Sudah ditambal")),
    ("Sudah selesai pak", Said("submit", rest="pak")),
    ("2 SELESAI", Said("submit", choice=2)),
    ("2", Said("nothing", choice=2)),
    ("STATUS TL-7K3QX9MW", Said("status", N)),
    ("cek tl-7k3qx9mw", Said("status", N)),
    ("YA", Said("yes")),
    ("ya sudah beres terima kasih", Said("yes", rest="sudah beres terima kasih")),
    ("tl-7k3qx9mw ya", Said("yes", N)),
    ("Sudah", Said("yes")),
    ("BELUM", Said("no")),
    ("Belum, masih bolong", Said("no", rest="masih bolong")),
    ("blm beres", Said("no", rest="beres")),
    ("Minta waktu sampai Senin", Said("more_time", rest="sampai Senin")),
    ("", Said("nothing")),
    ("   \n ", Said("nothing")),
    ("Selamat siang Bapak/Ibu", Said("nothing")),
]
NO_ACT = [
    "Terima kasih",
    "Terimakasih atas laporannya",
    "terima kasih banyak",
    "Terima atau tolak?",
    "terima tidak ya",
    "Apakah sudah selesai?",
    "Selesai kapan",
    "Selesai besok",
    "Mulai besok kami kerjakan",
    "tiba-tiba hujan",
    "Kami belum terima suratnya",
    "Tolong dijelaskan lokasinya",
    "penerimaan siswa",
    "Selesaikan segera",
    "mulailah",
    "yang mana?",
    "TL-7K3QX9MX TERIMAKAN",
]


@pytest.mark.parametrize(("text", "said"), MEANT, ids=[text[:30] for text, _ in MEANT])
def test_what_is_written_is_understood(text: str, said: Said) -> None:
    assert understood(text) == said


@pytest.mark.parametrize("text", NO_ACT)
def test_what_only_begins_like_an_act_is_none(text: str) -> None:
    assert understood(text).verb == "comment"


def test_a_number_with_a_wrong_letter_is_no_number() -> None:
    assert number_in("TL-7K3QX9MX TERIMA") == ""
    assert understood("TL-7K3QX9MX TERIMA").verb == "comment"


def test_the_number_is_found_within_a_subject() -> None:
    assert number_in("Re: (P2) Terima sebelum 05/04: Jalan, Kel. X - TL-7K3QX9MW") == N


@given(text=st.text(max_size=300))
def test_nothing_that_people_can_type_breaks_it(text: str) -> None:
    understood(text)
