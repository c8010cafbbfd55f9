"""What is never called: anything but https to public addresses, whatever its name says."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from chalicelib.adapters import outgoing
from chalicelib.adapters.outgoing import PublicOutgoing
from chalicelib.services.ports import TryAgain
from chalicelib.services.webhooks import TargetRefused

PUBLIC = "93.184.216.34"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    known: dict[str, list[str]] = {"hook.example": [PUBLIC]}

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        if host not in known:
            raise socket.gaierror(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in known[host]]

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", resolve)
    monkeypatch.delenv("OUTGOING_LOCAL", raising=False)
    return known


@pytest.mark.parametrize(
    "url",
    [
        "http://hook.example/in",
        "ftp://hook.example/in",
        "https://user:pw@hook.example/in",
        "https://hook.example:22/in",
        "https://hook.example:99999/in",
        "https://hook.example/in#part",
        "https://hook.example/a b",
        "https:///in",
        "https://hook.example/" + "x" * 500,
        "javascript:alert(1)",
        "",
    ],
)
def test_an_address_of_another_form_is_refused(names, url):
    with pytest.raises(TargetRefused):
        PublicOutgoing().check(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
        "2002:a9fe:a9fe::1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a00:1",
        "::10.0.0.1",
        "192.88.99.1",
    ],
)
def test_a_name_that_leads_into_a_private_network_is_refused(names, address):
    names["inside.example"] = [PUBLIC, address]
    with pytest.raises(TargetRefused):
        PublicOutgoing().check("https://inside.example/in")


def test_a_public_receiver_is_called_at_the_address_that_was_checked(names, monkeypatch):
    PublicOutgoing().check("https://hook.example/in?x=1")
    called: list[Any] = []

    def connect(address: Any, timeout: Any) -> Any:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(outgoing.socket, "create_connection", connect)
    with pytest.raises(TryAgain):
        PublicOutgoing().post("https://hook.example/in", b"{}", {})
    assert called == [(PUBLIC, 443)]


def test_a_name_that_is_not_found_may_be_found_later(names):
    with pytest.raises(TryAgain):
        PublicOutgoing().check("https://nowhere.example/in")


def test_only_the_local_stage_calls_its_own_machine(names, monkeypatch):
    names["localhost"] = ["127.0.0.1"]
    monkeypatch.setenv("OUTGOING_LOCAL", "yes")
    PublicOutgoing().check("http://localhost:8123/in")
    names["inside.example"] = ["10.0.0.8"]
    with pytest.raises(TargetRefused):
        PublicOutgoing().check("http://inside.example/in")
