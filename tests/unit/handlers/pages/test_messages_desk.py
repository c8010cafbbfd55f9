"""The desk of messages as pages: words changed field by field, looked at, proposed, approved."""

from __future__ import annotations

import re

import pytest

from chalicelib import bootstrap
from chalicelib.handlers.pages.template_words import PREFIX, differences, with_words, words_of
from chalicelib.services.messages import LANGUAGES, default_templates
from tests.fakes.world import World
from tests.unit.handlers.pages.test_desk import post, signed_in

ID = "reporter_received"
PATH = f"/meja-pesan/{ID}"
SMS = f"{PREFIX}sms.id"
NEW = "Laporan {{ number }} kami terima. Pantau: {{ link }}"


@pytest.fixture
def world():
    with World(administered=True).running() as running:
        yield running


def shown(world, user="penyusun"):
    return world.get(PATH, headers=signed_in(user)).body.decode()


def send(world, user="penyusun", **fields):
    return post(world, PATH, {name.replace("__", "."): v for name, v in fields.items()},
                signed_in(user), seen=PATH)  # fmt: skip


def propose(world, text=NEW, **more):
    return send(world, do="propose", based_on="1", reason="Lebih ramah", **{SMS: text} | more)


def test_every_word_of_every_template_is_a_field_and_goes_back_as_it_came():
    for id in default_templates().ids():
        channels = default_templates().get(id).channels
        fields = {
            word.name: word.text
            for channel, contents in channels.items()
            for language in LANGUAGES
            for word in words_of(contents[language], f"{channel}.{language}")
        }
        assert fields
        assert with_words(channels, fields) == dict(channels)
        changed = with_words(channels, {next(iter(fields)): "Lain"})
        assert [one.after for one in differences(channels, changed)] == ["Lain"]


def test_looking_shows_the_message_with_its_length_and_writes_nothing(world):
    html = send(world, do="look", **{SMS: NEW}).body.decode()
    assert "Laporan TL-7K3QX9MW kami terima." in html
    assert re.search(r"\d+ huruf SMS, 1 SMS", html)
    assert "Belum diusulkan" in html
    assert world.register.records == []


def test_what_one_proposes_another_reads_and_approves_and_then_it_is_said(world):
    assert propose(world).status == 303
    html = shown(world, "penyetuju")
    assert "Usulan menunggu persetujuan" in html and "<ins>" in html
    digest = bootstrap.template_desk().proposal(ID).digest
    answer = send(world, "penyetuju", do="approve", hash="0" * 64, reason="baik")
    assert answer.status == 409 and 'role="alert"' in answer.body.decode()
    assert send(world, "penyetuju", do="approve", hash=digest, reason="baik").status == 303
    assert bootstrap.catalogue().templates().get(ID).channels["sms"]["id"] == NEW
    html = shown(world)
    assert "Versi</b>" in html or "Versi 2" in html
    assert "disetujui kota" in html


def test_words_that_cannot_be_used_say_why_and_stay_in_their_fields(world):
    for text, said in (
        ("Laporan {{ number }} diterima.", "Bagian yang wajib hilang"),
        (NEW + " www.jahat.id", "Alamat situs tidak boleh ditulis"),
        (NEW + " {{ siapa }}", "tidak dikenal"),
        (NEW + " baik" * 80, "Terlalu panjang"),
    ):
        answer = propose(world, text)
        html = answer.body.decode()
        assert answer.status == 422 and said in html
        assert text.split()[-1] in html
    assert bootstrap.template_desk().proposal(ID) is None


def test_the_author_does_not_approve_and_others_change_nothing(world):
    propose(world)
    assert "tidak menyetujui usulannya sendiri" in shown(world)
    assert send(world, do="approve", hash="x").status == 403
    assert send(world, "penyetuju", do="propose").status == 403
    assert send(world, "penyetuju", do="withdraw").status == 303
    assert bootstrap.template_desk().proposal(ID).status == "withdrawn"
    assert 'id="words"' not in shown(world, "auditor")
    assert world.get("/meja-pesan", headers=signed_in("petugas.pupr")).status == 403


def test_the_list_begins_with_what_waits(world):
    propose(world)
    html = world.get("/meja-pesan", headers=signed_in("auditor")).body.decode()
    assert "1 usulan pesan menunggu persetujuan" in html
    assert html.index(f"/meja-pesan/{ID}") < html.index("/meja-pesan/answer_note")
    assert world.get("/meja-pesan/none", headers=signed_in("auditor")).status == 404
