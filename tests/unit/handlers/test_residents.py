"""Residents signed in with the city's app: their own reports, under a pseudonym."""

from __future__ import annotations

import pytest

from chalicelib import bootstrap
from chalicelib.adapters.oidc import Verifier
from chalicelib.services.identifying import IdentifyResident
from tests.fakes.engine import SECRET
from tests.fakes.world import POTHOLE, WITH_MAIL, access_token, jwks

APP, CLIENT = "https://app.tangerang.test", "live-room"


def token(subject="citizen-7", **changes):
    claims = {"iss": APP, "client_id": CLIENT, "username": None} | changes
    return access_token(subject, **claims)


@pytest.fixture(autouse=True)
def app_is_set_up(world, monkeypatch):
    identify = IdentifyResident(Verifier(APP, CLIENT, jwks), APP, lambda: SECRET)
    monkeypatch.setattr(bootstrap, "identify_resident", lambda: identify)


def mine(world, **how):
    return [row["number"] for row in world.get("/v1/me/reports", token=token(**how)).json["items"]]


def test_what_is_filed_signed_in_is_the_residents_and_nobody_elses(world):
    first = world.filed(WITH_MAIL, token=token())["number"]
    world.filed(POTHOLE)
    other = world.filed(POTHOLE, token=token("citizen-8"))["number"]
    assert mine(world) == [first]
    assert mine(world, subject="citizen-8") == [other]


def test_residents_act_on_their_own_report_without_its_token_and_on_no_other(world):
    own = world.filed(WITH_MAIL, token=token())["number"]
    other = world.filed(WITH_MAIL)["number"]
    assert world.get(f"/v1/reports/{own}", token=token()).json["description"] == "Lubang besar"
    assert "description" not in world.get(f"/v1/reports/{other}", token=token()).json
    assert world.act(other, "withdraw", token=token()).code == "role_may_not"
    assert world.act(own, "withdraw", token=token()).status == 200


def test_a_confidential_report_is_in_ones_own_list_alone(world):
    number = world.filed(POTHOLE | {"visibility": "confidential"}, token=token())["number"]
    world.project()
    assert mine(world) == [number]
    assert world.get("/v1/reports").json["items"] == []
    assert world.get(f"/v1/reports/{number}", token=token("citizen-8")).code == "not_found"


def test_nowhere_is_it_kept_which_account_of_the_app_filed(world):
    number = world.filed(WITH_MAIL, token=token("3671010101900001"))["number"]
    stored = world.engine.store.load(number)
    assert "3671010101900001" not in repr((stored, world.engine.store.owners))
    assert world.engine.store.owner(number) not in repr(stored)


def test_a_residents_token_opens_nothing_of_staff(world):
    assert world.get("/v1/queue", token=token()).code == "role_may_not"
    assert world.get("/v1/queue", token=token("operator")).code == "role_may_not"


@pytest.mark.parametrize(
    "changes",
    [{"exp": 1_000}, {"client_id": "another"}, {"token_use": "id"}, {"sub": ""}],
    ids=str,
)
def test_a_token_that_does_not_hold_is_refused(world, changes):
    assert world.get("/v1/me/reports", token=token(**changes)).code == "invalid_token"


def test_staff_and_anybody_have_no_list_of_their_own(world):
    assert world.get("/v1/me/reports").code == "sign_in_needed"
    assert world.get("/v1/me/reports", user="operator").code == "role_may_not"
