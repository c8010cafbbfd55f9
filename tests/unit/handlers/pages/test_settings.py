"""One's own settings: language, push beside the mail, digests; duty mails stay."""

from __future__ import annotations

import pytest

from chalicelib import bootstrap
from tests.fakes.push_service import PushService
from tests.fakes.world import WITH_MAIL, World
from tests.unit.handlers.pages.test_desk import post, signed_in


@pytest.fixture
def world():
    with World(administered=True).running() as running:
        yield running


def browser():
    """What the page's script sends after a browser has subscribed."""
    key = bootstrap.pushing().public_key()
    made = PushService(1).browser(key)
    return {"endpoint": "https://fcm.googleapis.com/to/a", **made["keys"], "key": key}


def save(world, user="petugas.pupr", **fields):
    return post(world, "/saya", {"language": "id"} | fields, signed_in(user), seen="/saya")


def shown(world, user="petugas.pupr"):
    return world.get("/saya", headers=signed_in(user)).body.decode()


def messages(world, number, person="petugas.pupr"):
    return sorted(
        (one.channel, one.language)
        for one in world.engine.store.deliveries(number)
        if one.person == person
    )


def assigned(world):
    number = world.filed(WITH_MAIL)["number"]
    world.act(number, "verify", user="operator")
    world.engine.pump()
    return number


def test_whoever_asked_for_push_gets_it_beside_the_mail_and_nobody_else(world):
    before = messages(world, assigned(world))
    assert "push" not in [channel for channel, _ in before]
    answer = post(world, "/saya/kabar", browser(), signed_in("petugas.pupr"), seen="/saya")
    assert answer.status == 303
    assert 'name="push" value="1" checked' in shown(world)
    assert messages(world, assigned(world)) == sorted([*before, ("push", "id")])
    assert save(world).status == 303  # the box is not ticked
    assert messages(world, assigned(world)) == before


def test_messages_come_in_the_chosen_language_and_so_do_the_pages(world):
    answer = save(world, language="en")
    assert answer.headers["Location"] == "/saya?tersimpan=ya"
    assert "lang=en" in answer.cookies[0]
    assert {language for _, language in messages(world, assigned(world))} == {"en"}
    assert save(world, language="fr").status == 400


def test_a_leader_leaves_the_digest_and_takes_it_up_again(world):
    assert 'name="digest"' in shown(world, "kadis.pupr")
    assert 'name="digest"' not in shown(world)
    save(world, "kadis.pupr", leads="1")
    assert world.engine.store.contact_mark("kadis.pupr", "digest").reason == "off"
    assert 'name="digest" value="1" checked' not in shown(world, "kadis.pupr")
    save(world, "kadis.pupr", leads="1", digest="1")
    assert world.engine.store.contact_mark("kadis.pupr", "digest").reason == "on"


def test_what_nobody_changed_is_not_written_and_what_is_has_its_writer(world):
    save(world)
    assert world.register.records == []
    save(world, push="1")
    (record,) = world.register.records
    assert (record["act"], record["by"]["person"]) == ("set_wishes", "petugas.pupr")
    bootstrap.keep_wishes().ask_push(world_caller("petugas.pupr"))
    assert len(world.register.records) == 1


def world_caller(user):
    return bootstrap.catalogue().staff_caller(user, bootstrap.clock().now())


def test_a_browser_that_is_none_is_refused_and_strangers_have_no_settings(world):
    bad = {"endpoint": "https://jahat.example/x", "p256dh": "x", "auth": "y", "key": "z"}
    answer = post(world, "/saya/kabar", bad, signed_in("petugas.pupr"), seen="/saya")
    assert answer.status in (400, 422)
    assert world.get("/saya").headers["Location"].startswith("/masuk")
