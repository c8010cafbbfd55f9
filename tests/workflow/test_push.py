"""Push: from a browser's consent to a message that only this browser can read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.stub import ANY, Stubber
from cryptography.hazmat.primitives.asymmetric import ec
from moto import mock_aws

from chalicelib import bootstrap, config
from chalicelib.adapters import aws
from chalicelib.adapters.mobile_push import MobilePush
from chalicelib.adapters.outgoing import PublicOutgoing
from chalicelib.adapters.push_channel import PushChannel
from chalicelib.adapters.web_push import BrowserGone, WebPush, encrypted, public_key
from chalicelib.domain.channels import ChannelPolicy
from chalicelib.domain.deliveries import SUPPRESSED, Delivery, Fact, learned
from chalicelib.domain.signing import Keyring
from chalicelib.services.answering import Links
from chalicelib.services.ports import NeverAgain
from chalicelib.services.pushing import Browser, Device, Pushing
from chalicelib.services.sending import Sender
from tests.fakes import push_service
from tests.fakes.push_service import PushService, raw, text
from tests.fakes.world import WITH_MAIL, World
from tests.unit.handlers.pages.test_following import Follows

SECRET = {"category": "WAS-01"}


def test_the_example_of_rfc_8291_comes_out_to_the_byte():
    sender = ec.derive_private_key(
        int.from_bytes(raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"),
        ec.SECP256R1(),
    )
    body = encrypted(
        b"When I grow up, I want to be a watermelon",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
        sender=sender,
        salt=raw("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert text(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmY"
        "WAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexS"
        "gSxsj_Qulcy4a-fN"
    )


class City(Follows):
    """A city whose reporters' browsers are at a push service on this machine."""

    def __init__(self, world: World, service: PushService) -> None:
        super().__init__(world)
        self.service = service
        self.platforms: dict[str, str] = {}
        self.heard: list[tuple[str, str, str]] = []
        engine = self.engine
        self.pushing = Pushing(
            self.following,
            self.rows,
            engine.clock,
            self.key,
            lambda: (service.origin,),
            lambda: self.platforms,
        )
        links = Links(config.link_keys, engine.clock, config.public_url, lambda: "")
        channel = PushChannel(
            WebPush(PublicOutgoing(), config.link_keys, lambda: "mailto:lapor@example.go.id"),
            MobilePush(lambda: self.platforms),
            self.rows,
            links,
            heard=lambda to, subject, said, id: self.heard.append((to, subject, said)),
        )
        self.sender = Sender(
            engine.store, engine.store, {"push": channel}, engine.clock, engine.alarms,
            engine.bundler, self._address,
        )  # fmt: skip

    def key(self) -> str:
        return public_key(config.link_keys())

    def _address(self, delivery: Delivery) -> str:
        who = delivery.recipient.removeprefix("follower:")
        return self.rows.address(str(delivery.context["topic"]), who)

    def subscribe(self, filed: dict[str, Any], name: str = "a", **changes: Any) -> Any:
        body = self.service.browser(self.key(), name) | changes
        return self.world.post(f"/v1/reports/{filed['number']}/push", body, token=filed["token"])

    def planned(self) -> list[tuple[str, str]]:
        """Number and id of every push that waits."""
        return [
            (one.number, one.id)
            for one in self.engine.store.messages.values()
            if one.channel == "push" and one.status == "planned"
        ]

    def sent(self) -> list[str]:
        """Send every push that waits; their statuses."""
        return [self.sender.send(number, id) for number, id in self.planned()]


@pytest.fixture
def city(monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    monkeypatch.setenv("OUTGOING_LOCAL", "yes")
    with World().running() as world, push_service.running() as service:
        made = City(world, service)
        bootstrap._made.update(following=made.following, leave=made.leave, pushing=made.pushing)
        yield made


def test_a_reporters_browser_is_told_what_is_new_and_nothing_of_who_reported(city: City):
    filed = city.world.filed(WITH_MAIL)
    assert city.subscribe(filed).json == {"state": "following"}
    city.world.act(filed["number"], "verify", user="operator")
    assert city.news(filed["number"]) > 0
    assert set(city.sent()) == {"sent"}
    said = city.service.got[-1]
    assert said["title"] == filed["number"] and filed["number"] in said["body"]
    assert said["url"] == f"{config.public_url()}/laporan/{filed['number']}"
    assert "http" not in said["body"] and set(said) == {"title", "body", "url", "tag", "urgency"}
    told = json.dumps(city.service.got)
    assert all(word not in told for word in ("Tini", "warga@", "Lubang besar", "Sukarasa"))
    assert city.heard[-1][1:] == (filed["number"], said["body"])


def test_of_a_confidential_report_its_browser_hears_only_that_it_was_updated(city: City):
    filed = city.world.filed({**WITH_MAIL, **SECRET})
    city.subscribe(filed)
    assert city.world.act(filed["number"], "start", user="inspektorat").status == 200
    assert city.news(filed["number"]) == 1
    assert city.sent() == ["sent"]
    assert {one["body"] for one in city.service.got} == {f"Laporan {filed['number']} diperbarui."}


@pytest.mark.parametrize("gone", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_and_nothing_has_failed(city: City, gone: int):
    filed = city.world.filed(WITH_MAIL)
    city.subscribe(filed)
    city.world.act(filed["number"], "verify", user="operator")
    city.news(filed["number"])
    city.service.status = gone
    assert city.sent() == [SUPPRESSED]
    assert city.rows.rows == {}
    assert city.engine.alarms.raised == []


def test_a_push_service_with_troubles_is_asked_again(city: City):
    filed = city.world.filed(WITH_MAIL)
    city.subscribe(filed)
    city.world.act(filed["number"], "verify", user="operator")
    city.news(filed["number"])
    city.service.status = 503
    assert set(city.sent()) == {"planned"}
    assert city.rows.rows != {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"endpoint": "https://jahat.example/hook"}, "endpoint"),
        ({"endpoint": "http://127.0.0.1:1/latest/meta-data"}, "endpoint"),
        ({"endpoint": "https://user@fcm.googleapis.com/x"}, "endpoint"),
        ({"key": "BAAA"}, "key"),
        ({"keys": {"p256dh": "AAAA", "auth": "BTBZMqHH6r4Tts7J_aSIgg"}}, "p256dh"),
    ],
)
def test_only_a_push_service_is_ever_called(city: City, changes: dict[str, Any], field: str):
    refused = city.subscribe(city.world.filed(WITH_MAIL), **changes)
    assert (refused.status, refused.code) == (422, "push_subscription_invalid")
    assert refused.json["field"] == field
    assert city.rows.rows == {}


def test_only_who_holds_the_reports_token_is_told_of_ones_own(city: City):
    mine, yours = city.world.filed(WITH_MAIL), city.world.filed(WITH_MAIL)
    assert city.subscribe({**mine, "token": yours["token"]}).code == "invalid_token"
    assert city.subscribe({**mine, "token": ""}).code == "sign_in_needed"


def test_the_page_subscribes_with_its_cookie_and_its_mark_alone(city: City):
    filed = city.world.filed(WITH_MAIL)
    path = f"/laporan/{filed['number']}"
    assert b'id="push"' not in city.world.get(path).body
    mine = {"Cookie": f"lr_{filed['number']}={filed['token']}"}
    page = city.world.get(path, headers=mine).body.decode()
    assert f'data-key="{city.key()}"' in page and "/static/push.js?v=" in page
    mark = re.search(r'data-mark="([0-9a-f]+)"', page)
    assert mark is not None
    browser = city.service.browser(city.key())
    fields = {"endpoint": browser["endpoint"], "key": browser["key"], **browser["keys"]}

    def post(headers: dict[str, str], **more: str) -> Any:
        body = urlencode(fields | more).encode()
        return city.world.post(f"{path}/kabar", body, headers=headers)

    assert post({}, csrf=mark[1]).status == 401
    assert post(mine).status == 403
    assert city.rows.rows == {}
    assert post(mine, csrf=mark[1]).status == 303
    assert [topic for topic, _ in city.rows.rows] == [f"own:{filed['number']}"]


def test_officers_are_pushed_to_where_the_citys_policy_says_so(city: City):
    body = city.service.browser(city.key(), "b")
    assert city.world.post("/v1/me/push", body, user="petugas.pupr").status == 201
    assert city.world.post("/v1/me/push", body).code == "sign_in_needed"
    assert {follower.topic for follower, _ in city.rows.rows.values()} == {"staff:petugas.pupr"}
    delivery = Delivery(
        number=city.world.filed()["number"], id="event#1#step_task#petugas.pupr#push",
        recipient="pos", person="petugas.pupr", channel="push", template="step_task",
        language="id", created_at=city.engine.clock.now(), address="petugas.pupr",
        context={"category": {"id": "Jalan berlubang", "en": "Pothole"}}, urgent=True,
    )  # fmt: skip
    city.engine.store.put_message_once(delivery)
    assert city.sent() == ["sent"]
    assert city.service.got[-1]["urgency"] == "high"
    assert "/t/" in city.service.got[-1]["url"]


def test_a_person_without_a_browser_is_not_a_failure(city: City):
    delivery = Delivery(
        number=city.world.filed()["number"], id="event#1#step_task#sekda#push",
        recipient="sekda", person="sekda", channel="push", template="step_task",
        language="id", created_at=city.engine.clock.now(), address="sekda",
    )  # fmt: skip
    city.engine.store.put_message_once(delivery)
    assert city.sent() == [SUPPRESSED]


@pytest.mark.parametrize("pushed", ["sent", SUPPRESSED])
def test_a_push_never_stands_for_a_mail_that_failed(city: City, pushed: str):
    filed = city.world.filed()
    city.engine.run_until("2027-04-05T10:30:00+07:00")
    messages = city.engine.store.messages
    key, task = next(
        (key, one)
        for key, one in messages.items()
        if one.number == filed["number"] and one.to_staff and one.channel == "mail"
    )
    push = replace(task, id=task.id.removesuffix("mail") + "push", channel="push", status=pushed)
    city.engine.store.put_message_once(push)
    messages[key] = learned(task, Fact("hard", 1, city.engine.clock.now(), "no such mailbox"))
    city.engine.reroute(task.number, task.id)
    instead = [one for one in messages.values() if one.who == task.who and one.channel == "sms"]
    assert [one.cause for one in instead] == [task.cause]


def test_a_new_key_ends_what_was_subscribed_under_one_that_is_no_more(city: City):
    old, new = Keyring(b"o" * 32), Keyring(b"n" * 32, (b"o" * 32,))
    body = city.service.browser(public_key(old))
    browser = Browser(body["endpoint"], **body["keys"], key=body["key"])
    outgoing = PublicOutgoing()
    WebPush(outgoing, lambda: new, lambda: "mailto:a@b.id").send(
        browser, b'{"title":"x"}', "t", urgent=False
    )
    assert city.service.got[-1]["title"] == "x"
    with pytest.raises(BrowserGone):
        WebPush(outgoing, lambda: Keyring(b"z" * 32), lambda: "mailto:a@b.id").send(
            browser, b"{}", "t", urgent=False
        )


def test_a_refused_push_is_never_repeated(city: City):
    body = city.service.browser(city.key())
    city.service.status = 400
    with pytest.raises(NeverAgain):
        WebPush(PublicOutgoing(), config.link_keys, lambda: "mailto:a@b.id").send(
            Browser(body["endpoint"], **body["keys"], key=body["key"]), b"{}", "t", urgent=False
        )


def test_the_policy_may_put_push_first_for_officers():
    shipped = bootstrap_policy()
    shipped["staff"]["otherwise"] = ["push", "mail"]
    policy = ChannelPolicy.from_dict(shipped)
    channels = policy.for_staff("step_task", "P3", emergency=False, unanswered=False)
    assert channels == ("push", "mail")
    assert "fcm.googleapis.com" in policy.push_services


def bootstrap_policy() -> dict[str, Any]:
    from chalicelib.adapters.documents import DATA

    found: dict[str, Any] = json.loads((DATA / "channels.json").read_text())
    return found


# -- apps on telephones ---------------------------------------------------------------------------


def test_an_app_is_told_through_its_platform_until_the_platform_switches_it_off(
    city: City, monkeypatch: pytest.MonkeyPatch
):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    filed = city.world.filed(WITH_MAIL)
    path, body = f"/v1/reports/{filed['number']}/devices", {"platform": "fcm", "token": "t" * 30}
    refused = city.world.post(path, body, token=filed["token"])
    assert (refused.code, refused.json["field"]) == ("push_subscription_invalid", "platform")
    with mock_aws():
        aws.client.cache_clear()
        sns = aws.client("sns")
        made = sns.create_platform_application(Name="live-room", Platform="GCM", Attributes={})
        city.platforms["fcm"] = made["PlatformApplicationArn"]
        assert city.world.post(path, body, token=filed["token"]).status == 201
        city.world.act(filed["number"], "verify", user="operator")
        assert city.news(filed["number"]) == 1
        assert city.sent() == ["sent"]
        application = {"PlatformApplicationArn": city.platforms["fcm"]}
        [endpoint] = sns.list_endpoints_by_platform_application(**application)["Endpoints"]
        off = {"Enabled": "false"}
        sns.set_endpoint_attributes(EndpointArn=endpoint["EndpointArn"], Attributes=off)
        assert city.world.act(filed["number"], "start", user="petugas.pupr").status == 200
        assert city.news(filed["number"]) == 1
        assert city.sent() == [SUPPRESSED]
    aws.client.cache_clear()
    assert city.rows.rows == {}


def test_an_endpoint_that_is_switched_off_is_deleted_so_that_its_token_may_come_back(
    monkeypatch: pytest.MonkeyPatch,
):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    application = "arn:aws:sns:ap-southeast-3:123456789012:app/GCM/live-room"
    endpoint = application.replace(":app/", ":endpoint/") + "/1-2-3"
    said = {"title": "TL-7K3QX9MW", "body": "Laporan diperbarui.", "url": "https://a/", "tag": "t"}
    aws.client.cache_clear()
    with Stubber(aws.client("sns")) as sns:
        asked = {"PlatformApplicationArn": application, "Token": "t" * 30}
        sns.add_response("create_platform_endpoint", {"EndpointArn": endpoint}, asked)
        message = {"TargetArn": endpoint, "MessageStructure": "json", "Message": ANY}
        sns.add_client_error("publish", "EndpointDisabled", expected_params=message)
        sns.add_response("delete_endpoint", {}, {"EndpointArn": endpoint})
        with pytest.raises(BrowserGone):
            MobilePush(lambda: {"fcm": application}).send(
                Device("fcm", "t" * 30), said, urgent=True
            )
        sns.assert_no_pending_responses()
    aws.client.cache_clear()


def test_an_officers_app_is_registered_for_the_officer_alone(city: City):
    city.platforms["apns"] = "arn:aws:sns:ap-southeast-3:123456789012:app/APNS/live-room"
    body = {"platform": "apns", "token": "f" * 64}
    assert city.world.post("/v1/me/devices", body).code == "sign_in_needed"
    assert city.world.post("/v1/me/devices", body, user="petugas.pupr").status == 201
    assert [topic for topic, _ in city.rows.rows] == ["staff:petugas.pupr"]


# -- following by the API ------------------------------------------------------------------------


def test_following_by_the_api_is_confirmed_by_mail_and_left_by_its_token(city: City):
    number = city.world.filed(WITH_MAIL)["number"]
    asked = city.world.post(
        "/v1/subscriptions", {"report": number, "email": "tetangga@example.org"}
    )
    assert (asked.status, asked.json) == (202, {"state": "asked"})
    [confirm] = city.told("follow_confirm")
    token = city.leaving.join_link(confirm).rpartition("/")[2]
    done = city.world.post("/v1/subscriptions/confirm", {"token": token})
    assert done.json == {"state": "following"}
    assert len(list(city.rows.followers(f"report:{number}"))) == 1
    out = city.leaving.link(confirm).rpartition("/")[2]
    assert city.world.post("/v1/subscriptions/leave", {"token": out}).json == {"state": "left"}
    assert list(city.rows.followers(f"report:{number}")) == []
    assert city.world.post("/v1/subscriptions/confirm", {"token": out}).code == "not_found"


def test_a_browser_follows_a_category_and_nothing_that_is_nobodys_business(city: City):
    push = city.service.browser(city.key())
    done = city.world.post("/v1/subscriptions", {"category": "INF-01", "push": push})
    assert (done.status, done.json) == (202, {"state": "following"})
    assert [one.channel for one in city.rows.followers("category:INF-01")] == ["push"]
    for what in ({"category": "XXX-99"}, {"report": "TL-AAAAAAAA"}, {"area": "own:x"}, {}):
        refused = city.world.post("/v1/subscriptions", {**what, "push": push})
        assert refused.code == "nothing_to_follow"
    assert city.world.post("/v1/subscriptions", {"category": "INF-01"}).code == "invalid_email"
