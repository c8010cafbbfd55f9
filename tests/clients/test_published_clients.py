"""Four published Open311 clients, unchanged, against our HTTP server.

`three` (2013) was written for Python 2: it imports ``itertools.ifilter``, which is given to it.
The npm package ``open311`` cannot be installed (it depends on an address that is gone), and
PyPI's ``open311`` is Python 2 throughout.
"""

from __future__ import annotations

import io
import itertools
from datetime import UTC, datetime, timedelta

import chicagorequests
import pytest
from civicbot.http import HttpError, HttpTransport, RateLimiter
from civicbot.open311 import Open311Client
from civicbot.registry import Endpoint
from georeport import GeoReport

from chalicelib.domain.numbers import normalise
from tests.fakes.world import OPEN311_KEY

JURISDICTION = "tangerangkota.go.id"
PLACE = {"lat": "-6.1783", "long": "106.6319"}


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch, base: str):
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    from three import Three

    return Three(base, api_key=OPEN311_KEY, jurisdiction=JURISDICTION)


# ---------------------------------------------------------------- three


def test_three_discovers_lists_and_reads_definitions(three):
    assert three.discovery()["endpoints"][0]["specification"] == (
        "http://wiki.open311.org/GeoReport_v2"
    )
    services = three.services()
    assert len(services) == 75
    definition = three.services("INF-01")
    assert definition["service_code"] == "INF-01"
    assert [row["order"] for row in definition["attributes"]] == [1, 2, 3]


def test_three_posts_a_form_with_a_file_and_finds_the_request_again(three, world):
    [answer] = three.post(
        "INF-01",
        address="Jl. Daan Mogot, Kel. Sukarasa",
        name="Warga Contoh",
        phone="0812-3456-7890",
        description="Lubang di depan sekolah.",
        media=io.BytesIO(b"\xff\xd8\xff\xe0 not really a picture"),
    )
    number = answer["service_request_id"]
    assert three.post_response.status_code == 201
    assert normalise(number) == number
    world.engine.pump()
    [found] = three.request(number)
    assert (found["status"], found["service_code"]) == ("open", "INF-01")
    assert three.token(number) == [{"service_request_id": number, "token": number}]
    today = "04-05-2027"
    assert [row["service_request_id"] for row in three.requests(start=today, end="04-06-2027")] == [
        number
    ]
    assert three.requests("DRT-01", between=[today, "04-06-2027"]) == []


def test_three_reads_refusals_as_json(three):
    three.configure(api_key="wrong")
    [refusal] = three.post("INF-01", **PLACE)
    assert (three.post_response.status_code, refusal["code"]) == (403, "key_unknown")
    three.reset()
    [refusal] = three.post("nothing", **PLACE)
    assert (three.post_response.status_code, refusal["code"]) == (404, "service_unknown")


# ---------------------------------------------------------------- georeport


@pytest.mark.parametrize("form", ["json", "xml"])
def test_georeport_reads_everything_in_both_formats(base, world, form):
    numbers = [world.filed()["number"] for _ in range(2)]
    world.engine.pump()
    client = GeoReport(base, jurisdiction=JURISDICTION, output_format=form)
    services = client.get_service_list()
    assert (len(services), services[0]["service_code"]) == (75, "DRT-01")
    assert client.get_service_definition("INF-01")["service_code"] == "INF-01"
    assert client.get_service_request(numbers[0])["service_request_id"] == numbers[0]
    window = {"start_date": "2027-04-05T00:00:00Z", "end_date": "2027-04-06T00:00:00Z"}
    found = client.get_service_requests(service_code="INF-01", status="open", **window)
    assert {row["service_request_id"] for row in found} == set(numbers)
    named = client.get_service_requests(service_request_id=",".join(numbers))
    assert [row["service_request_id"] for row in named] == numbers


# ---------------------------------------------------------------- civicbot


def civicbot(base: str) -> Open311Client:
    endpoint = Endpoint(
        id="tangerang",
        name="Kota Tangerang",
        base_url=base,
        write=True,
        api_key_required_for_write=True,
    )
    unhurried = HttpTransport(rate_limiter=RateLimiter(min_interval=0))
    return Open311Client(endpoint, unhurried, jurisdiction_id=JURISDICTION)


def test_civicbot_validates_against_our_definitions_and_sends(base, world):
    client = civicbot(base)
    prepared = client.create_request(
        "INF-01",
        dry_run=False,
        confirm="SEND",
        api_key=OPEN311_KEY,
        validate_remote=True,
        lat=-6.1783,
        lng=106.6319,
        description="Lubang besar",
        attributes={"size": "besar"},
        email="warga@example.org",
    )
    number = prepared.response[0]["service_request_id"]
    assert world.engine.loaded(number).events[0].data["answers"] == {"size": "besar"}
    assert client.get_request(number)["service_request_id"] == number
    assert client.get_token(number)[0]["token"] == number


def test_civicbot_is_told_why_it_is_refused(base):
    with pytest.raises(HttpError) as refused:
        civicbot(base).get_request("TL-7K3QX9MW")
    assert refused.value.status == 404
    assert '"code": "not_found"' in refused.value.body


# ---------------------------------------------------------------- chicagorequests


def test_chicagorequests_pages_through_a_day_and_narrows_by_change(base, world, monkeypatch):
    monkeypatch.setattr(chicagorequests.Downloader, "BASE_URL", f"{base}/requests.json")
    numbers = {world.filed()["number"] for _ in range(203)}
    world.engine.pump()
    day = datetime(2027, 4, 5, tzinfo=UTC)
    download = chicagorequests.Downloader(["INF-01"])
    found = download((day, day + timedelta(days=1)))
    assert len(found) == 203
    assert {row["service_request_id"] for row in found} == numbers
    late = chicagorequests.Downloader(["INF-01"], day + timedelta(days=2), day + timedelta(days=3))
    assert late((day, day + timedelta(days=1))) == []
