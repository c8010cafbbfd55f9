"""The app and its functions over DynamoDB, SQS and SES as moto plays them, under the meter.

Streams and queues are passed on by hand, so that every function's calls are counted by themselves.
Step Functions is played in memory: its transitions follow from the timeline alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import boto3
from chalice.local import LambdaContext
from moto import mock_aws

from bench.meter import Meter, Metered
from chalicelib import bootstrap
from infra.streams import wakes
from tests.fakes.engine import MemoryBlobs, MemoryExecutions, SetClock
from tests.fakes.world import World

QUEUES = (
    "wake",
    "arm",
    "send",
    "receipts",
    "replan",
    "crowd",
    "refer",
    "hook",
    "media",
    "announce",
    "document",
    "accept",
)
REGION = "ap-southeast-3"
#: Queue → the function that reads it.
READERS = {
    "wake": "fire",
    "receipts": "delivery_events",
    **{name: name for name in ("arm", "send", "crowd", "announce", "hook", "refer", "replan")},
}
#: Messages that a function takes at once, where its queue gathers them for a moment first.
GATHERED = {"arm": 10, "send": 10, "announce": 10, "receipts": 10}


@contextmanager
def _environment_kept() -> Iterator[None]:
    """Put the environment back: whoever runs next in this process has settings of their own."""
    kept = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


class City(World):
    """A whole stage under the meter."""

    def __init__(self, start: str) -> None:
        super().__init__(start)
        self.meter = Meter()
        self.executions = MemoryExecutions()
        #: Function or route → how often it ran, and what its calls came to.
        self.ran: dict[str, list[Metered]] = {}
        self.clock = SetClock(datetime.fromisoformat(start))
        self.blobs = MemoryBlobs()

    @contextmanager
    def open(self) -> Iterator[City]:
        """Play AWS until the end."""
        from chalicelib.adapters import aws

        aws.client.cache_clear()
        aws._session.cache_clear()
        names = {f"{name.upper()}_QUEUE_URL": name for name in QUEUES}
        with _environment_kept():
            yield from self._opened(names)
        aws.client.cache_clear()
        aws._session.cache_clear()

    def _opened(self, names: dict[str, str]) -> Iterator[City]:
        os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
        os.environ |= {"OIDC_ISSUER": "https://issuer.test", "OIDC_AUDIENCE": "live-room-bench"}
        os.environ |= {
            f"OIDC_{name}_URL": f"https://issuer.test/{name}"
            for name in ("AUTHORIZE", "TOKEN", "LOGOUT")
        }
        os.environ |= {"MAIL_FROM": "lapor@live-room.test", "PUBLIC_URL": "https://lapor.test"}
        with mock_aws(), self.running():
            sqs = boto3.client("sqs", region_name=REGION)
            for variable, name in names.items():
                made = sqs.create_queue(QueueName=f"live-room-local-{name}")
                os.environ[variable] = made["QueueUrl"]
            boto3.client("ses", region_name=REGION).verify_domain_identity(Domain="live-room.test")
            boto3.client("sesv2", region_name=REGION).create_email_identity(
                EmailIdentity="live-room.test"
            )
            self._tables()
            catalogue, verifier = bootstrap.catalogue(), bootstrap.verifier()
            with (
                bootstrap.override(
                    clock=self.clock,
                    catalogue=catalogue,
                    verifier=verifier,
                    executions=self.executions,
                    blobs=self.blobs,
                    prints=self.prints,
                    accounts=self.accounts,
                    register=self.register,
                    clients=self.clients,
                ),
                self.meter.running(),
            ):
                yield self

    @staticmethod
    def _tables() -> None:
        from chalicelib.adapters import tables

        for row in (
            tables.ReportRow,
            tables.ViewRow,
            tables.IdentityRow,
            tables.ReferenceRow,
            tables.FollowerRow,
            tables.AccountRow,
            tables.PhotoRow,
            tables.BookRow,
        ):
            row._connection = None
            row.create_table(wait=True)

    # -- running what the app and AWS would --

    def measured(self, name: str, *request: Any, **how: Any) -> Any:
        """Call the app, and keep what it cost under *name*."""
        self.meter.take()
        answer = self.call(*request, **how)
        self.ran.setdefault(name, []).append(self.meter.take())
        return answer

    def settle(self) -> None:
        """Pass on streams and queues until nothing moves: what happens within some seconds.

        Views are brought up to all of it in one go, as the function's batching window has it.
        """
        while self.meter.stream or self.meter.queued:
            written: list[Any] = []
            while self.meter.stream or self.meter.queued:
                records, self.meter.stream = self.meter.stream, []
                queued, self.meter.queued = self.meter.queued, []
                self._stream("dispatch", records)
                written += records
                self._read(queued)
            self._stream("project", written)

    def _stream(self, function: str, records: list[Any]) -> None:
        wanted = [_record(one) for one in records if wakes(function, one)]
        for start in range(0, len(wanted), 100):
            self._invoke(function, {"Records": wanted[start : start + 100]})

    def _read(self, queued: list[tuple[str, str]]) -> None:
        """Give every message to its function, several at once where they are gathered."""
        for queue in dict.fromkeys(name for name, _ in queued):
            bodies = [_message(body) for name, body in queued if name == queue]
            most = GATHERED.get(queue, 1)
            for start in range(0, len(bodies), most):
                if queue in READERS:
                    self._invoke(READERS[queue], {"Records": bodies[start : start + most]})

    def pass_until(self, until: str) -> None:
        """Let time pass, from one wake-up to the next."""
        end = datetime.fromisoformat(until)
        self.settle()
        while self.clock.at < end:
            moments = [self.executions.next_at(), end]
            # A message that was bundled or put off is found by the sweeper at its time.
            self.clock.at = max(min(one for one in moments if one), self.clock.at)
            for body in self.executions.due(self.clock.at):
                self._invoke("fire", {"Records": [_message(json.dumps(dict(body)))]})
            self.settle()

    def sweep(self) -> None:
        """One minute's sweep."""
        self._invoke("sweep", {"source": "aws.events", "time": "", "region": "", "account": "",
                               "detail-type": "", "detail": {}, "version": "", "id": "",
                               "resources": []})  # fmt: skip

    def _invoke(self, name: str, event: Mapping[str, Any]) -> None:
        import importlib

        handler = importlib.import_module("app").app.handler_map[name]
        self.meter.take()
        handler(dict(event), LambdaContext(name, 512))
        self.ran.setdefault(name, []).append(self.meter.take())

    def total(self) -> Metered:
        """Return the sum of everything since the last time, and forget it."""
        total = Metered()
        for one in [m for many in self.ran.values() for m in many]:
            total.calls.update(one.calls)
            total.written += one.written
            total.read += one.read
            total.items += one.items
            total.keys.update(one.keys)
        self.ran.clear()
        return total

    def later(self, **by: int) -> str:
        """Return the city's time so much later, as text."""
        return (self.clock.at + timedelta(**by)).isoformat()


def _message(body: str) -> dict[str, Any]:
    return {"messageId": "1", "body": body, "attributes": {"ApproximateReceiveCount": "1"}}


def _record(change: Mapping[str, Any]) -> dict[str, Any]:
    return {"eventID": "1", "awsRegion": REGION, "eventSourceARN": "", **change}
