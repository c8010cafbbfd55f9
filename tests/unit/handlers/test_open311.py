"""Open311 GeoReport v2 as the specification and its clients have it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from chalicelib.handlers.open311 import _about, definitions_digest
from chalicelib.handlers.open311_examples import COLLECTIONS, CREATIONS, FORMS, SINGLES, refusals
from chalicelib.handlers.open311_format import rendered
from tests.fakes.world import OPEN311_KEY, World
from tests.workflow.test_story import with_photo

BASE = "/open311/v2"
NEW = {"api_key": OPEN311_KEY, "service_code": "INF-01", "lat": "-6.1783", "long": "106.6319"}


def sent(world: World, form: Any = NEW, *, to: str = "requests.json", **how: Any) -> Any:
    return world.post(f"{BASE}/{to}", urlencode(form, doseq=True).encode(), **how)


def number_of(answer: Any) -> str:
    assert answer.status in (200, 201), answer.body
    return str(answer.json[0]["service_request_id"])


def xml(answer: Any) -> ElementTree.Element:
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.body.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return ElementTree.fromstring(answer.body)


# ---------------------------------------------------------------- describing


def test_discovery_names_a_production_and_a_test_endpoint_in_both_formats(world):
    shown = world.get(f"{BASE}/discovery.json").json
    assert [one["type"] for one in shown["endpoints"]] == ["production", "test"]
    assert {one["specification"] for one in shown["endpoints"]} == {
        "http://wiki.open311.org/GeoReport_v2"
    }
    assert shown["endpoints"][0]["formats"] == ["text/xml", "application/json"]
    tree = xml(world.get(f"{BASE}/discovery.xml"))
    formats = [one.text for one in tree.findall("endpoints/endpoint/formats/format")]
    assert formats == ["text/xml", "application/json"] * 2
    assert tree.findtext("changeset") == shown["changeset"]


def test_the_changeset_speaks_for_the_services_and_definitions_as_shipped(world):
    """Whoever changes a category or question raises ``changeset`` and puts the new digest here."""
    assert definitions_digest() == _about()["digest"]


def test_every_category_is_a_service_and_what_is_secret_cannot_be_followed(world):
    services = {one["service_code"]: one for one in world.get(f"{BASE}/services.json").json}
    assert len(services) == 75
    assert services["INF-01"]["metadata"] is True
    assert services["INF-01"]["type"] == "realtime"
    assert services["WAS-01"]["type"] == "blackbox"
    assert services["INF-01"]["group"] == "Infrastruktur"
    assert all(one["group"] for one in services.values())


def test_a_definition_shows_the_questions_with_their_values(world):
    shown = world.get(f"{BASE}/services/INF-01.json").json
    size = shown["attributes"][0]
    assert (size["code"], size["datatype"], size["required"], size["order"]) == (
        "size",
        "singlevaluelist",
        False,
        1,
    )
    assert size["values"][0] == {"key": "kecil", "name": "Kurang dari 50 cm"}
    assert shown["attributes"][-1]["code"] == "fixmystreet_id"
    tree = xml(world.get(f"{BASE}/services/INF-01.xml"))
    keys = [one.text for one in tree.findall("attributes/attribute/values/value/key")]
    assert keys == [one["key"] for one in size["values"]]
    assert tree.findtext("attributes/attribute/variable") == "true"


# ---------------------------------------------------------------- sending


def test_a_request_becomes_a_report_like_any_other(world):
    number = number_of(sent(world, NEW | {"description": "Lubang", "email": "warga@example.org"}))
    stored = world.engine.loaded(number)
    assert (stored.report.status, stored.report.channels) == ("received", ("mail",))
    assert stored.report.source == "open311.demo"
    assert stored.events[0].actor.to_dict() == {
        "kind": "client",
        "role": "open311",
        "person": "demo",
    }
    world.engine.pump()
    assert ("mail", "reporter_received", "reporter") in world.engine.sent(number)


def test_the_next_promise_is_the_expected_time(world):
    number = number_of(sent(world))
    shown = world.get(f"{BASE}/requests/{number}.json").json
    promised = world.get(f"/v1/reports/{number}").json["promises"]
    assert isinstance(shown, list)
    assert shown[0]["expected_datetime"] == min(one["due_at"] for one in promised)
    assert (shown[0]["lat"], shown[0]["long"]) == (-6.1783, 106.6319)


def test_key_and_jurisdiction_may_be_in_the_query_or_the_body(world):
    form = {name: value for name, value in NEW.items() if name != "api_key"}
    query = f"requests.json?api_key={OPEN311_KEY}&jurisdiction_id=tangerangkota.go.id"
    number_of(sent(world, form, to=query))
    number_of(sent(world, NEW | {"jurisdiction_id": "tangerangkota.go.id"}))
    assert sent(world, NEW | {"jurisdiction_id": "elsewhere"}).status == 404


def test_line_ends_of_forms_count_once_toward_the_limit(world):
    number = number_of(sent(world, NEW | {"description": "a\r\n" * 2000}))
    assert "\r" not in world.engine.loaded(number).events[0].texts["description"]
    assert sent(world, NEW | {"description": "a" * 4001}).status == 400


def test_the_clients_own_number_leads_to_the_same_report_whatever_else_changed(world):
    own = NEW | {"attribute[fixmystreet_id]": "4711"}
    first = sent(world, own | {"description": "Lubang"})
    again = sent(world, own | {"description": "Lubang besar"})
    assert (first.status, again.status) == (201, 200)
    assert number_of(first) == number_of(again)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert number_of(sent(world, NEW | {"attribute[fixmystreet_id]": "4712"})) != number_of(first)


def test_an_idempotency_key_leads_to_the_same_report(world):
    how = {"headers": {"Idempotency-Key": "k" * 22}}
    assert number_of(sent(world, **how)) == number_of(sent(world, **how))


def test_answers_are_checked_against_the_questions_and_kept(world):
    number = number_of(
        sent(world, NEW | {"attribute[size]": "besar", "attribute[unheard_of]": "x"})
    )
    assert world.engine.loaded(number).events[0].data["answers"] == {"size": "besar"}
    refused = sent(world, NEW | {"attribute[size]": "huge"})
    assert (refused.status, refused.json[0]["code"]) == (400, "attribute_invalid")


def test_a_multiple_choice_is_kept_as_a_list(world):
    from chalicelib.domain.open311 import attributes_of

    categories = world.engine.catalogue.categories().values()
    category, attribute = next(
        (category, attribute)
        for category in categories
        for attribute in attributes_of(category)
        if attribute.datatype == "multivaluelist" and category.sensitivity != "secret"
    )
    chosen = [key for key, _ in attribute.values[:2]]
    form = NEW | {"service_code": category.code, f"attribute[{attribute.code}][]": chosen}
    needed = {
        f"attribute[{one.code}]": one.values[0][0] if one.values else "3"
        for one in attributes_of(category)
        if one.required
    }
    number = number_of(sent(world, needed | form))
    assert world.engine.loaded(number).events[0].data["answers"][attribute.code] == chosen


@pytest.mark.parametrize(
    ("address", "kelurahan"),
    [
        ("Jl. Daan Mogot 5, Kel. Sukarasa, Tangerang", "Sukarasa"),
        ("Dekat pasar, Cikokol", "Cikokol"),
        ("Gang buntu tanpa nama", ""),
    ],
)
def test_an_address_alone_will_do_and_names_its_kelurahan_if_it_can(world, address, kelurahan):
    form = {"api_key": OPEN311_KEY, "service_code": "INF-01", "address_string": address}
    number = number_of(sent(world, form))
    code = world.engine.loaded(number).report.kelurahan
    assert world.engine.catalogue.areas.name(code) == kelurahan
    world.act(number, "verify", user="operator")
    world.engine.run_until("2027-04-07T10:00:00+07:00")
    assert world.engine.fired(number)


def test_an_address_id_is_a_kelurahan(world):
    form = {"api_key": OPEN311_KEY, "service_code": "INF-01", "address_id": "36.71.01.1007"}
    number = number_of(sent(world, form))
    assert world.engine.loaded(number).report.kelurahan == "36.71.01.1007"
    assert sent(world, form | {"address_id": "99"}).status == 400


def test_contacts_that_cannot_be_right_are_left_out_and_said_so(world):
    answer = sent(world, NEW | {"email": "no mail", "phone": "call me", "media_url": "ftp://x"})
    number = number_of(answer)
    assert world.engine.loaded(number).report.channels == ()
    assert "surel" in answer.json[0]["service_notice"]


def test_what_is_secret_is_taken_without_a_number_and_found_by_nobody(world):
    answer = sent(world, NEW | {"service_code": "WAS-01", "description": "Suap"})
    assert answer.status == 201
    assert set(answer.json[0]) == {"service_notice"}
    world.engine.pump()
    [number] = world.engine.store.current
    assert world.get(f"{BASE}/requests/{number}.json").status == 404
    assert world.get(f"{BASE}/tokens/{number}.json").status == 404
    assert world.get(f"{BASE}/requests.json").json == []
    assert world.get(f"{BASE}/servicerequestupdates.json").json == []


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"api_key": ""}, 403, "key_missing"),
        ({"api_key": "wrong"}, 403, "key_unknown"),
        ({"service_code": ""}, 400, "missing"),
        ({"service_code": "999"}, 404, "service_unknown"),
        ({"lat": "", "long": ""}, 400, "location_missing"),
        ({"long": ""}, 400, "invalid"),
        ({"lat": "abc"}, 400, "invalid"),
        ({"lat": "0", "long": "0"}, 400, "outside_city"),
        ({"lat": "1e3"}, 400, "invalid"),
    ],
)
@pytest.mark.parametrize("shape", ["json", "xml"])
def test_refusals_come_in_the_format_asked_for(world, form, status, code, shape):
    answer = sent(world, NEW | form, to=f"requests.{shape}")
    assert answer.status == status
    if shape == "json":
        [error] = answer.json
        assert error["code"] == code
    else:
        assert [one.text for one in xml(answer).findall("error/code")] == [code]
    assert world.engine.store.current == {}


@pytest.mark.parametrize(
    "query",
    [
        "start_date=2027-01-01T00:00:00Z&end_date=2027-04-05T00:00:00Z",
        "start_date=2027-04-05T00:00:00Z&end_date=2027-04-04T00:00:00Z",
        "start_date=yesterday",
        "status=done",
        "page=0",
        "page_size=1001",
        "page=11&page_size=1000",
    ],
)
def test_queries_that_will_not_do_are_400(world, query):
    assert world.get(f"{BASE}/requests.json?{query}").status == 400


def test_a_client_beyond_its_limit_is_told_to_wait(world):
    world.post("/v1/admin/clients", {"id": "slow", "name": "Slow", "per_minute": 1}, user="admin")
    key = "lrk_a-secret-of-the-tests"
    assert sent(world, NEW | {"api_key": key}).status == 201
    refused = sent(world, NEW | {"api_key": key})
    assert (refused.status, refused.headers["Retry-After"]) == (429, "60")
    world.engine.run_until("2027-04-05T09:57:00+07:00")
    assert sent(world, NEW | {"api_key": key}).status == 201


def test_a_key_is_shown_once_kept_as_a_digest_and_can_be_taken_away(world):
    made = world.post("/v1/admin/clients", {"id": "fms", "name": "FixMyStreet"}, user="admin")
    key = made.json["key"]
    assert "key" not in str(world.get("/v1/admin/clients", user="admin").json["items"])
    assert key not in str(world.register.latest("document", "clients"))
    assert sent(world, NEW | {"api_key": key}).status == 201
    world.post("/v1/admin/clients/fms/revoke", {"note": "Sistem ditutup"}, user="admin")
    assert sent(world, NEW | {"api_key": key}).status == 403
    acts = [one["act"] for one in world.get("/v1/admin/audit", user="auditor").json["items"]]
    assert sorted(acts) == ["add-client", "revoke-client"]


# ---------------------------------------------------------------- asking


def test_requests_are_found_by_window_code_and_status(world):
    old = number_of(sent(world))
    world.engine.run_until("2027-04-07T10:00:00+07:00")
    new = number_of(sent(world, NEW | {"service_code": "LIN-01"}))
    world.act(new, "reject", {"reason": "incomplete"}, user="operator")
    world.engine.pump()

    def found(query: str) -> list[str]:
        rows = world.get(f"{BASE}/requests.json?{query}").json
        return [row["service_request_id"] for row in rows]

    assert found("") == [new, old]
    assert found("status=open") == [old]
    assert found("status=closed,open&service_code=LIN-01,INF-01") == [new, old]
    assert found("service_code=LIN-01") == [new]
    assert found("end_date=2027-04-05T02:55:00Z") == [old]
    assert found("start_date=2027-04-07T10:00:00%2B07:00") == [new]
    assert found("page=2&page_size=1") == [old]
    assert found(f"service_request_id={old},nonsense&status=closed") == [old]
    assert found("updated_after=2027-04-07T00:00:00Z") == [new]


def test_only_the_client_that_sent_it_reads_the_words(world):
    number = number_of(sent(world, NEW | {"description": "Lubang di depan rumah Pak RT"}))
    public = world.get(f"{BASE}/requests/{number}.json").json[0]["description"]
    own = world.get(f"{BASE}/requests/{number}.json?api_key={OPEN311_KEY}").json[0]
    assert "Pak RT" not in public
    assert own["description"] == "Lubang di depan rumah Pak RT"


def test_sent_escalated_answered_and_polled_back(world):
    number = number_of(sent(world, NEW | {"attribute[fixmystreet_id]": "1"}))
    engine = world.engine
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(number, "verify", "operator")
    engine.run_until("2027-04-08T16:30:00+07:00")
    assert "1#L2#0" in dict(engine.fired(number))
    photo = with_photo(engine, number)
    engine.act(number, "submit", "petugas.pupr", outcome="done", photos=[photo], note="Ditambal")
    engine.act(number, "validate", "verifikator")
    engine.pump()
    day = "start_date=2027-04-05T00:00:00Z&end_date=2027-04-09T00:00:00Z"
    told = world.get(f"{BASE}/servicerequestupdates.json?{day}").json
    assert [(one["status"], one["external_status_code"]) for one in told] == [
        ("open", "received"),
        ("investigating", "assigned"),
        ("action_scheduled", "acknowledged"),
        ("in_progress", "awaiting_validation"),
        ("fixed", "awaiting_confirmation"),
    ]
    assert told[3]["description"] == "Ditambal"
    hour = "start_date=2027-04-08T09:00:00Z&end_date=2027-04-08T10:00:00Z"
    late = world.get(f"{BASE}/servicerequestupdates.xml?{hour}")
    assert [one.text for one in xml(late).findall("request_update/status")] == [
        "action_scheduled",
        "in_progress",
        "fixed",
    ]
    form = {"api_key": OPEN311_KEY, "service_request_id": number, "update_id": "u1"}
    form |= {"status": "FIXED", "description": "Terima kasih"}
    first = sent(world, form, to="servicerequestupdates.json")
    again = sent(world, form, to="servicerequestupdates.json")
    assert (first.status, first.json) == (200, again.json)
    assert engine.loaded(number).report.status == "closed_confirmed"
    assert engine.loaded(number).events[-1].actor.person == "demo"


def test_an_update_is_a_comment_and_a_foreign_report_does_not_exist(world):
    number = number_of(sent(world))
    form = {"api_key": OPEN311_KEY, "service_request_id": number, "update_id": "1"}
    form |= {"status": "OPEN", "description": "Masih ada", "updated_datetime": "2027-04-05T03:00Z"}
    assert sent(world, form, to="servicerequestupdates.xml").status == 200
    assert world.engine.loaded(number).events[-1].texts == {"text": "Masih ada"}
    other = world.filed()["number"]
    refused = sent(world, form | {"service_request_id": other}, to="servicerequestupdates.json")
    assert (refused.status, refused.json[0]["code"]) == (404, "not_found")


def test_a_report_that_becomes_secret_vanishes_from_what_was_told(world):
    number = number_of(sent(world))
    world.engine.pump()
    assert world.get(f"{BASE}/servicerequestupdates.json").json
    world.act(number, "verify", {"category": "WAS-01"}, user="operator")
    world.engine.pump()
    assert world.get(f"{BASE}/servicerequestupdates.json").json == []
    assert world.get(f"{BASE}/requests.json").json == []


def test_the_body_to_which_a_report_was_referred_answers_by_its_own_client(world):
    number = world.filed({"category": "EXT-01", "location": {"lat": -6.1783, "lon": 106.6319}})
    number = number["number"]
    refer = {"body": "PLN", "reference": "PLN/77", "reason": "Kewenangan PLN"}
    assert world.act(number, "refer", refer, user="operator").status == 200
    made = {"id": "pln", "name": "PLN", "body": "PLN"}
    key = world.post("/v1/admin/clients", made, user="admin").json["key"]
    form = {"api_key": key, "service_request_id": number, "update_id": "a", "status": "CLOSED"}
    form |= {"description": "Gardu diperbaiki"}
    assert sent(world, form, to="servicerequestupdates.json").status == 200
    assert sent(world, form, to="servicerequestupdates.json").status == 200
    said = [e for e in world.engine.loaded(number).events if e.type.startswith("referral")]
    assert [(e.type, e.actor.role, e.texts["text"]) for e in said] == [
        ("referral_settled", "body", "Gardu diperbaiki")
    ]
    other = world.filed()["number"]
    assert (
        sent(world, form | {"service_request_id": other}, to="servicerequestupdates.json").status
        == 404
    )


def test_nothing_is_kept_of_a_report_that_was_hidden_from_the_first(world):
    sent(world, NEW | {"service_code": "WAS-01", "description": "Suap"})
    world.engine.pump()
    assert world.engine.cards.steps == {}
    assert {card.shown for card in world.engine.cards.kept.values()} == {None}


# ---------------------------------------------------------------- the examples of the description


def shape_of(value: Any) -> Any:
    """Members and lists of a JSON answer without their values; lists by their first element."""
    if isinstance(value, dict):
        return {name: shape_of(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape_of(value[0])]
    return type(value).__name__


def tags_of(element: ElementTree.Element) -> Any:
    """The same of an XML answer."""
    first: dict[str, Any] = {}
    for child in element:
        first.setdefault(child.tag, tags_of(child))
    return first


@pytest.fixture
def followed(world: World) -> str:
    """A request sent as the example says, that went to its agency; and an update to it."""
    number = number_of(sent(world, FORMS["requests"]))
    world.act(number, "verify", user="operator")
    world.engine.pump()
    return number


@pytest.mark.parametrize(
    ("address", "example"),
    [
        *((name, tree) for name, tree in COLLECTIONS.items()),
        ("services/INF-01", SINGLES["services"]),
        ("requests/{number}", SINGLES["requests"]),
        ("tokens/{number}", SINGLES["tokens"]),
    ],
)
def test_the_examples_of_answers_have_the_members_of_answers(world, followed, address, example):
    path = f"{BASE}/{address.format(number=followed)}"
    shown = json.loads(rendered("json", example))
    assert shape_of(world.get(f"{path}.json").json) == shape_of(shown)
    tree = ElementTree.fromstring(rendered("xml", example))
    assert tags_of(xml(world.get(f"{path}.xml"))) == tags_of(tree)


@pytest.mark.parametrize("resource", list(CREATIONS))
def test_the_examples_of_what_is_sent_are_taken_and_answered_like_the_examples(
    world, followed, resource
):
    form = FORMS[resource]
    if "service_request_id" in form:
        form = {**form, "service_request_id": followed}
    answer = sent(world, form, to=f"{resource}.json")
    assert answer.status in (200, 201), answer.body
    assert shape_of(answer.json) == shape_of(json.loads(rendered("json", CREATIONS[resource])))


def test_the_examples_of_refusals_are_the_refusals(world, followed):
    refused = sent(world, NEW | {"api_key": ""})
    assert (str(refused.status), refused.json) == ("403", example_of("403", "key_missing"))
    unknown = sent(world, NEW | {"service_code": "999"})
    assert (str(unknown.status), unknown.json) == ("404", example_of("404", "service_unknown"))
    absent = world.get(f"{BASE}/requests/TL-00000000.json")
    assert (str(absent.status), absent.json) == ("404", example_of("404", "not_found"))
    large = sent(world, NEW | {"description": "a" * 300_000})
    assert (str(large.status), large.json) == ("413", example_of("413", "body_too_large"))


def example_of(status: str, code: str) -> Any:
    return json.loads(rendered("json", refusals(status)[code]))
