"""Drawing an SOP over the API: a stored version, a draft in the body, and what is refused."""

from __future__ import annotations

import msgspec

from chalicelib.handlers import answers
from tests.fakes.engine import SHIPPED
from tests.fakes.world import MORNING

VERSION = "/v1/sops/jalan-berlubang/versions/1/simulate"
FRIDAY = {"filed_at": "2027-05-14T15:59:00+07:00", "kelurahan": "Sukasari"}


def drawn(world, path=VERSION, body=FRIDAY, user="penyusun"):
    answer = world.post(path, body, user=user)
    assert answer.status == 200, answer.body
    msgspec.convert(answer.json, answers.Simulated)
    return answer.json


def rung(ladder, step):
    return next(one for one in ladder["rungs"] if one["step"] == step)


def test_a_version_is_drawn_with_the_offices_that_would_be_told_today(world):
    ladder = drawn(world)
    head = rung(ladder, "L2")
    assert (head["due_at"], head["provisional"]) == ("2027-05-25T16:00:00+07:00", True)
    assert head["due_in_words"]["id"] == "Selasa, 25 Mei 2027 pukul 16.00 WIB"
    assert [(one["position"], one["via"], one["channels"]) for one in head["recipients"]] == [
        ("kadis.pupr", "definitive", ["mail", "sms"]),
        ("camat.tangerang", "mailbox", ["mail", "sms"]),
    ]
    assert ladder["recipients_as_of"] == MORNING
    assert "Contoh" not in str(ladder), "offices, never names"


def test_both_promises_stand_beside_each_other(world):
    promises = [(one["limit"], one["until"], one["due_at"]) for one in drawn(world)["promises"]]
    assert ("service", "resolved", "2027-05-25T16:00:00+07:00") in promises
    assert ("legal", "resolved", "2027-06-10T16:00:00+07:00") in promises


def test_every_day_shows_its_windows_and_what_falls_due(world):
    days = {day["date"]: day for day in drawn(world)["days"]}
    assert (days["2027-05-21"]["breaks"], days["2027-05-21"]["rungs"]) == (
        [["11:30", "13:00"]],
        ["V80#0", "V1#0"],
    )
    assert days["2027-05-20"]["note"]["id"] == "Hari Raya Waisak"


def test_what_the_messages_cost_names_its_prices_and_that_they_are_unchecked(world):
    ladder = drawn(world)
    assert ladder["messages"] == {"mail": 42, "sms": 20}
    assert ladder["estimate"]["amount"] == "7.004200"
    assert [(one["name"], one["verified_on"]) for one in ladder["estimate"]["items"]] == [
        ("mail", None),
        ("sms", None),
    ]


def test_a_draft_in_the_body_is_drawn_like_its_stored_twin(world):
    form = SHIPPED.sop("jalan-berlubang", 1).to_dict()
    assert drawn(world, "/v1/simulations", {"sop": form, **FRIDAY}) == drawn(world)


def test_given_instants_take_the_place_of_assumed_ones(world):
    ladder = drawn(world, body=FRIDAY | {"verified_at": "2027-05-14T16:05:00+07:00"})
    assert rung(ladder, "L1")["due_at"] == "2027-05-21T11:05:00+07:00"
    assert ladder["assumed"][0]["because"] == "given"


def test_a_draft_that_is_no_sop_is_refused_with_its_place_and_reason(world):
    bad = {"id": "x", "calendar": "kantor", "steps": [{"id": "L0", "clock": "agency", "at": "P1M"}]}
    answer = world.post("/v1/simulations", {"sop": bad}, user="penyusun")
    assert (answer.status, answer.code, answer.json["path"]) == (422, "sop_invalid", "steps[0].at")


def test_unknown_things_are_refused_each_with_its_code(world):
    step = {"id": "L0", "clock": "agency", "at": "PT0M"}
    away = {"id": "x", "calendar": "bulan", "steps": [step]}
    refusals = {
        "calendar_missing": ("/v1/simulations", {"sop": away}),
        "unknown_category": (VERSION, {"category": "XXX-99"}),
        "unknown_kelurahan": (VERSION, {"kelurahan": "Bandung"}),
        "not_found": ("/v1/sops/jalan-berlubang/versions/9/simulate", {}),
    }
    for code, (path, body) in refusals.items():
        assert world.post(path, body, user="penyusun").code == code
