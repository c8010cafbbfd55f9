"""A stage's whole life by the commands of the guide: twice the same, back, two stages, away."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.deploy.cloud import ROOT, Cloud, emulated
from tests.deploy.test_deployed_case import Stage

pytestmark = [pytest.mark.deploy, pytest.mark.timeout(5400)]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    (ROOT / "artefacts").mkdir(exist_ok=True)
    transcript = ROOT / "artefacts" / "lifetime.txt"
    transcript.write_text("")
    with emulated(tmp_path_factory.mktemp("cloud"), transcript, iam=False) as one:
        yield one


def deployed(cloud: Cloud, stage: str) -> Stage:
    code, words = cloud.run("deploy", "--stage", stage)
    assert code == 0, words
    line = next(line for line in words.splitlines() if line.startswith(f"✓ {stage}:"))
    return Stage(cloud, line.split()[-1])


def functions(cloud: Cloud) -> dict[str, str]:
    found = cloud.root("lambda").list_functions()["Functions"]
    return {one["FunctionName"]: one["CodeSha256"] for one in found}


def alarms(cloud: Cloud, stage: str) -> set[str]:
    """The alarms that a deployment puts beside the stack's own."""
    found = cloud.root("cloudwatch").describe_alarms(AlarmNamePrefix=f"live-room-{stage}-run-")
    return {one["AlarmName"] for one in found["MetricAlarms"]}


def pools(cloud: Cloud, stage: str) -> list[str]:
    found = cloud.root("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]
    return [one["Id"] for one in found if one["Name"].startswith(f"live-room-{stage}")]


def test_a_stages_life(cloud: Cloud) -> None:
    cloud.put_settings("dev")
    cloud.put_settings("uji", own_issuer=False)

    # Nothing is there yet: a plan changes nothing, a rollback and a removal say so.
    code, words = cloud.run("deploy", "--stage", "dev", "--plan")
    assert code == 0
    assert "1. infra stack live-room-dev-infra" in words
    assert functions(cloud) == {}
    assert cloud.run("rollback", "--stage", "dev")[0] == 1

    dev = deployed(cloud, "dev")
    filed = dev.call("POST", "/v1/reports", {"category": "DRT-01"})[1]
    first = functions(cloud)
    assert cloud.kept("dev", filed["number"])

    # Functions and the API have alarms that bear the stage's name, and so has the API itself.
    watched = alarms(cloud, "dev")
    assert {"live-room-dev-run-fire-errors", "live-room-dev-run-api-5xx"} <= watched
    apis = cloud.root("apigateway").get_rest_apis()["items"]
    assert [one["name"] for one in apis] == ["live-room-dev"]

    # The second deployment finds everything there; its address and its data stay.
    again = deployed(cloud, "dev")
    assert again.base == dev.base
    assert functions(cloud).keys() == first.keys()
    assert dev.call("GET", f"/v1/reports/{filed['number']}")[0] == 200
    mappings = cloud.root("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert len({(one["FunctionArn"], one["EventSourceArn"]) for one in mappings}) == len(mappings)

    # Back to the first release.
    code, words = cloud.run("rollback", "--stage", "dev")
    assert code == 0, words
    assert dev.call("GET", f"/v1/reports/{filed['number']}")[0] == 200
    assert cloud.run("rollback", "--stage", "dev", "--release", "20200101T000000Z-x")[0] == 1

    # A second stage in the same account knows nothing of the first one's reports.
    other = deployed(cloud, "uji")
    assert other.base != dev.base
    assert other.call("GET", f"/v1/reports/{filed['number']}")[0] == 404
    names = functions(cloud)
    assert {name.replace("-uji", "-dev") for name in names if "-uji" in name} == first.keys()

    # Its first administrator is invited by the identity provider; asked twice, once.
    who = ("--id", "rina.it", "--name", "Rina (Diskominfo)", "--mail", "rina@example.go.id")
    for _ in range(2):
        code, words = cloud.run("admin", "--stage", "uji", *who)
        assert code == 0, words
        assert "rina.it is an administrator; sign-in account: FORCE_CHANGE_PASSWORD" in words
    (pool,) = pools(cloud, "uji")
    users = cloud.root("cognito-idp").list_users(UserPoolId=pool)["Users"]
    assert [one["Username"] for one in users] == ["rina.it"]

    # Removed, and back again with its data.
    code, words = cloud.run("remove", "--stage", "dev")
    assert code == 0, words
    assert not [name for name in functions(cloud) if name.startswith("live-room-dev")]
    assert alarms(cloud, "dev") == set()
    assert alarms(cloud, "uji") != set()
    assert other.call("GET", "/health")[0] == 200
    assert cloud.kept("dev", filed["number"])
    back = deployed(cloud, "dev")
    assert back.call("GET", f"/v1/reports/{filed['number']}")[0] == 200

    # Data go only for the words.
    drop = ("remove", "--stage", "dev", "--drop-data", "--confirm")
    assert cloud.run(*drop, "yes")[0] == 1
    assert "live-room-dev" in functions(cloud)
    code, words = cloud.run(*drop, "hapus data live-room-dev")
    assert code == 0, words
    tables = json.dumps(cloud.root("dynamodb").list_tables()["TableNames"])
    assert "live-room-dev-" not in tables
    assert "live-room-uji-reports" in tables
    assert other.call("GET", "/v1/categories")[0] == 200
