"""The generated client is current and typed; what breaks clients is noticed."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from live_room_client import ApiProblem, LiveRoom

from chalicelib.handlers.openapi import document
from clients import compatibility, generate
from tests.fakes.world import POTHOLE, WITH_MAIL, access_token

ROOT = Path(__file__).parents[2]
DOCUMENT = document("https://lapor.example")


def test_the_client_is_what_would_be_generated_now():
    """If this fails: ``make client``."""
    stale = [path.name for path, text in generate.generated().items() if path.read_text() != text]
    assert stale == []


def test_the_client_passes_the_strictest_type_check():
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "-p", "live_room_client"],
        cwd=ROOT / "clients" / "python",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_the_client_needs_nothing_but_the_standard_library():
    code = "import sys, live_room_client; print([m for m in sys.modules if m.split('.')[0] in "
    code += "('chalice', 'chalicelib', 'msgspec', 'botocore', 'requests', 'httpx')])"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=ROOT / "clients" / "python",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


class Direct(LiveRoom):
    """The client on the app in memory, without a socket between the two."""

    world: Any = None

    def _exchange(self, request):
        answer = self.world.call(
            request.get_method(),
            request.full_url.removeprefix(self.base),
            request.data,
            headers=dict(request.header_items()),
        )
        return answer.status, json.loads(answer.body) if answer.body else None


@pytest.fixture
def api(world):
    Direct.world = world
    return Direct("https://lapor.example")


def test_a_case_goes_its_way_through_the_client(api, world):
    filed = api.file_report(WITH_MAIL)
    number = filed["number"]
    staff = {
        user: api.with_token(access_token(user))
        for user in ("operator", "petugas.pupr", "verifikator")
    }
    assert staff["operator"].verify_report(number, {})["status"] == "assigned"
    assert staff["petugas.pupr"].acknowledge_report(number)["status"] == "acknowledged"
    with pytest.raises(ApiProblem) as refused:
        staff["petugas.pupr"].submit_report(number, {"outcome": "done"})
    assert (refused.value.status, refused.value.code) == (422, "evidence_missing")
    assert staff["petugas.pupr"].get_queue(status="acknowledged")["items"][0]["number"] == number
    own = api.with_token(filed["token"])
    assert own.get_report(number)["description"] == "Lubang besar"
    assert own.withdraw_report(number, {"reason": "Sudah baik"})["status"] == "withdrawn"
    world.project()
    assert [row["number"] for row in api.list_reports(status="withdrawn")["items"]] == [number]
    assert api.get_health()["status"] == "ok"


def test_the_client_makes_writes_repeatable(api, world):
    key = "Zk3v1pQm8Xs0Rt5Yw9LbNg"
    first = api.file_report(POTHOLE, idempotency_key=key)
    assert api.file_report(POTHOLE, idempotency_key=key) == first
    assert world.engine.store.transactions == 1


def test_nothing_that_was_promised_to_clients_is_broken():
    """Adding is free. If taking something away is meant: a new version of the path, or
    ``python -m clients.compatibility --accept`` with the reason in the commit."""
    assert compatibility.breaks(compatibility.promised(), compatibility.present()) == []


def test_the_stored_promise_says_all_that_the_description_does():
    stored = json.loads(compatibility._promise(DOCUMENT))
    assert compatibility.shortened(stored) == compatibility.shortened(DOCUMENT)


def changed(change):
    described = copy.deepcopy(DOCUMENT)
    change(described)
    return compatibility.breaks(
        compatibility.shortened(DOCUMENT), compatibility.shortened(described)
    )


def schema(described, name):
    return described["components"]["schemas"][name]


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (
            lambda d: d["paths"].pop("/v1/queue"),
            "GET /v1/queue: gone",
        ),
        (
            lambda d: schema(d, "NewReport")["properties"].pop("source"),
            "POST /v1/reports: field /source no longer taken",
        ),
        (
            lambda d: schema(d, "NewReport")["required"].append("description"),
            "POST /v1/reports: field /description newly required",
        ),
        (
            lambda d: schema(d, "NewReport")["properties"]["visibility"]["enum"].remove("public"),
            "POST /v1/reports: field /visibility takes less",
        ),
        (
            lambda d: schema(d, "Filed")["properties"].pop("token"),
            "POST /v1/reports: field /token no longer answered",
        ),
        (
            lambda d: schema(d, "Filed")["required"].remove("url"),
            "POST /v1/reports: field /url no longer always answered",
        ),
        (
            lambda d: schema(d, "Promise")["properties"].update(step={"type": "integer"}),
            "POST /v1/reports: field /promises/*/step of another type",
        ),
        (
            lambda d: d["paths"]["/v1/reports"]["get"]["parameters"][0].update(required=True),
            "GET /v1/reports: parameter query category newly required",
        ),
        (
            lambda d: d["paths"]["/v1/queue"]["get"]["x-audience"].remove("officer"),
            "GET /v1/queue: no longer for officer",
        ),
    ],
)
def test_what_takes_from_clients_is_noticed(change, broken):
    assert any(line.startswith(broken) for line in changed(change)), changed(change)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["paths"].update({"/v1/new": d["paths"]["/v1/queue"]}),
        lambda d: schema(d, "NewReport")["properties"].update(weather={"type": "string"}),
        lambda d: schema(d, "Filed")["properties"].update(hint={"type": "string"}),
        lambda d: schema(d, "Filed")["properties"]["status"]["enum"].append("new"),
        lambda d: d["paths"]["/v1/queue"]["get"]["x-audience"].append("territorial"),
    ],
)
def test_what_only_adds_breaks_nothing(change):
    assert changed(change) == []
