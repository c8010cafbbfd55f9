"""The SOP desk in the browser: three people bring a version into force, without a script."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import urlencode

import pytest

from tests.fakes.world import MORNING, World
from tests.unit.handlers.pages.test_desk import csrf, signed_in

SOP = "/meja-sop/jalan-berlubang"


@pytest.fixture
def city():
    with World(MORNING, administered=True).running() as running:
        yield running


def see(city, user, path=SOP):
    answer = city.get(path, headers=signed_in(user))
    assert answer.status == 200, answer.body
    return answer.body.decode()


def send(city, user, path, fields):
    who = signed_in(user)
    token = csrf(city.get("/meja-sop", headers=who).body.decode())
    return city.post(path, urlencode(fields | {"csrf": token}).encode(), headers=who)


def begun(city):
    answer = send(city, "penyusun", "/meja-sop", {"sop": "jalan-berlubang", "reason": "evaluasi"})
    assert (answer.status, answer.headers["Location"]) == (303, SOP)


def fields_of(shown):
    """Return every field of the editor as a browser would send it."""
    form = re.search(r'<form[^>]*class="editor">(.*?)</form>', shown, re.S)[1]
    found = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', form)
    }
    for name, options in re.findall(r'<select[^>]* name="([^"]+)">(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        first = re.search(r'<option value="([^"]*)"', options)
        found[name] = (chosen or first)[1]
    return found


def row_of(fields, code):
    return next(name[:-3] for name in fields if name.endswith(".id") and fields[name] == code)


def test_three_people_bring_a_version_into_force_by_the_pages(city):
    begun(city)
    fields = fields_of(see(city, "penyusun"))
    fields[row_of(fields, "L1") + ".at"] = "pt3h30m"
    saved = send(city, "penyusun", SOP, fields | {"do": "save", "reason": "lebih cepat"})
    assert saved.status == 303, saved.body
    assert "Langkah L1: waktu PT4H" in see(city, "penyusun")
    for move, user in (("submit", "penyusun"), ("review", "peninjau"), ("approve", "penyetuju")):
        shown = see(city, user)
        assert f'action="{SOP}/{move}"' in shown
        read = re.search(rf'action="{SOP}/{move}".*?name="hash" value="(\w+)"', shown)[1]
        assert send(city, user, f"{SOP}/{move}", {"hash": read}).status == 303
    assert send(city, "penyetuju", f"{SOP}/activate", {"from": "2027-04-12"}).status == 303
    assert "mulai 12/04/2027" in see(city, "penyetuju", "/meja-sop")
    assert [row["version"] for row in city.get("/v1/sops/jalan-berlubang/versions").json["items"]]
    newest = city.get("/v1/sops/jalan-berlubang/versions/2").json
    assert next(one["at"] for one in newest["steps"] if one["id"] == "L1") == "PT3H30M"


def test_saving_without_a_change_changes_nothing(city):
    begun(city)
    before = city.get("/v1/drafts/jalan-berlubang", user="penyusun").json
    assert send(city, "penyusun", SOP, fields_of(see(city, "penyusun"))).status == 303
    after = city.get("/v1/drafts/jalan-berlubang", user="penyusun").json
    assert after["hash"] == before["hash"]
    assert after["revision"] == before["revision"] + 1


def test_rows_are_added_and_removed_before_anything_is_saved(city):
    begun(city)
    fields = fields_of(see(city, "penyusun"))
    steps = sum(name.startswith("s.") and name.endswith(".was") for name in fields)
    more = send(city, "penyusun", SOP, fields | {"do": "add.s.0"}).body.decode()
    assert "Belum disimpan" in more
    assert f"s.{steps}.was" in fields_of(more)
    assert fields_of(more)["s.1.id"] == ""
    less = send(city, "penyusun", SOP, fields_of(more) | {"do": "remove.s.1"}).body.decode()
    assert fields_of(less)["s.1.id"] == fields["s.1.id"]
    higher = send(city, "penyusun", SOP, fields | {"do": "up.s.1"}).body.decode()
    assert fields_of(higher)["s.0.id"] == fields["s.1.id"]


def test_what_was_typed_stays_when_it_is_refused(city):
    begun(city)
    fields = fields_of(see(city, "penyusun"))
    fields["s.0.at"] = "SEGERA"
    refused = send(city, "penyusun", SOP, fields | {"do": "save"})
    assert refused.status == 422
    shown = refused.body.decode()
    assert 'role="alert"' in shown and "steps[0].at" in shown
    assert fields_of(shown)["s.0.at"] == "SEGERA"


def test_an_edit_over_somebody_elses_is_refused(city):
    begun(city)
    fields = fields_of(see(city, "penyusun"))
    assert send(city, "penyusun", SOP, fields).status == 303
    assert send(city, "penyusun", SOP, fields).status == 409


def test_the_whole_content_can_be_written_as_json(city):
    begun(city)
    draft = city.get("/v1/drafts/jalan-berlubang", user="penyusun").json
    content = draft["content"] | {"tier": "P1"}
    given = {"do": "raw", "revision": draft["revision"], "content": json.dumps(content)}
    assert send(city, "penyusun", SOP, given).status == 303
    assert city.get("/v1/drafts/jalan-berlubang", user="penyusun").json["content"]["tier"] == "P1"
    broken = send(city, "penyusun", SOP, given | {"content": "{"})
    assert broken.status == 400 and "Seluruh isi sebagai JSON" in broken.body.decode()


def test_findings_say_what_is_wrong_and_how_it_is_mended(city):
    begun(city)
    fields = fields_of(see(city, "penyusun"))
    fields[row_of(fields, "L0") + ".at"] = "PT1H"
    assert send(city, "penyusun", SOP, fields).status == 303
    shown = see(city, "penyusun")
    assert "Harus diperbaiki" in shown
    assert "Tambahkan langkah PT0M yang memberi tahu pelaksana." in shown


def test_only_whose_move_it_is_sees_its_button(city):
    begun(city)
    assert f'action="{SOP}/submit"' not in see(city, "peninjau")
    assert 'class="editor"' not in see(city, "peninjau")
    send(city, "penyusun", f"{SOP}/submit", {})
    assert f'action="{SOP}/review"' in see(city, "peninjau")
    assert 'class="editor"' not in see(city, "penyusun")
    refused = send(city, "penyetuju", f"{SOP}/approve", {})
    assert refused.status == 409 and 'role="alert"' in refused.body.decode()


def test_a_draft_goes_back_with_its_reason(city):
    begun(city)
    send(city, "penyusun", f"{SOP}/submit", {})
    assert (
        send(city, "peninjau", f"{SOP}/return", {"text": "Langkah L1 kurang jelas"}).status == 303
    )
    shown = see(city, "penyusun")
    assert "Langkah L1 kurang jelas" in shown and 'class="editor"' in shown


def test_a_new_sop_begins_after_the_pattern_of_another(city):
    given = {"sop": "jalan-berlubang", "new": "jalan-taman"}
    assert send(city, "penyusun", "/meja-sop", given).headers["Location"] == "/meja-sop/jalan-taman"
    assert "SOP baru" in see(city, "penyusun", "/meja-sop/jalan-taman")


def test_the_desk_is_closed_to_others_and_to_forms_of_others(city):
    assert city.get("/meja-sop").status == 303
    assert city.get("/meja-sop", headers=signed_in("petugas.pupr")).status == 403
    begun(city)
    answer = city.post(f"{SOP}/submit", b"", headers=signed_in("penyusun"))
    assert answer.status == 403
    assert city.get("/meja-sop/tidak-ada", headers=signed_in("penyusun")).status == 404


def test_the_ladder_is_drawn_for_a_chosen_moment(city):
    begun(city)
    shown = see(city, "auditor", f"{SOP}?at=2027-05-14T15:59")
    assert "Jumat, 14 Mei 2027 pukul 15.59 WIB" in shown
