"""The call-taker's form without a script: places, similar reports, and nothing typed is lost."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from tests.fakes.world import World
from tests.unit.handlers.pages.test_desk import csrf, signed_in

FIRE = {
    "category": "DRT-01",
    "address": "Gg. Kamboja 4",
    "kelurahan": "36.71.05.1001",
    "was": "36.71.05.1001",
    "phone": "0812-3456-7890",
    "name": "Pak Contoh",
    "description": "Api di dapur, anak di lantai dua",
    "key": "c" * 24,
}
POTHOLE = FIRE | {
    "category": "INF-01",
    "description": "Lubang besar depan sekolah",
    "address": "Jl. KH Hasyim Ashari",
}


@pytest.fixture
def world():
    with World().running() as running:
        yield running


def sent(world, fields, path="/panggilan-112", user="operator"):
    who = signed_in(user)
    mark = csrf(world.get("/panggilan-112", headers=who).body.decode())
    answer = world.post(path, urlencode(fields | {"csrf": mark}).encode(), headers=who)
    return answer, answer.body.decode()


def number_of(answer):
    assert answer.status == 303, answer.body
    return answer.headers["Location"].rpartition("/")[2]


def taken(world, fields, key):
    number = number_of(sent(world, fields | {"key": key * 24})[0])
    world.engine.pump()
    world.project()
    return number


def kept(html, fields):
    """Whether everything that *fields* hold stands in the form."""
    texts = [fields[name] for name in ("address", "phone", "name", "description", "key")]
    chosen = rf'value="{fields["category"]}"[^>]* checked'
    area = f'<option value="{fields["kelurahan"]}" selected>' if fields["kelurahan"] else ""
    return all(one in html for one in [*texts, area]) and re.search(chosen, html) is not None


def test_looking_for_the_place_gives_the_form_back_with_places_to_pick(world):
    asked = FIRE | {"address": "daan mogot kebon besar", "kelurahan": "", "was": "", "do": "find"}
    answer, html = sent(world, asked)
    assert answer.status == 200 and kept(html, asked)
    picks = re.findall(r'name="pick" value="([^"]+)"', html)
    assert picks == ["jalan-daan-mogot|36.71.03.1005", "36.71.03.1005|36.71.03.1005"]


def test_a_picked_place_is_filed_and_named_in_the_address(world):
    fields = FIRE | {"address": "depan pom bensin", "kelurahan": "", "was": ""}
    number = taken(world, fields | {"pick": "jalan-daan-mogot|36.71.03.1005"}, "a")
    shown = world.get(f"/v1/reports/{number}", user="operator").json
    assert shown["area"]["kelurahan"]["name"] == "Kebon Besar"
    assert shown["address"] == "Jl. Daan Mogot, depan pom bensin"


def test_a_kelurahan_chosen_from_the_list_after_the_pick_wins(world):
    fields = FIRE | {"pick": "jalan-daan-mogot|36.71.03.1005", "was": "36.71.03.1005"}
    number = taken(world, fields, "a")
    shown = world.get(f"/v1/reports/{number}", user="operator").json
    assert shown["area"]["kelurahan"]["code"] == FIRE["kelurahan"]


def test_a_pick_that_is_none_of_ours_changes_nothing(world):
    for wrong in ("nowhere|36.71.03.1005", "jalan-daan-mogot|36.71.99.1001", "|", "x"):
        answer, html = sent(world, FIRE | {"pick": wrong, "do": "find"})
        assert answer.status == 200 and kept(html, FIRE)


def test_a_name_that_nobody_knows_is_said_and_everything_stays(world):
    _, html = sent(world, FIRE | {"do": "find"})
    assert "Tidak ada tempat dengan nama itu" in html and kept(html, FIRE)


def test_a_second_call_about_one_fire_is_shown_the_first_and_keeps_all(world):
    first = taken(world, FIRE, "a")
    answer, html = sent(world, FIRE | {"key": "b" * 24})
    assert answer.status == 200 and "Belum terkirim" in html and first in html
    assert kept(html, FIRE | {"key": "b" * 24})
    assert f'name="seen" value="{first}"' in html


def test_it_goes_out_as_new_once_the_similar_ones_were_seen(world):
    first = taken(world, FIRE, "a")
    number = number_of(sent(world, FIRE | {"key": "b" * 24, "seen": first})[0])
    shown = world.get(f"/v1/reports/{number}", user="operator").json
    assert (shown["status"], number != first) == ("assigned", True)


def test_joining_gives_the_caller_a_number_and_sends_nobody_out_twice(world):
    first = taken(world, FIRE, "a")
    number = taken(world, FIRE | {"join": first}, "b")
    shown = world.get(f"/v1/reports/{number}", user="operator").json
    assert (shown["status"], shown["merged_into"]) == ("merged", first)
    told = {(template, to) for _, template, to in world.engine.sent(number)}
    assert told == {("reporter_merged", "reporter")}
    main = world.get(f"/v1/reports/{first}", user="operator").json
    assert main["status"] == "assigned"
    html = world.get(f"/kasus/{number}", headers=signed_in("operator")).body.decode()
    assert f'href="/kasus/{first}"' in html


def test_a_report_of_the_kelurahan_is_found_in_the_publics_list(world):
    first = taken(world, POTHOLE, "a")
    _, html = sent(world, POTHOLE, "/panggilan-112/serupa")
    assert first in html and "kata yang sama:" in html
    _, elsewhere = sent(world, POTHOLE | {"kelurahan": "", "was": ""}, "/panggilan-112/serupa")
    assert first not in elsewhere
    _, other = sent(world, POTHOLE | {"category": "INF-07"}, "/panggilan-112/serupa")
    assert first not in other


def test_what_is_confidential_is_not_there(world):
    place = {"kelurahan": POTHOLE["kelurahan"], "address": "Gg. Kamboja 4"}
    hidden = [
        world.filed({"category": "DRT-10", "location": place})["number"],
        world.filed({"category": "DRT-01", "location": place, "visibility": "confidential"})[
            "number"
        ],
        world.filed({"category": "INF-01", "location": place, "visibility": "confidential"})[
            "number"
        ],
    ]
    world.engine.pump()
    world.project()
    for category in ("DRT-10", "DRT-01", "INF-01"):
        _, html = sent(world, FIRE | {"category": category}, "/panggilan-112/serupa")
        assert not any(number in html for number in hidden)
    for number, category in zip(hidden, ("DRT-10", "DRT-01", "INF-01"), strict=True):
        fields = FIRE | {"category": category, "join": number}
        refused, html = sent(world, fields)
        absent, _ = sent(world, fields | {"join": "TL-AAAA-AAAA"})
        assert (refused.status, absent.status) == (422, 422)
        assert kept(html, fields)


def test_a_report_of_another_kind_is_not_joined(world):
    first = taken(world, POTHOLE, "a")
    answer, html = sent(world, FIRE | {"join": first})
    assert answer.status == 422 and kept(html, FIRE)


def test_a_form_sent_again_with_other_contents_says_so_and_may_go_as_another_call(world):
    taken(world, FIRE, "c")
    again = FIRE | {"description": "Api di gudang", "category": "DRT-02"}
    answer, html = sent(world, again)
    assert answer.status == 422 and "sudah terkirim dengan isi lain" in html
    assert "Api di gudang" in html
    fresh = re.search(r'name="key" value="([^"]+)"', html).group(1)
    assert fresh not in ("", FIRE["key"])


def test_the_pieces_are_for_call_takers_alone(world):
    for path in ("/panggilan-112/tempat", "/panggilan-112/serupa"):
        who = signed_in("petugas.pupr")
        assert world.post(path, b"csrf=x", headers=who).status == 403
