"""The nearest unit on duty is sent; when it is silent, the next nearest is, beside those above."""

from __future__ import annotations

import json

import pytest

from chalicelib.adapters.documents import FileDocuments
from chalicelib.services.catalogue import Catalogue
from tests.fakes.engine import Engine

START = "2027-04-05T09:55:00+07:00"
#: Three posts of the fire service: 1.1 km, 4.3 km and 6.9 km from the fire.
POSTS = {
    "piket.bpbd": (-6.1683, 106.6319),
    "piket.bpbd-cibodas": (-6.2, 106.6),
    "piket.bpbd-ciledug": (-6.2, 106.69),
}


class WithPosts:
    """The shipped documents, with two more posts of the fire service."""

    def __init__(self, posts=POSTS):
        self.files, self.posts = FileDocuments(), posts

    def get(self, kind, id):
        body = self.files.get(kind, id)
        if (kind, id) != ("document", "positions"):
            return body
        rows = json.loads(body)
        desk = next(row for row in rows if row["id"] == "piket.bpbd")
        others = [row for row in rows if row["id"] != "piket.bpbd"]
        made = [
            {
                **desk,
                "id": name,
                "post": {"lat": lat, "lon": lon},
                "contacts": {"mail": f"{name}@tangerang.example", "phone": "+6281000009999"},
            }
            for name, (lat, lon) in self.posts.items()
        ]
        return json.dumps([*others, *made])


def city(posts=POSTS):
    return Engine(START, Catalogue(WithPosts(posts), lambda: 0.0))


def told(engine, number, step):
    return next(names for entry, names in engine.fired(number) if entry.split("#")[1] == step)


def test_of_three_posts_the_nearest_is_told_and_the_next_when_it_is_silent():
    engine = city()
    number = engine.filed("DRT-01").report.number
    engine.run_until("2027-04-05T09:56:30+07:00")
    assert told(engine, number, "L0") == ["piket.bpbd", "operator"]
    engine.run_until("2027-04-05T09:57:30+07:00")
    called = [one.data for one in engine.loaded(number).events if one.type == "second_unit_called"]
    assert [dict(one) for one in called] == [
        {"step": "L1", "unit": "piket.bpbd-cibodas", "distance_m": 4273}
    ]
    sent = {one for one in engine.sent(number) if one[1] == "step_emergency"}
    assert ("sms", "step_emergency", "piket.bpbd-cibodas") in sent
    assert not any("ciledug" in recipient for _, _, recipient in sent)


def test_a_unit_that_answers_in_time_is_the_only_one_sent():
    engine = city()
    number = engine.filed("DRT-01").report.number
    engine.run_until("2027-04-05T09:56:30+07:00")
    engine.act(number, "acknowledge", by="petugas.bpbd")
    engine.run_until("2027-04-05T10:20:00+07:00")
    assert not any(one.type == "second_unit_called" for one in engine.loaded(number).events)
    assert {r for _, t, r in engine.sent(number) if t == "step_emergency"} == {"piket.bpbd"}


@pytest.mark.parametrize("place", [{"lat": None, "lon": None, "kelurahan": "36.71.01.1007"}])
def test_without_a_point_all_desks_are_told_and_no_unit_is_guessed(place):
    engine = city()
    number = engine.filed("DRT-01", **place).report.number
    engine.run_until("2027-04-05T09:57:30+07:00")
    assert set(told(engine, number, "L0")) == {*POSTS, "operator"}
    called = [one.data for one in engine.loaded(number).events if one.type == "second_unit_called"]
    assert [dict(one) for one in called] == [{"step": "L1"}]


def test_a_city_without_posts_is_served_as_before():
    engine = Engine(START)
    number = engine.filed("DRT-01").report.number
    engine.run_until("2027-04-05T09:57:30+07:00")
    assert told(engine, number, "L0") == ["piket.bpbd", "operator"]
    assert told(engine, number, "L1") == ["danru.bpbd", "supervisor"]
