"""Plays Lambda's event sources: queues, the reports table's stream and schedules.

What there is to serve is read off the Chalice app itself, so that a new handler needs nothing
here. The rules are Lambda's: a batch that returns is deleted, except the records it names in
``batchItemFailures``; a batch that raises comes back after its visibility timeout and ends in the
dead-letter queue; the stream keeps its order, is tried a bounded number of times and then gives
the record up to the on-failure queue.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from chalice.app import (
    Chalice,
    DynamoDBEventConfig,
    ScheduledEventConfig,
    SQSEventConfig,
)
from chalice.local import LambdaContext

from chalicelib.adapters.clock import Clock
from infra.local.stack import Aws

log = logging.getLogger("live_room.pump")

QUEUE_WORKERS = 3
QUEUE_POLL_SECONDS = 1
STREAM_POLL_SECONDS = 0.1
STREAM_TRIES = 5
HANDLER_SECONDS = 60
QUIET_SECONDS = 0.4
UNIT_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}

Json = dict[str, Any]


class Source:
    """One event source: a thread (or several) that calls one handler until told to stop."""

    workers = 1

    def __init__(self, name: str, handler: Callable[[Json, Any], Any]) -> None:
        self.name = name
        self._handler = handler
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._running = 0
        self._count = threading.Lock()
        self._last_work = time.monotonic()

    def start(self) -> None:
        self._threads = [
            threading.Thread(target=self._loop, name=f"pump-{self.name}-{number}", daemon=True)
            for number in range(self.workers)
        ]
        for thread in self._threads:
            thread.start()

    def ask_to_stop(self) -> None:
        self._stop.set()

    def join(self, deadline: float) -> None:
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def quiet(self) -> bool:
        """Whether nothing is running and nothing has arrived for a moment."""
        return not self._running and time.monotonic() - self._last_work > QUIET_SECONDS

    def turn(self) -> None:
        """Take and handle what there is; wait a little when there is nothing."""
        raise NotImplementedError

    def _loop(self) -> None:
        pause = 0.1
        while not self._stop.is_set():
            try:
                self.turn()
                pause = 0.1
            # A broken connection or table must not end the loop: Lambda's poller goes on too.
            except (BotoCoreError, ClientError) as error:
                if self._stop.is_set():
                    return
                log.warning("%s: %s", self.name, error)
                self._stop.wait(pause)
                pause = min(5.0, pause * 2)

    def invoke(self, event: Json) -> Any:
        context = LambdaContext(self.name, 512, max_runtime_ms=HANDLER_SECONDS * 1000)
        with self._working():
            return self._handler(event, context)

    @contextlib.contextmanager
    def _working(self) -> Iterator[None]:
        with self._count:
            self._running += 1
        try:
            yield
        finally:
            self._last_work = time.monotonic()
            with self._count:
                self._running -= 1


class QueueSource(Source):
    """A queue, read by a few workers at once."""

    def __init__(self, config: SQSEventConfig, handler: Callable[..., Any], aws: Aws) -> None:
        name = config.queue or str(config.queue_arn).rsplit(":", 1)[-1]
        super().__init__(config.name, handler)
        self.workers = min(QUEUE_WORKERS, config.maximum_concurrency or QUEUE_WORKERS)
        self._batch_size = min(10, config.batch_size or 1)
        self._region = aws.region
        self._sqs = aws.client("sqs")
        self._url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=self._url, AttributeNames=["QueueArn"]
        )["Attributes"]
        self._arn = attributes["QueueArn"]

    def turn(self) -> None:
        messages = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=self._batch_size,
            WaitTimeSeconds=QUEUE_POLL_SECONDS,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages")
        if messages:
            self._handle(messages)

    def _handle(self, messages: list[Json]) -> None:
        try:
            answer = self.invoke({"Records": [self._record(message) for message in messages]})
        # Lambda does the same with whatever a function raises: the batch comes back later.
        except Exception:
            log.exception("%s failed; its messages come back", self.name)
            return
        failed = failed_items(answer)
        for message in messages:
            if message["MessageId"] not in failed:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])

    def _record(self, message: Json) -> Json:
        attributes = {
            name: {
                "stringValue": value.get("StringValue"),
                "binaryValue": value.get("BinaryValue"),
                "dataType": value["DataType"],
            }
            for name, value in message.get("MessageAttributes", {}).items()
        }
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": attributes,
            "md5OfBody": message.get("MD5OfBody", ""),
            "eventSource": "aws:sqs",
            "eventSourceARN": self._arn,
            "awsRegion": self._region,
        }


class StreamSource(Source):
    """A table's stream, in order, from where the last run ended or else from its beginning."""

    def __init__(
        self,
        config: DynamoDBEventConfig,
        handler: Callable[..., Any],
        aws: Aws,
        checkpoint: Path,
        dead_letters: str | None,
    ) -> None:
        super().__init__(config.name, handler)
        self._arn = config.stream_arn
        self._batch_size = config.batch_size or 100
        self._streams = aws.client("dynamodbstreams")
        self._sqs = aws.client("sqs")
        self._checkpoint = checkpoint
        self._dead_letters = dead_letters
        self._iterators: dict[str, str] = {}

    def turn(self) -> None:
        if not self._iterators:
            self._iterators = {shard: self._open(shard) for shard in self._shards()}
        took = [self._read(shard) for shard in list(self._iterators)]
        if not any(took):
            self._stop.wait(STREAM_POLL_SECONDS)

    def _shards(self) -> list[str]:
        found = self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"]
        return [shard["ShardId"] for shard in found["Shards"]]

    def _open(self, shard: str) -> str:
        """An iterator after the checkpoint; from the start when that record is gone."""
        place = {"StreamArn": self._arn, "ShardId": shard}
        last = self._checkpoints().get(f"{self.name} {shard}")
        if last:
            with contextlib.suppress(ClientError):
                return self._iterator(
                    **place, ShardIteratorType="AFTER_SEQUENCE_NUMBER", SequenceNumber=last
                )
        return self._iterator(**place, ShardIteratorType="TRIM_HORIZON")

    def _iterator(self, **place: str) -> str:
        return str(self._streams.get_shard_iterator(**place)["ShardIterator"])

    def _read(self, shard: str) -> bool:
        try:
            page = self._streams.get_records(
                ShardIterator=self._iterators[shard], Limit=self._batch_size
            )
        except ClientError:
            self._iterators.clear()  # expired or trimmed: open again from the checkpoint
            raise
        if page["Records"]:
            self._handle(shard, page["Records"])
        if self._stop.is_set():
            return False
        if following := page.get("NextShardIterator"):
            self._iterators[shard] = following
        else:
            del self._iterators[shard]
        return bool(page["Records"])

    def _handle(self, shard: str, records: list[Json]) -> None:
        """Handle *records* in order, up to the end, to a stop, or past what never works."""
        rest, tries = records, 0
        while rest and not (tries and self._stop.is_set()):
            done = self._try(rest)
            if done:
                tries = 0
            else:
                tries += 1
                if tries >= STREAM_TRIES:
                    self._give_up(rest[0])
                    done, tries = 1, 0
                else:
                    self._stop.wait(0.1 * 2**tries)
            if done:
                self._keep(shard, rest[done - 1]["dynamodb"]["SequenceNumber"])
                rest = rest[done:]

    def _try(self, records: list[Json]) -> int:
        """How many of *records*, from the first, are done with."""
        batch = [self._record(record) for record in records]
        try:
            failed = failed_items(self.invoke({"Records": batch}))
        # As Lambda: whatever a function raises, the batch is tried again, halved.
        except Exception:
            log.exception("%s failed on %d records", self.name, len(records))
            return self._try(records[: len(records) // 2]) if len(records) > 1 else 0
        for number, record in enumerate(records):
            if record["dynamodb"]["SequenceNumber"] in failed:
                return number
        return len(records)

    def _give_up(self, record: Json) -> None:
        sequence = record["dynamodb"]["SequenceNumber"]
        log.error("%s gave up on record %s", self.name, sequence)
        if self._dead_letters:
            body = {"stream": self._arn, "sequence": sequence, "keys": record["dynamodb"]["Keys"]}
            self._sqs.send_message(QueueUrl=self._dead_letters, MessageBody=json.dumps(body))

    def _record(self, record: Json) -> Json:
        change = record["dynamodb"]
        created = change.get("ApproximateCreationDateTime")
        stamp = created.timestamp() if hasattr(created, "timestamp") else time.time()
        return {
            **record,
            "eventSourceARN": self._arn,
            "dynamodb": {**change, "ApproximateCreationDateTime": stamp},
        }

    def _checkpoints(self) -> dict[str, str]:
        try:
            kept: dict[str, str] = json.loads(self._checkpoint.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return kept

    def _keep(self, shard: str, sequence: str) -> None:
        kept = self._checkpoints() | {f"{self.name} {shard}": sequence}
        replace_text(self._checkpoint, json.dumps(kept))


class ScheduleSource(Source):
    """A schedule in the system's time, but at most once in a real second."""

    def __init__(
        self, config: ScheduledEventConfig, handler: Callable[..., Any], aws: Aws, clock: Clock
    ) -> None:
        super().__init__(config.name, handler)
        self._clock = clock
        self._region = aws.region
        self._interval = max(1.0, seconds_between(config.schedule_expression) / clock.speed)

    def turn(self) -> None:
        if self._stop.wait(self._interval):
            return
        try:
            self.invoke(self._event())
        # The next run comes anyway; on AWS the error would be in the log and the metric.
        except Exception:
            log.exception("%s failed", self.name)

    def quiet(self) -> bool:
        return not self._running

    def _event(self) -> Json:
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "000000000000",
            "time": self._clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._region,
            "resources": [],
            "detail": {},
        }


class Pump:
    """All event sources of one Chalice app."""

    def __init__(
        self,
        app: Chalice,
        aws: Aws,
        clock: Clock,
        checkpoint: Path,
        dead_letters: str | None = None,
    ) -> None:
        self.sources: list[Source] = []
        for config in app.event_sources:
            handler = app.handler_map[config.name]
            if isinstance(config, SQSEventConfig):
                self.sources.append(QueueSource(config, handler, aws))
            elif isinstance(config, DynamoDBEventConfig):
                own = checkpoint.with_name(f"{checkpoint.stem}-{config.name}{checkpoint.suffix}")
                self.sources.append(StreamSource(config, handler, aws, own, dead_letters))
            elif isinstance(config, ScheduledEventConfig):
                self.sources.append(ScheduleSource(config, handler, aws, clock))
            else:
                log.warning("%s: this kind of event is not served locally", config.name)

    def start(self) -> None:
        for source in self.sources:
            source.start()

    def drain(self, seconds: float) -> bool:
        """Wait until all is quiet: MiniStack forgets the unread part of a stream when it stops.

        Schedules end first: under a fast clock they would bring new work as long as one waits.
        """
        deadline = time.monotonic() + seconds
        for source in self.sources:
            if isinstance(source, ScheduleSource):
                source.ask_to_stop()
        while time.monotonic() < deadline:
            if all(source.quiet() for source in self.sources):
                return True
            time.sleep(0.05)
        return False

    def stop(self, seconds: float = 10.0) -> None:
        """End every source after what it is doing."""
        deadline = time.monotonic() + seconds
        for source in self.sources:
            source.ask_to_stop()
        for source in self.sources:
            source.join(deadline)


def failed_items(answer: Any) -> set[str]:
    """The records that a handler's answer names as failed (partial batch response)."""
    if not isinstance(answer, dict):
        return set()
    return {item["itemIdentifier"] for item in answer.get("batchItemFailures") or []}


def seconds_between(expression: Any) -> float:
    """Seconds between two runs; a cron expression counts as once a day."""
    text = expression if isinstance(expression, str) else expression.to_string()
    found = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", text)
    if found:
        return int(found[1]) * UNIT_SECONDS[found[2]]
    return UNIT_SECONDS["day"]


def replace_text(path: Path, text: str) -> None:
    """Write a small file so that a crash leaves the old one or the new one."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text)
    fresh.replace(path)
