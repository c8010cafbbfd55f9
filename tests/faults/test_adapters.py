"""The real adapters when DynamoDB misbehaves: the fault is named, and what was written stays true.

The connection itself breaks, below every library: before the request is served, or after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, ReadTimeoutError
from moto import mock_aws
from moto.core.models import botocore_stubber
from pynamodb.exceptions import QueryError

from chalicelib.config import forget_secrets
from chalicelib.handlers.http import response_to
from chalicelib.services.ports import Change, Contact, TryAgain
from tests.contract.test_report_store import Changes

LEASE = timedelta(minutes=2)


class _Body:
    """An answer's bytes, as botocore streams them."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.data


def throttled(request: Any) -> AWSResponse:
    body = b'{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException"}'
    return AWSResponse(request.url, 400, {}, _Body(body))


def server_error(request: Any) -> AWSResponse:
    body = b'{"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError"}'
    return AWSResponse(request.url, 500, {}, _Body(body))


def timed_out(request: Any) -> AWSResponse:
    raise ReadTimeoutError(endpoint_url=request.url)


def timed_out_after_effect() -> Callable[[Any], AWSResponse]:
    served: list[Any] = []

    def fault(request: Any) -> AWSResponse:
        if not served:
            botocore_stubber.enabled = True
            served.append(botocore_stubber("before-send.dynamodb", request))
            botocore_stubber.enabled = False
        raise ReadTimeoutError(endpoint_url=request.url)

    return fault


class Line:
    """The line to DynamoDB; with a fault on it nothing else answers."""

    def __init__(self, *clients: Any) -> None:
        self._fault: Callable[[Any], AWSResponse] | None = None
        for client in clients:
            client.meta.events.register_first("before-send.dynamodb", self._send)

    def _send(self, request: Any, **_: Any) -> AWSResponse | None:
        return self._fault(request) if self._fault else None

    @contextmanager
    def broken(self, fault: Callable[[Any], AWSResponse]) -> Iterator[None]:
        self._fault, botocore_stubber.enabled = fault, False
        try:
            yield
        finally:
            self._fault, botocore_stubber.enabled = None, True


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        from chalicelib.adapters.report_store import DynamoReportStore
        from chalicelib.adapters.tables import IdentityRow, ReportRow

        for table in (ReportRow, IdentityRow):
            table._connection = None
            table.create_table(wait=True)
        found: Any = DynamoReportStore()
        connections = (found._connect(), ReportRow._get_connection().connection)
        found.line = Line(*(connection.client for connection in connections))
        yield found
        for table in (ReportRow, IdentityRow):
            table._connection = None


@pytest.fixture
def change(monkeypatch: pytest.MonkeyPatch) -> Change:
    monkeypatch.setenv("TOKEN_SECRET", "0123456789abcdef0123456789abcdef")  # marks of addresses
    forget_secrets()
    return Changes().filing(contact=Contact(email="warga@example.org"))


BEFORE = {"throttled": throttled, "5xx": server_error, "timed out": timed_out}


@pytest.mark.parametrize("fault", BEFORE.values(), ids=BEFORE.keys())
def test_a_report_that_could_not_be_written_is_asked_for_again_and_then_is_there(
    store: Any, change: Change, fault: Any
) -> None:
    with store.line.broken(fault), pytest.raises(TryAgain):
        store.save(change)
    assert store.load(change.report.number) is None
    store.save(change)
    assert store.load(change.report.number).report == change.report


def test_a_report_written_before_the_line_broke_is_found_by_whoever_asks_again(
    store: Any, change: Change
) -> None:
    with store.line.broken(timed_out_after_effect()), pytest.raises(TryAgain):
        store.save(change)
    assert store.load(change.report.number).report == change.report


@pytest.mark.parametrize("fault", BEFORE.values(), ids=BEFORE.keys())
def test_a_message_whose_claim_failed_is_nobodys_and_can_be_claimed(
    store: Any, change: Change, fault: Any
) -> None:
    store.save(change)
    message = change.deliveries[0]
    now = change.report.filed_at
    with store.line.broken(fault), pytest.raises(TryAgain):
        store.claim(message.number, message.id, now, LEASE)
    claimed = store.claim(message.number, message.id, now, LEASE)
    assert claimed is not None and claimed.attempts == 1


def test_a_claim_that_took_effect_unheard_keeps_others_off_until_its_lease_is_over(
    store: Any, change: Change
) -> None:
    store.save(change)
    message, now = change.deliveries[0], change.report.filed_at
    with store.line.broken(timed_out_after_effect()), pytest.raises(TryAgain):
        store.claim(message.number, message.id, now, LEASE)
    assert store.claim(message.number, message.id, now, LEASE) is None
    again = store.claim(message.number, message.id, now + LEASE, LEASE)
    assert again is not None and again.attempts == 2


@pytest.mark.parametrize("fault", BEFORE.values(), ids=BEFORE.keys())
def test_whoever_asks_while_nothing_can_be_read_is_told_to_try_again(
    store: Any, change: Change, fault: Any
) -> None:
    store.save(change)
    with store.line.broken(fault), pytest.raises(QueryError) as caught:
        store.load(change.report.number)
    answer = response_to(caught.value)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


def test_what_no_repeating_mends_is_a_fault_of_ours() -> None:
    refused = ClientError({"Error": {"Code": "AccessDeniedException"}}, "Query")
    assert response_to(QueryError("x", refused)).status_code == 500
