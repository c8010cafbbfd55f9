"""A function is woken for every row that it acts on, and for none that it lets pass."""

from __future__ import annotations

import json

import pytest

from chalicelib.adapters.stream import stream_rows
from infra.streams import WAKES, criteria, wakes


def record(kind: str | None, event: str) -> dict:
    image = {"pk": {"S": "R#TL-1"}, "sk": {"S": "x"}, "body": {"S": '{"type": "filed"}'}}
    if kind:
        image["kind"] = {"S": kind}
    images = {"OldImage": image} if event == "REMOVE" else {"NewImage": image}
    return {"eventName": event, "dynamodb": images}


#: kind, event → who acts on it. A message that changes is in nobody's way.
ACTED_ON = {
    ("report", "INSERT"): {"dispatch", "project"},
    ("report", "MODIFY"): {"dispatch", "project"},
    ("event", "INSERT"): {"dispatch", "project"},
    ("event", "MODIFY"): {"project"},
    ("message", "INSERT"): {"dispatch"},
    ("message", "MODIFY"): set(),
    ("failed", "MODIFY"): {"dispatch"},
    ("silent", "MODIFY"): set(),
    ("fired", "INSERT"): set(),
    ("mark", "INSERT"): set(),
    (None, "INSERT"): set(),
    ("report", "REMOVE"): set(),
}


@pytest.mark.parametrize(("kind", "event"), ACTED_ON)
def test_who_is_woken_by_what(kind, event):
    row = record(kind, event)
    assert {name for name in WAKES if wakes(name, row)} == ACTED_ON[kind, event]


def test_nobody_sleeps_through_a_row_that_the_code_reads():
    for (kind, event), woken in ACTED_ON.items():
        read = list(stream_rows([record(kind, event)]))
        if woken:
            assert read


def test_the_filter_is_of_the_form_that_lambda_takes():
    for name in WAKES:
        filters = criteria(name)["Filters"]
        assert len(filters) <= 5
        assert [json.loads(one["Pattern"]) for one in filters] == list(WAKES[name])
    assert criteria("sweep") is None
