"""Who counts as one sender, and what a policy may say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib.domain.limits import RATES, Limits, Mark, Rate, address_mark, address_of

SHIPPED = json.loads(Path("chalicelib/data/limits.json").read_text())


def test_the_shipped_policy_has_a_rate_for_all_that_is_counted() -> None:
    assert sorted(SHIPPED["rates"]) == sorted(RATES)
    limits = Limits.from_dict(SHIPPED)
    assert not limits.proof.asked_at(0)


def test_a_carriers_shared_address_gets_far_more_than_a_household() -> None:
    rates = Limits.from_dict(SHIPPED).rates
    assert rates["shared_address"].most >= 5 * rates["household"].most
    assert rates["telephone"].most < rates["household"].most


@pytest.mark.parametrize(
    ("address", "mark"),
    [
        ("36.68.1.9", Mark("shared_address", "36.68.1.9")),
        ("::ffff:36.68.1.9", Mark("shared_address", "36.68.1.9")),
        ("2404:c0:1234:5678:9abc::1", Mark("household", "2404:00c0:1234:5678")),
        ("2404:c0:1234:5678::ffff", Mark("household", "2404:00c0:1234:5678")),
        ("127.0.0.1", None),
        ("::1", None),
        ("10.1.2.3", None),
        ("192.168.0.9", None),
        ("fe80::1", None),
        ("", None),
        ("36.68.1.9, 1.2.3.4", None),
        ("<script>", None),
    ],
)
def test_what_an_address_counts_as(address: str, mark: Mark | None) -> None:
    assert address_mark(address) == mark


@pytest.mark.parametrize(
    ("forwarded", "hops", "found"),
    [
        ("1.1.1.1, 2.2.2.2", 0, "9.9.9.9"),
        ("1.1.1.1, 2.2.2.2", 1, "2.2.2.2"),
        ("6.6.6.6, 1.1.1.1, 2.2.2.2", 2, "1.1.1.1"),
        ("2.2.2.2", 2, "9.9.9.9"),
        ("1.1.1.1, 2.2.2.2, 9.9.9.9", 1, "2.2.2.2"),
        ("", 1, "9.9.9.9"),
    ],
)
def test_a_sender_cannot_choose_the_address_by_a_header(
    forwarded: str, hops: int, found: str
) -> None:
    assert address_of("9.9.9.9", forwarded, hops) == found


def test_a_window_ends_when_the_next_begins() -> None:
    rate = Rate(600, 10, 2)
    assert rate.window(1200.0) == (2, 600)
    assert rate.window(1799.5) == (2, 1)
    assert rate.window(1800.0) == (3, 600)


@pytest.mark.parametrize(
    "change",
    [
        {"rates": {**SHIPPED["rates"], "mail": {"seconds": 1, "most": 1, "quiet": 0}}},
        {"rates": {**SHIPPED["rates"], "mail": {"seconds": 60, "most": 0, "quiet": 0}}},
        {"rates": {**SHIPPED["rates"], "mail": {"seconds": 60, "most": 1, "quiet": 2}}},
        {"rates": {k: v for k, v in SHIPPED["rates"].items() if k != "mail"}},
        {"proof": {**SHIPPED["proof"], "mode": "sometimes"}},
        {"proof": {**SHIPPED["proof"], "bits": 40}},
        {"proof": {}},
    ],
)
def test_a_policy_that_lets_nobody_or_everybody_pass_is_none(change: dict) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Limits.from_dict({**SHIPPED, **change})
