"""Following without an account: double opt-in, one click to leave, feeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as Xml

import pytest

from chalicelib import bootstrap, config
from chalicelib.domain.deliveries import Delivery
from chalicelib.services.following import Announce, Following, Leave, Leaving
from chalicelib.services.preferring import SetChannels
from tests.fakes.followers import MemoryFollowStore
from tests.fakes.world import WITH_MAIL, World

ATOM = "{http://www.w3.org/2005/Atom}"


class Follows:
    """A world in which people follow."""

    def __init__(self, world: World) -> None:
        engine = world.engine
        self.world, self.engine, self.rows = world, engine, MemoryFollowStore()
        self.following = Following(
            engine.store, self.rows, engine.catalogue, engine.clock, config.link_keys
        )
        self.leaving = Leaving(config.link_keys, engine.clock, config.public_url)
        channels = SetChannels(engine.store, engine.planner, engine.clock, lambda: "0" * 32)
        self.leave = Leave(engine.store, self.rows, engine.clock, channels)
        self.announce = Announce(engine.store, self.rows, engine.catalogue, engine.clock)

    def ask(self, email: str = "tetangga@example.org", **what: str) -> Any:
        return self.world.post("/ikuti", urlencode({"email": email, **what}).encode())

    def told(self, template: str) -> list[Delivery]:
        return [one for one in self.engine.store.messages.values() if one.template == template]

    def join(self, **what: str) -> None:
        self.ask(**what)
        [confirm] = self.told("follow_confirm")
        self.world.post(path(self.leaving.join_link(confirm)), b"")

    def news(self, number: str) -> int:
        events = self.engine.loaded(number).events
        return sum(self.announce(number, event.seq) for event in events)


def path(link: str) -> str:
    return re.sub(r"^https?://[^/]+", "", link)


@pytest.fixture
def follows() -> Iterator[Follows]:
    with World().running() as world:
        made = Follows(world)
        parts = {"following": made.following, "leave": made.leave}
        bootstrap._made.update(parts)
        yield made


def test_nothing_is_sent_before_the_address_was_confirmed_by_a_post(follows: Follows) -> None:
    number = follows.world.filed(WITH_MAIL)["number"]
    assert follows.ask(laporan=number).status == 200
    [confirm] = follows.told("follow_confirm")
    link = path(follows.leaving.join_link(confirm))
    for _ in range(3):  # a mail scanner opens every link
        assert follows.world.get(link).status == 200
    follows.world.act(number, "verify", user="operator")
    assert follows.news(number) == 0
    assert follows.world.post(link, b"").status == 200
    assert follows.news(number) == 1
    assert follows.news(number) == 0  # each once
    [update] = follows.told("follow_update")
    assert update.context["status"]["id"] == "Didisposisikan"
    assert "tetangga" not in repr(update) + repr(confirm)


def test_one_address_gets_one_confirmation_a_day_for_the_same_thing(follows: Follows) -> None:
    for _ in range(5):
        assert follows.ask(kategori="INF-01").status == 200
    follows.ask(wilayah="36.71.01.1007")
    assert len(follows.told("follow_confirm")) == 2


def test_whoever_follows_report_category_and_area_hears_of_an_event_once(follows: Follows) -> None:
    number = follows.world.filed(WITH_MAIL)["number"]
    for what in ({"laporan": number}, {"kategori": "INF-01"}, {"wilayah": "36.71.01.1007"}):
        follows.ask(**what)
    for confirm in follows.told("follow_confirm"):
        follows.world.post(path(follows.leaving.join_link(confirm)), b"")
    follows.world.act(number, "verify", user="operator")
    assert follows.news(number) == 1


def test_what_the_public_may_not_know_can_neither_be_followed_nor_is_it_announced(
    follows: Follows,
) -> None:
    secret = follows.world.filed(WITH_MAIL | {"visibility": "confidential"})["number"]
    assert follows.ask(laporan=secret).status == 422
    assert follows.ask(laporan="TL-7K3QX9MW").status == 422
    assert follows.ask(kategori="WAS-01").status == 422
    assert follows.told("follow_confirm") == []
    follows.join(kategori="INF-01")
    follows.world.act(secret, "verify", user="operator")
    assert follows.news(secret) == 0


def test_one_click_leaves_without_cookies_and_twice_is_once(follows: Follows) -> None:
    follows.join(kategori="INF-01")
    number = follows.world.filed(WITH_MAIL)["number"]
    follows.world.act(number, "verify", user="operator")
    follows.news(number)
    [update] = follows.told("follow_update")
    link = path(follows.leaving.link(update))
    assert follows.world.get(link).status == 200
    assert list(follows.rows.followers("category:INF-01"))
    for _ in range(2):
        assert follows.world.post(link, b"List-Unsubscribe=One-Click").status == 200
    assert list(follows.rows.followers("category:INF-01")) == []
    assert follows.rows.address("category:INF-01", update.recipient.partition(":")[2]) == ""


def test_a_reporter_leaves_the_mails_of_the_own_report_and_keeps_the_rest(follows: Follows) -> None:
    body = WITH_MAIL | {"reporter": {"email": "a@example.org", "phone": "081234567890"}}
    number = follows.world.filed(body)["number"]
    [mail] = [d for d in follows.engine.store.deliveries(number) if d.to_reporter]
    follows.world.post(path(follows.leaving.link(mail)), b"List-Unsubscribe=One-Click")
    assert follows.engine.loaded(number).report.channels == ("sms",)


def test_duties_cannot_be_left(follows: Follows) -> None:
    number = follows.world.filed(WITH_MAIL)["number"]
    follows.engine.pump()
    [task] = [d for d in follows.engine.store.deliveries(number) if d.to_staff]
    assert follows.leaving.link(task) == ""


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["ikuti", "berhenti"])
def test_a_link_that_is_none_of_ours_is_not_found(follows: Follows, method: str, page: str) -> None:
    args = (b"",) if method == "post" else ()
    assert (
        getattr(follows.world, method)(f"/{page}/AAAAAAAAAAAAAAAAAAAAAAAAAAAA", *args).status == 404
    )


def test_a_link_for_joining_does_not_leave_nor_the_other_way_round(follows: Follows) -> None:
    follows.ask(kategori="INF-01")
    [confirm] = follows.told("follow_confirm")
    token = follows.leaving.join_link(confirm).rpartition("/")[2]
    assert follows.world.post(f"/berhenti/{token}", b"").status == 404


@pytest.mark.parametrize("email", ["", "x", "a@b", "a@b.id\r\nBcc: c@d.id", "<a@b.id>"])
def test_what_is_no_address_comes_back_with_the_form(follows: Follows, email: str) -> None:
    answer = follows.ask(email=email, kategori="INF-01")
    assert answer.status == 422
    assert follows.told("follow_confirm") == []


def test_feeds_are_atom_and_say_what_the_public_list_says(follows: Follows) -> None:
    number = follows.world.filed(WITH_MAIL)["number"]
    follows.world.act(number, "verify", user="operator")
    follows.world.project()
    for name in (f"laporan-{number}", "kategori-INF-01", "wilayah-36.71.01.1007"):
        answer = follows.world.get(f"/umpan/{name}.atom")
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("application/atom+xml")
        feed = Xml.fromstring(answer.body)
        entries = feed.findall(f"{ATOM}entry")
        assert feed.findtext(f"{ATOM}id") and feed.findtext(f"{ATOM}updated") and entries
        assert all(one.findtext(f"{ATOM}title") for one in entries)
        assert b"warga@example.org" not in answer.body and b"Bu Tini" not in answer.body
    secret = follows.world.filed(WITH_MAIL | {"visibility": "confidential"})["number"]
    for name in (f"laporan-{secret}", "laporan-TL-7K3QX9MW", "kategori-X", "lain-1", "x"):
        assert follows.world.get(f"/umpan/{name}.atom").status == 404


def test_on_a_fast_clock_a_link_out_still_fits_into_a_token(follows: Follows) -> None:
    """400 real days are centuries at the speed of a demonstration; tokens end in 2106."""
    follows.ask(kategori="INF-01")
    [confirm] = follows.told("follow_confirm")
    follows.engine.clock.speed = 3600.0
    assert "/ikuti/" in follows.leaving.join_link(confirm)
    assert "/berhenti/" in follows.leaving.link(confirm)
