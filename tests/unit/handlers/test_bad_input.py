"""Bad input of every kind: a clear problem in both languages, nothing stored, nothing echoed."""

from __future__ import annotations

import json

import pytest

from chalicelib.handlers.http import MAX_BODY
from tests.fakes.world import POTHOLE, SUKARASA

MARKUP = "<script>alert(1)</script>"


def changed(**fields):
    return json.dumps(POTHOLE | fields).encode()


def raw(text):
    return text.encode("latin-1")


#: what is sent → status, code, and (pointer, code) of the field to correct
CASES = {
    "nothing": (b"", 400, "invalid_field", ("/category", "missing")),
    "not JSON": (b"category=INF-01", 400, "malformed_json", None),
    "half of it": (b'{"category":"INF-01"', 400, "malformed_json", None),
    "an array": (b"[]", 400, "invalid_field", ("", "wrong_type")),
    "null": (b"null", 400, "invalid_field", ("", "wrong_type")),
    "a text": (b'"INF-01"', 400, "invalid_field", ("", "wrong_type")),
    "two documents": (b'{"category":"DRT-01"} {}', 400, "malformed_json", None),
    "a comment": (b'{"category":"DRT-01"} // x', 400, "malformed_json", None),
    "single quotes": (b"{'category':'DRT-01'}", 400, "malformed_json", None),
    "a byte order mark": (b'\xef\xbb\xbf{"category":"DRT-01"}', 400, "malformed_json", None),
    "UTF-16": ('{"category":"DRT-01"}'.encode("utf-16"), 400, "invalid_text", None),
    "broken UTF-8": (b'{"category":"DRT-01","description":"\xff"}', 400, "invalid_text", None),
    "overlong UTF-8": (
        b'{"category":"DRT-01","description":"\xc0\x80"}', 400, "invalid_text", None,
    ),
    "a surrogate in UTF-8": (
        b'{"category":"DRT-01","description":"\xed\xa0\x80"}', 400, "invalid_text", None,
    ),
    "a lone surrogate": (
        raw('{"category":"DRT-01","description":"\\ud800x"}'), 400, "malformed_json", None,
    ),
    "NUL written out": (
        raw('{"category":"DRT-01","description":"a\\u0000b"}'), 400, "invalid_text", None,
    ),
    "a raw control character": (
        raw('{"category":"DRT-01","description":"a\x01b"}'), 400, "malformed_json", None,
    ),
    "NaN": (
        raw('{"category":"DRT-01","location":{"lat":NaN,"lon":1}}'), 400, "malformed_json", None,
    ),
    "infinity": (
        raw('{"category":"DRT-01","location":{"lat":1e999,"lon":1}}'), 400, "invalid_field",
        ("/location/lat", "wrong_type"),
    ),
    "a key twice": (
        raw('{"category":"DRT-01","category":"INF-01"}'), 400, "malformed_json", None,
    ),
    "a key twice inside": (
        raw('{"category":"DRT-01","reporter":{"name":"a","name":"b"}}'), 400, "malformed_json",
        None,
    ),
    "deep arrays": (b"[" * 100_000, 400, "invalid_field", ("", "wrong_type")),
    "deep objects": (b'{"category":' * 20_000, 400, "invalid_field", ("/category", "wrong_type")),
    "deep rubbish": (
        raw('{"category":"DRT-01","x":' + "[" * 50_000 + "]" * 50_000 + "}"), 400,
        "invalid_field", ("/x", "unknown_field"),
    ),
    "a huge body": (
        changed(description="a" * MAX_BODY), 413, "body_too_large", None,
    ),
    "an unknown field": (changed(katagori="x"), 400, "invalid_field",
                         ("/katagori", "unknown_field")),
    "markup as a field": (changed(**{MARKUP: 1}), 400, "invalid_field", ("", "unknown_field")),
    "prototype": (changed(__proto__={}), 400, "invalid_field", ("/__proto__", "unknown_field")),
    "a number for a text": (changed(description=5), 400, "invalid_field",
                            ("/description", "wrong_type")),
    "null for a text": (changed(description=None), 400, "invalid_field",
                        ("/description", "wrong_type")),
    "a text for a truth": (changed(on_behalf="yes"), 400, "invalid_field",
                           ("/on_behalf", "wrong_type")),
    "an object for a text": (changed(category={"$ne": ""}), 400, "invalid_field",
                             ("/category", "wrong_type")),
    "a text for a number": (changed(location={"lat": "-6.1", "lon": 1}), 400, "invalid_field",
                            ("/location/lat", "wrong_type")),
    "half a point": (changed(location={"lat": -6.1}), 400, "invalid_field",
                     ("/location", "coordinates_together")),
    "a latitude beyond the pole": (changed(location={"lat": 91, "lon": 1}), 400,
                                   "invalid_field", ("/location/lat", "too_large")),
    "a longitude beyond it": (changed(location={"lat": 1, "lon": -181}), 400, "invalid_field",
                              ("/location/lon", "too_small")),
    "too long a description": (changed(description="a" * 4001), 400, "invalid_field",
                               ("/description", "too_long")),
    "too long an address": (changed(location={**SUKARASA, "address": "a" * 301}), 400,
                            "invalid_field", ("/location/address", "too_long")),
    "too long a name": (changed(reporter={"name": "a" * 101}), 400, "invalid_field",
                        ("/reporter/name", "too_long")),
    "no category": (b'{"location":{"kelurahan":"36.71.01.1007"}}', 400, "invalid_field",
                    ("/category", "missing")),
    "an empty category": (changed(category=""), 400, "invalid_field", ("/category", "too_short")),
    "an unknown category": (changed(category="XXX-99"), 422, "unknown_category",
                            ("/category", "invalid")),
    "a category with a line break": (changed(category="INF-01\n"), 400, "invalid_field",
                                     ("/category", "bad_form")),
    "an unknown visibility": (changed(visibility="secret"), 400, "invalid_field",
                              ("/visibility", "not_allowed")),
    "an unknown language": (changed(language="jv"), 400, "invalid_field",
                            ("/language", "not_allowed")),
    "a time without zone": (changed(observed_at="2027-04-05T09:00:00"), 400, "invalid_field",
                            ("/observed_at", "bad_time")),
    "a time in words": (changed(observed_at="kemarin"), 400, "invalid_field",
                        ("/observed_at", "bad_time")),
    "no place": (b'{"category":"INF-01"}', 422, "location_missing", ("/location", "invalid")),
    "an address alone": (changed(location={"address": "Jl. Daan Mogot"}), 422,
                         "location_missing", ("/location", "invalid")),
    "a place outside the city": (changed(location={"lat": -6.2, "lon": 106.82}), 422,
                                 "outside_city", ("/location", "invalid")),
    "a place in the sea": (changed(location={"lat": 0, "lon": 0}), 422, "outside_city",
                           ("/location", "invalid")),
    "an unknown kelurahan": (changed(location={"kelurahan": "Menteng"}), 422,
                             "unknown_kelurahan", ("/location/kelurahan", "invalid")),
    "an unknown unit": (changed(about_unit="NSA"), 422, "unknown_agency",
                        ("/about_unit", "invalid")),
    "a bad phone": (changed(reporter={"phone": "abc"}), 422, "invalid_phone",
                    ("/reporter/phone", "bad_form")),
    "a short phone": (changed(reporter={"phone": "0812"}), 422, "invalid_phone",
                      ("/reporter/phone", "bad_form")),
    "a bad mail address": (changed(reporter={"email": "warga"}), 422, "invalid_email",
                           ("/reporter/email", "bad_form")),
    "two mail addresses": (changed(reporter={"email": "a@b.id,c@d.id"}), 422, "invalid_email",
                           ("/reporter/email", "bad_form")),
    "a mail header": (changed(reporter={"email": "a@b.id\r\nBcc: c@d.id"}), 422, "invalid_email",
                      ("/reporter/email", "bad_form")),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_bad_input_gets_a_clear_problem_and_nothing_is_stored(world, name):
    sent, status, code, field = CASES[name]
    answer = world.post("/v1/reports", sent)
    problem = answer.json
    errors = [(error["pointer"], error["code"]) for error in problem.get("errors", [])]
    assert (answer.status, problem["status"], problem["code"]) == (status, status, code)
    assert errors == ([field] if field else [])
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    texts = [problem[name] for name in ("title", "title_en", "detail", "detail_en")]
    texts += [
        error[name] for error in problem.get("errors", []) for name in ("detail", "detail_en")
    ]
    assert all(texts)
    assert b"<script" not in answer.body
    assert world.engine.store.current == {}


FREE_FIELDS = {
    "description": lambda text: POTHOLE | {"description": text},
    "address": lambda text: POTHOLE | {"location": {**SUKARASA, "address": text}},
    "name": lambda text: POTHOLE | {"reporter": {"name": text, "email": "a@b.id"}},
}
CODED_FIELDS = {
    "category": lambda text: POTHOLE | {"category": text},
    "kelurahan": lambda text: POTHOLE | {"location": {"kelurahan": text}},
    "email": lambda text: POTHOLE | {"reporter": {"email": text}},
    "phone": lambda text: POTHOLE | {"reporter": {"phone": text}},
    "source": lambda text: POTHOLE | {"source": text},
    "about_unit": lambda text: POTHOLE | {"about_unit": text},
    "visibility": lambda text: POTHOLE | {"visibility": text},
    "observed_at": lambda text: POTHOLE | {"observed_at": text},
}


@pytest.mark.parametrize("field", FREE_FIELDS)
def test_markup_in_a_free_text_is_kept_as_text(world, field):
    answer = world.post("/v1/reports", FREE_FIELDS[field](MARKUP))
    assert answer.status == 201
    assert MARKUP.encode() not in answer.body


@pytest.mark.parametrize("field", CODED_FIELDS)
def test_markup_in_a_coded_field_is_refused_and_not_repeated(world, field):
    answer = world.post("/v1/reports", CODED_FIELDS[field](MARKUP))
    assert answer.status in (400, 422)
    assert b"alert(1)" not in answer.body
    assert world.engine.store.current == {}


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "image/png"])
def test_the_content_type_does_not_matter(world, kind):
    answer = world.post("/v1/reports", POTHOLE, headers={"Content-Type": kind})
    assert answer.status == 201


def test_brackets_in_a_text_are_not_depth(world):
    assert world.post("/v1/reports", POTHOLE | {"description": "[" * 300}).status == 201


def test_an_escaped_backslash_before_u0000_is_not_nul(world):
    assert world.post("/v1/reports", POTHOLE | {"description": "\\u0000"}).status == 201


def test_an_unexpected_fault_tells_nothing_and_logs_no_text(world, caplog):
    written = "warga@example.org"

    def fails(_number):
        raise RuntimeError(written)

    world.engine.store.load = fails
    answer = world.get("/v1/reports/TL-7K3QX9MW")
    problem = answer.json
    assert (answer.status, problem["code"]) == (500, "internal_error")
    assert problem["instance"].startswith("urn:uuid:")
    assert "RuntimeError" in caplog.text
    assert written not in caplog.text + answer.body.decode()


BAD_QUERIES = {
    "/v1/reports?limit=0": "invalid_field",
    "/v1/reports?limit=201": "invalid_field",
    "/v1/reports?limit=1e3": "invalid_field",
    "/v1/reports?limit=%D9%A1": "invalid_field",
    "/v1/reports?cursor=%ff": "invalid_cursor",
    "/v1/reports?cursor=abc": "invalid_cursor",
    "/v1/reports?status=done": "invalid_field",
    "/v1/reports?category=XXX": "invalid_field",
    "/v1/reports?area=36.71.99": "invalid_field",
    "/v1/reports?from=kemarin": "invalid_field",
    "/v1/reports?from=2027-05-01&to=2027-04-01": "invalid_field",
    "/v1/reports?near=1": "invalid_field",
    "/v1/reports?near=nan,inf": "invalid_field",
    "/v1/reports?near=0,0": "outside_city",
    "/v1/statistics?by=reporter": "invalid_field",
}


@pytest.mark.parametrize("target", BAD_QUERIES)
def test_a_bad_query_gets_a_problem(world, target):
    assert world.get(target).code == BAD_QUERIES[target]
