"""Input at its limits: a wrong type in every field of every body, times, sizes, random noise."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.handlers.definitions import ACTION_BODIES, NewReport
from chalicelib.handlers.http import MAX_BODY
from tests.fakes.world import POTHOLE, SUKARASA, WITH_MAIL, World

WRONG = {"null": None, "truth": True, "number": 7, "list": [[]], "object": {"$gt": ""}}
MEMBERS = {"title", "title_en", "detail", "detail_en", "type", "status", "code"}
ACTORS = ("operator", "verifikator", "petugas.pupr", "kadis.pupr", "sekda", "inspektorat")


def refused(answer, status, code):
    """Assert that *answer* is a whole problem document of this status and code."""
    problem = answer.json
    assert (answer.status, problem["status"], problem["code"]) == (status, status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(problem) >= MEMBERS and all(problem[name] for name in MEMBERS)


def fields_of(form):
    return [field.encode_name for field in msgspec.structs.fields(form)]


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("field", fields_of(NewReport))
def test_a_wrong_type_in_any_field_is_named_and_nothing_is_stored(world, field, kind):
    allowed = {("on_behalf", "truth")} | {(f, "null") for f in ("location", "reporter")}
    allowed |= {("observed_at", "null")}
    answer = world.post("/v1/reports", WITH_MAIL | {field: WRONG[kind]})
    if (field, kind) in allowed:
        assert answer.status in (201, 422)
        return
    refused(answer, 400, "invalid_field")
    assert answer.json["errors"][0]["pointer"].startswith(f"/{field}")
    assert world.engine.store.transactions == 0


ACTION_FIELDS = [(action, f) for action, form in ACTION_BODIES.items() for f in fields_of(form)]


@pytest.mark.parametrize(("action", "field"), ACTION_FIELDS)
def test_a_wrong_type_in_any_field_of_an_action_is_a_problem(world, action, field):
    number = world.filed(WITH_MAIL)["number"]
    world.act(number, "verify", user="operator")
    before = world.engine.store.transactions
    for user in (*ACTORS, ""):
        who = {"user": user} if user else {"token": world.token_of(number)}
        answer = world.act(number, action, {field: {"$gt": ""}}, **who)
        assert (answer.status, answer.code) in {(400, "invalid_field"), (403, "role_may_not")}
    assert world.engine.store.transactions == before


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b" " * MAX_BODY + b"{}", 413, "body_too_large"),
        (b" " * 10, 400, "malformed_json"),
        (b"\xef\xbb\xbf{}", 400, "malformed_json"),
        (b'{"category":"DRT-01","description":"\\udc00"}', 400, "malformed_json"),
        (b'{"category":"DRT-01","description":"\\u0000"}', 400, "invalid_text"),
        (b'{"category":"DRT-01","location":{"lat":-Infinity,"lon":1}}', 400, "malformed_json"),
        (b'{"category":"DRT-01","location":{"lat":' + b"9" * 5000 + b"}}", 400, "invalid_field"),
        (b"[" * 200_000 + b"]" * 20, 400, "invalid_field"),
        (b'{"location":' * 15_000, 400, "invalid_field"),
        (b'[{"category":"DRT-01"}]', 400, "invalid_field"),
    ],
    ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else str(value),
)
def test_bytes_that_are_no_filing_get_a_problem(world, sent, status, code):
    refused(world.post("/v1/reports", sent), status, code)
    assert world.engine.store.transactions == 0


@pytest.mark.parametrize(
    "when",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"],
)
def test_a_time_beyond_the_calendar_is_refused(world, when):
    answer = world.post("/v1/reports", POTHOLE | {"observed_at": when})
    refused(answer, 400, "invalid_field")
    assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [
        ("/observed_at", "bad_time")
    ]
    assert world.engine.store.transactions == 0


@pytest.mark.parametrize(
    "body",
    [{"category": "XXX-99"}, {"category": "XXX-99", "agency": "PUPR"}],
    ids=["alone", "with agency"],
)
def test_verifying_to_an_unknown_category_is_refused(world, body):
    number = world.filed()["number"]
    refused(world.act(number, "verify", body, user="operator"), 422, "unknown_category")
    assert world.engine.store.transactions == 1


@pytest.mark.parametrize("action", ["verify", "assign"])
def test_an_unknown_agency_is_refused(world, action):
    number = world.filed()["number"]
    answer = world.act(number, action, {"agency": "NSA"}, user="operator")
    refused(answer, 422, "unknown_agency")


SETTINGS = settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
NAMES = sorted(
    {name for form in (NewReport, *ACTION_BODIES.values()) for name in fields_of(form)}
    | {"lat", "lon", "kelurahan", "address", "name", "email", "phone", "__proto__"}
)
LIKELY = st.sampled_from(
    [
        "INF-01",
        "DRT-01",
        "WAS-01",
        "PUPR",
        "36.71.01.1007",
        "Sukasari",
        "id",
        "public",
        "hoax",
        "done",
        "2027-05-01T10:00:00+07:00",
        "0812-3456-7890",
        "a@b.id",
        "TL-7K3QX9MW",
        "mail",
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | LIKELY
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=12,
)
BODIES = (
    st.binary(max_size=80)
    | st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5).map(
        lambda value: json.dumps(value).encode()
    )
    | VALUES.map(lambda value: json.dumps(value).encode())
    | st.builds(
        lambda extra: json.dumps({"category": "INF-01", "location": SUKARASA, **extra}).encode(),
        st.dictionaries(st.sampled_from(NAMES), LEAVES, max_size=2),
    )
)


def sound(answer):
    """An answer is what was asked for or a whole problem document, and never a fault of ours."""
    assert answer.status < 500, answer.body
    if answer.status >= 400:
        refused(answer, answer.status, answer.code)


@pytest.fixture(scope="module")
def busy():
    with World().running() as world:
        yield world


@SETTINGS
@given(sent=BODIES)
def test_whatever_is_sent_as_a_filing_gets_an_answer(busy, sent):
    before = busy.engine.store.transactions
    answer = busy.post("/v1/reports", sent)
    sound(answer)
    assert busy.engine.store.transactions - before == (answer.status == 201)


@pytest.mark.parametrize("action", ACTION_BODIES)
@settings(SETTINGS, max_examples=60)
@given(sent=BODIES, who=st.sampled_from(("", *ACTORS)))
def test_whatever_is_sent_as_an_action_gets_an_answer(busy, action, sent, who):
    number = busy.filed()["number"]
    busy.act(number, "verify", user="operator")
    how = {"user": who} if who else {"token": busy.token_of(number)}
    sound(busy.post(f"/v1/reports/{number}/{action}", sent, **how))


@SETTINGS
@given(
    header=st.text(st.characters(max_codepoint=255), max_size=40),
    name=st.sampled_from(
        ["Authorization", "Idempotency-Key", "If-None-Match", "Accept-Language", "Content-Type"]
    ),
)
def test_whatever_a_header_holds_the_answer_is_sound(busy, header, name):
    sound(busy.post("/v1/reports", POTHOLE, headers={name: header}))
    sound(busy.get("/v1/reports", headers={name: header}))


@SETTINGS
@given(number=st.text(st.characters(exclude_characters="/?#"), min_size=1, max_size=20))
def test_whatever_stands_for_a_number_is_not_found(busy, number):
    answer = busy.get(f"/v1/reports/{number}")
    refused(answer, 404, "not_found")


@SETTINGS
@given(
    name=st.sampled_from(["limit", "cursor", "status", "category", "area", "from", "to", "near"]),
    value=st.text(max_size=20) | st.from_regex(r"[0-9A-Za-z_=-]{1,16}", fullmatch=True),
)
def test_whatever_a_list_is_asked_the_answer_is_sound(busy, name, value):
    from urllib.parse import urlencode

    sound(busy.get("/v1/reports?" + urlencode({name: value}, errors="replace")))
    sound(busy.get("/v1/queue?" + urlencode({name: value}, errors="replace"), user="operator"))
