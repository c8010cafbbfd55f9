"""Photos that got stuck are found the next night, asked for again, counted, and said aloud."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.handlers.media import tasks_of
from chalicelib.services.measuring import PHOTOS_REMADE
from chalicelib.services.mending import MendPhotos
from chalicelib.services.photos import photo_key, public_key
from chalicelib.services.ports import TryAgain
from tests.fakes.pictures import jpeg, scene
from tests.fakes.world import WITH_MAIL, World
from tests.unit.handlers.test_photos import cover, review, upload


@pytest.fixture
def world():
    with World().running() as running:
        yield running


class Media:
    """The function for photos, which fails as long as it is down."""

    def __init__(self, works):
        self.works, self.down = works, True

    def publish(self, number, photo):
        if self.down:
            raise TryAgain("media")
        self.works.publish(number, photo)

    def examine(self, number, photo):
        self.works.examine(number, photo)


def night(world):
    """The nightly run, and what the function for photos makes of what it is asked."""
    world.project()
    engine = world.engine
    mend = MendPhotos(
        world.views, engine.jobs, engine.clock, engine.measures, engine.alarms
    )  # fmt: skip
    found = mend()

    def do(body):
        for task, number, photo in tasks_of(body):
            getattr(engine.media, task)(number, photo)

    engine.jobs.run("media", do)
    world.project()
    return found


def later(world, **span):
    world.engine.clock.at += timedelta(**span)


def test_an_approved_photo_without_its_public_copy_is_remade_counted_and_an_alarm(
    world, monkeypatch
):
    number = world.filed(WITH_MAIL)["number"]
    photo = upload(world, number, jpeg(scene(1)), token=world.token_of(number))
    cover(world, number, photo, [], user="operator")
    monkeypatch.setitem(bootstrap._made, "ask_media", Media(world.engine.media))
    answer = review(world, number, photo, {"approved": True}, user="verifikator")
    assert answer.status == 503
    assert night(world) == 0  # it may still be on its way
    later(world, hours=9)
    assert night(world) == 1
    assert public_key(number, photo, "large") in world.engine.blobs.files
    assert world.engine.loaded(number).report.media[photo].published
    assert world.engine.measures.of(PHOTOS_REMADE) == [0, 1]
    (alarm,) = world.engine.alarms.raised
    assert alarm == ("approved_photos_not_public", {"photos": 1, "reports": [number]})
    later(world, days=1)
    assert night(world) == 0


def test_an_upload_that_was_never_examined_is_examined_and_one_that_never_came_is_left(world):
    number = world.filed(WITH_MAIL)["number"]
    token = world.token_of(number)
    came, never = (world.act(number, "photos", {}, token=token).json["id"] for _ in range(2))
    world.engine.blobs.files[photo_key(number, came)] = jpeg(scene(1))
    later(world, hours=9)
    assert night(world) == 0
    states = {id: one.state for id, one in world.engine.loaded(number).report.media.items()}
    assert states == {came: "accepted", never: "waiting"}
    later(world, days=3)
    assert night(world) == 0
    assert world.engine.alarms.raised == []
