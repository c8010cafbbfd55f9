"""Whatever is sent to the Open311 routes, the answer is parseable and never a fault of ours."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.world import OPEN311_KEY, World

SAMPLE = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "150")),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
NAMES = (
    *("api_key", "jurisdiction_id", "service_code", "lat", "long", "address_string"),
    *("address_id", "email", "device_id", "account_id", "first_name", "last_name", "phone"),
    *("description", "media_url", "start_date", "end_date", "status", "page", "page_size"),
    *("service_request_id", "update_id", "updated_datetime", "updated_after", "updated_before"),
    *("attribute[size]", "attribute[size][]", "attribute[]", "attribute[fixmystreet_id]", "lang"),
)
VALUES = st.sampled_from(
    [
        OPEN311_KEY,
        "INF-01",
        "DRT-01",
        "WAS-01",
        "-6.1783",
        "106.6319",
        "0",
        "nan",
        "1e999",
        "2027-04-05T00:00:00Z",
        "2027-04-05",
        "9999-12-31T23:59:59+14:00",
        "0001-01-01T00:00:00Z",
        "open,closed",
        "OPEN",
        "TL-7K3QX9MW",
        "36.71.01.1007",
        "999999999999999999999",
        "\0",
        "\ud7ff",
        "<script>",
        "a\r\nb",
    ]
) | st.text(max_size=40)
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=12), VALUES), max_size=12)
GOOD = [
    ("api_key", OPEN311_KEY),
    ("service_code", "INF-01"),
    ("lat", "-6.1783"),
    ("long", "106.6319"),
]
LAST = st.sampled_from(
    ["discovery", "services", "requests", "servicerequestupdates", "tokens", ""]
).flatmap(lambda name: st.sampled_from([f"{name}.json", f"{name}.xml", name, f"{name}.csv"]))


def encoded(pairs: Any) -> bytes:
    return urlencode([(n, v) for n, v in pairs], errors="replace").encode()


def check(target: str, answer: Any) -> None:
    assert answer.status < 500, (target, answer.body)
    path = target.partition("?")[0]
    if path.endswith(".json"):
        json.loads(answer.body)
    else:
        ElementTree.fromstring(answer.body)


@pytest.fixture(scope="module")
def city():
    with World().running() as running:
        yield running


@SAMPLE
@given(last=LAST, pairs=PAIRS)
def test_reading(city, last, pairs):
    if not last:
        return
    target = f"/open311/v2/{last}?{encoded(pairs).decode()}"
    check(target, city.get(target))


@SAMPLE
@given(
    kind=st.sampled_from(["services", "requests", "tokens", "discovery"]),
    id=st.sampled_from(["INF-01", "TL-7K3QX9MW", "XYZ"]) | st.text(min_size=1, max_size=20),
    form=st.sampled_from([".json", ".xml", "", ".JSON"]),
)
def test_reading_one(city, kind, id, form):
    one = quote(id, safe="").replace("%2F", "-").strip() or "x"
    target = f"/open311/v2/{kind}/{one}{form}"
    check(target, city.get(target))


@SAMPLE
@given(
    last=st.sampled_from(["requests", "servicerequestupdates", "services", "x"]),
    form=st.sampled_from([".json", ".xml"]),
    pairs=PAIRS,
    good=st.booleans(),
)
def test_sending_forms(city, last, form, pairs, good):
    target = f"/open311/v2/{last}{form}"
    body = encoded([*pairs, *(GOOD if good else [])])
    check(target, city.post(target, body))


@SAMPLE
@given(
    body=st.binary(max_size=300),
    kind=st.sampled_from(
        [
            "",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            'multipart/form-data; boundary="',
            "application/json",
        ]
    ),
    form=st.sampled_from([".json", ".xml"]),
)
def test_sending_bytes(city, body, kind, form):
    target = f"/open311/v2/requests{form}"
    check(target, city.post(target, body, headers={"Content-Type": kind}))
