"""Asking another function: its answer, its refusals, and its faults."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from chalicelib.adapters import aws
from chalicelib.adapters.functions import RevealFunction
from chalicelib.domain.actions import ActionRefused
from chalicelib.handlers.reveal import reveal
from chalicelib.services.acting import NotFound
from chalicelib.services.identifying import TokenInvalid
from chalicelib.services.ports import TryAgain
from chalicelib.services.revealing import Question
from tests.fakes.world import WITH_MAIL, World, access_token


class Lambda:
    """Calls the handler as AWS would, through JSON."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fault: str | None = None

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        self.asked.append(FunctionName)
        if self.fault:
            return {"FunctionError": self.fault, "Payload": io.BytesIO(b"{}")}
        answer = reveal(json.loads(Payload), None)
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def function(monkeypatch):
    found = Lambda()
    monkeypatch.setattr(aws, "client", lambda name: {"lambda": found}[name])
    return found


def test_the_answer_and_each_refusal_come_through(function):
    with World().running() as world:
        filed = world.filed(WITH_MAIL)
        number = filed["number"]
        ask = RevealFunction()
        assert ask(Question(number, filed["token"]))["email"] == "warga@example.org"
        with pytest.raises(TokenInvalid):
            ask(Question(number, "lrt_another"))
        with pytest.raises(NotFound):
            ask(Question(number, access_token("petugas.dishub"), "visit", "x"))
        with pytest.raises(ActionRefused) as refused:
            ask(Question(number, access_token("operator"), "confirm_by_phone", "x"))
        assert (refused.value.kind, refused.value.code) == ("conflict", "not_needed_now")
        assert set(function.asked) == {"live-room-local-reveal"}


def test_a_function_that_fails_may_be_asked_again(function):
    function.fault = "Unhandled"
    with pytest.raises(TryAgain):
        RevealFunction()(Question("TL-7K3QX9MW", "x"))
