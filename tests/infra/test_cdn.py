"""The CDN's stack keeps what is public, and never gives one person what was made for another."""

from __future__ import annotations

import pytest

from chalicelib.handlers.audience import PAGES
from tests.fakes.world import World
from tests.infra.test_template import INFRA, load, of_type

CDN = load(str(INFRA / "cdn.yaml"))


def policy(name: str):
    resource = CDN["Resources"][name]["Properties"]
    return next(iter(resource.values()))


def test_an_answer_that_does_not_call_itself_public_is_kept_for_no_time():
    assert [policy(name)["DefaultTTL"] for name in ("AnswersPolicy", "FilesPolicy")] == [0, 0]


def test_whatever_an_answer_depends_on_is_part_of_its_key():
    key = policy("AnswersPolicy")["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    assert key["CookiesConfig"] == {"CookieBehavior": "all"}
    assert {"Authorization", "Accept-Language"} <= set(key["HeadersConfig"]["Headers"])


def test_what_came_goes_on_to_the_api_but_the_hosts_name():
    forwarded = policy("ForwardPolicy")
    assert forwarded["HeadersConfig"] == {"HeaderBehavior": "allExcept", "Headers": ["host"]}
    assert forwarded["CookiesConfig"] == {"CookieBehavior": "all"}


def test_only_the_files_that_are_the_same_for_everybody_are_kept_without_cookies():
    (distribution,) = of_type(CDN, "AWS::CloudFront::Distribution").values()
    config = distribution["DistributionConfig"]
    assert [one["PathPattern"] for one in config["CacheBehaviors"]] == ["/static/*"]
    assert ("GET", "/static/{name}") in PAGES
    assert {"PUT", "POST", "DELETE"} <= set(config["DefaultCacheBehavior"]["AllowedMethods"])


@pytest.mark.parametrize(
    "path", ["/angka", "/v1/statistics", "/v1/categories", "/open311/v2/services.json"]
)
def test_a_public_answer_says_on_what_it_depends(path):
    with World().running() as world:
        answer = world.get(path)
    assert answer.headers["Cache-Control"].startswith("public")
    assert "Accept-Language" in answer.headers["Vary"]


def test_figures_shown_to_somebody_signed_in_are_kept_by_nobody_else():
    with World().running() as world:
        answer = world.get("/angka", headers={"Cookie": "a=b"})
    assert answer.headers["Cache-Control"] == "private, no-cache"
