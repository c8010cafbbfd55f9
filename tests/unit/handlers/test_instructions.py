"""A leader's instruction has its own deadline: it is answered, or the leader learns that not."""

from __future__ import annotations

import pytest

from tests.fakes.world import WITH_MAIL, World


@pytest.fixture
def world():
    with World().running() as running:
        yield running


def instructed(world, user="walikota", **more):
    number = world.filed(WITH_MAIL)["number"]
    world.act(number, "verify", user="operator")
    world.act(number, "acknowledge", user="petugas.pupr")
    body = {"text": "Tutup lubang itu hari ini", **more}
    answer = world.act(number, "instruct", body, user=user)
    assert answer.status == 200, answer.body
    world.engine.pump()
    return number


def entry(world, number):
    rows = world.get(f"/v1/reports/{number}/timeline", user="walikota").json["entries"]
    return [row for row in rows if row["step"] == "INSTRUCTION"]


def sent(world, number, cause):
    """The mails about a report whose cause has *cause* in it."""
    found = world.engine.store.deliveries(number)
    return [one for one in found if cause in one.cause and one.channel == "mail"]


def test_without_a_time_it_is_due_in_a_day_and_it_is_on_the_timeline(world):
    (row,) = entry(world, instructed(world))
    assert (row["due_at"], row["state"], row["to"]) == (
        "2027-04-06T09:55:00+07:00",
        "planned",
        ["kadis", "walikota"],
    )


def test_silence_reaches_the_leader_and_the_head_at_the_named_time_and_once(world):
    number = instructed(world, until="2027-04-05T15:00:00+07:00")
    world.engine.run_until("2027-04-05T14:59:59+07:00")
    assert entry(world, number)[0]["state"] == "planned"
    world.engine.run_until("2027-04-05T15:00:00+07:00")
    (row,) = entry(world, number)
    assert (row["state"], sorted(row["to"])) == ("done", ["kadis.pupr", "walikota"])
    fired = sent(world, number, "INSTRUCTION")
    assert sorted(one.recipient for one in fired) == ["kadis.pupr", "walikota"]
    assert {one.context["instruction"] for one in fired} == {"Tutup lubang itu hari ini"}
    assert {one.context["awaits"] for one in fired} == {"instruction_answered"}
    world.engine.run_until("2027-04-06T15:00:00+07:00")
    assert len(sent(world, number, "INSTRUCTION")) == 2


def test_an_answer_in_time_ends_it_and_goes_back_to_who_gave_it(world):
    number = instructed(world, user="sekda")
    said = {"text": "Sudah ditutup sementara, pengaspalan besok"}
    assert world.act(number, "answer_instruction", said, user="kadis.pupr").status == 200
    (row,) = entry(world, number)
    assert row["state"] == "moot"
    world.engine.run_until("2027-04-07T09:55:00+07:00")
    assert entry(world, number)[0]["state"] == "moot"
    (answer,) = sent(world, number, "instruction_answered")
    assert (answer.recipient, answer.context["instruction"]) == ("sekda", said["text"])
    again = world.act(number, "answer_instruction", said, user="kadis.pupr")
    assert (again.status, again.code) == (409, "no_instruction_open")


def test_a_result_answers_it_too(world):
    number = instructed(world)
    body = {"outcome": "nothing_found", "reason": "Sudah ditambal warga", "note": "x"}
    assert world.act(number, "submit", body, user="petugas.pupr").status == 200
    assert entry(world, number)[0]["state"] == "moot"


def test_an_answer_after_the_deadline_takes_nothing_back(world):
    number = instructed(world, until="2027-04-05T15:00:00+07:00")
    world.engine.run_until("2027-04-05T16:00:00+07:00")
    world.act(number, "answer_instruction", {"text": "Maaf"}, user="kadis.pupr")
    assert entry(world, number)[0]["state"] == "done"


def test_each_instruction_has_its_own_deadline(world):
    number = instructed(world, until="2027-04-05T15:00:00+07:00")
    more = {"text": "Dan pasang rambu", "until": "2027-04-05T12:00:00+07:00"}
    world.act(number, "instruct", more, user="sekda")
    assert [(row["cycle"], row["due_at"][11:16], row["to"][1]) for row in entry(world, number)] == [
        (2, "12:00", "sekda"),
        (1, "15:00", "walikota"),
    ]


def test_who_may_and_when(world):
    number = instructed(world)
    said = {"text": "x"}
    assert world.act(number, "answer_instruction", said, user="petugas.bpbd").status == 404
    late = {"text": "x", "until": "2027-04-01T00:00:00+07:00"}
    assert world.act(number, "instruct", late, user="walikota").code == (
        "date_not_in_the_coming_year"
    )
    assert world.act(number, "instruct", {"text": "x"}, user="kadis.pupr").status == 403
    assert world.act(number, "answer_instruction", said, user="petugas.pupr").status == 200
