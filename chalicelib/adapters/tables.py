"""The DynamoDB tables and every key format, in one place.

reports     one partition per report, ``R#<number>``::

    CURRENT                                    state, versions, clock marks (one row)
    EVENT#000007                               the record, append-only
    FIRED#<cycle>#<step>#<repeat>              proof that a step has fired, put if absent
    MSG#<cause>#<recipient>#<channel>          outbox and delivery record of one message

  ``CURRENT`` sorts right before ``EVENT#``, so one query loads a report with its record and
  neither its fired steps nor its messages. Two sparse indexes: ``due`` holds whatever somebody
  must look at when its time has come (sharded by a hash of the report, not of the minute, since
  everything held over a holiday falls due at the same opening); ``queue`` is the work list of
  each holder, nearest deadline first.
identity    who reported: a table of its own from the first day, readable by two functions only.
views       projections without personal data. reference: SOPs, calendars, agencies, people.
"""

from __future__ import annotations

from typing import Any, ClassVar
from zlib import crc32

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection
from pynamodb.models import Model

from chalicelib import config

DUE_SHARDS = 16
QUEUE_SHARDS = 8
CURRENT = "CURRENT"
EVENT = "EVENT#"
#: Sorts after every event and before whatever follows them.
EVENTS_END = "EVENT#~"
FIRED = "FIRED#"
MESSAGE = "MSG#"


def report_key(number: str) -> str:
    """Partition of one report."""
    return f"R#{number}"


def number_of(report_pk: str) -> str:
    """The report number that a partition key of `report_key` carries."""
    return report_pk[2:]


def event_key(seq: int) -> str:
    """Sort key of one event; six digits keep a million of them in order."""
    return f"{EVENT}{seq:06d}"


def due_shard(number: str) -> str:
    """Partition of the due index that a report and its messages belong to."""
    return f"DUE#{crc32(number.encode()) % DUE_SHARDS:02d}"


def due_shards() -> tuple[str, ...]:
    """All partitions of the due index."""
    return tuple(f"DUE#{shard:02d}" for shard in range(DUE_SHARDS))


def queue_key(holder: str, number: str) -> str:
    """Partition of the work list of *holder* that a report belongs to."""
    return f"QUEUE#{holder}#{crc32(number.encode()) % QUEUE_SHARDS}"


def queue_keys(holder: str) -> tuple[str, ...]:
    """All partitions of one holder's work list."""
    return tuple(f"QUEUE#{holder}#{shard}" for shard in range(QUEUE_SHARDS))


class _Meta:
    region = config.region()
    billing_mode = "PAY_PER_REQUEST"
    max_retry_attempts = 3
    connect_timeout_seconds = 2
    read_timeout_seconds = 4


class DueIndex(GlobalSecondaryIndex[Any]):
    """Sparse: rows leave it when nothing is due any more."""

    class Meta:
        """Index settings."""

        index_name = "due"
        projection = IncludeProjection(["kind", "epoch", "armed_epoch"])

    due_shard = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)
    pk = UnicodeAttribute()
    sk = UnicodeAttribute()
    kind = UnicodeAttribute(null=True)
    epoch = NumberAttribute(null=True)
    armed_epoch = NumberAttribute(null=True)


class QueueIndex(GlobalSecondaryIndex[Any]):
    """Sparse: open reports only, under whoever's move it is."""

    class Meta:
        """Index settings."""

        index_name = "queue"
        projection = IncludeProjection(["summary"])

    queue_key = UnicodeAttribute(hash_key=True)
    queue_sort = UnicodeAttribute(range_key=True)
    pk = UnicodeAttribute()
    summary = UnicodeAttribute(null=True)


class ReportRow(Model):
    """Any row of the reports table; which attributes it has depends on its sort key."""

    class Meta(_Meta):
        """Table settings."""

        table_name = config.resource("reports")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute(null=True)
    body = UnicodeAttribute(null=True)
    version = NumberAttribute(null=True)
    epoch = NumberAttribute(null=True)
    armed_epoch = NumberAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    queue_key = UnicodeAttribute(null=True)
    queue_sort = UnicodeAttribute(null=True)
    summary = UnicodeAttribute(null=True)
    status = UnicodeAttribute(null=True)
    attempts = NumberAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    sent_at = UnicodeAttribute(null=True)
    error = UnicodeAttribute(null=True)
    template_version = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    due: ClassVar[DueIndex] = DueIndex()
    queue: ClassVar[QueueIndex] = QueueIndex()


class IdentityRow(Model):
    """Who reported. No other table, log or message carries any of it."""

    class Meta(_Meta):
        """Table settings."""

        table_name = config.resource("identity")

    pk = UnicodeAttribute(hash_key=True)
    body = UnicodeAttribute()


class FeedIndex(GlobalSecondaryIndex[Any]):
    """Lists of the views table, newest first within a bounded partition."""

    class Meta:
        """Index settings."""

        index_name = "feed"
        projection = IncludeProjection(["body"])

    feed_key = UnicodeAttribute(hash_key=True)
    feed_sort = UnicodeAttribute(range_key=True)
    pk = UnicodeAttribute()
    sk = UnicodeAttribute()
    body = UnicodeAttribute(null=True)


class ViewRow(Model):
    """A projection for readers, with the version of the report that it shows."""

    class Meta(_Meta):
        """Table settings."""

        table_name = config.resource("views")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    version = NumberAttribute(null=True)
    body = UnicodeAttribute(null=True)
    count = NumberAttribute(null=True)
    feed_key = UnicodeAttribute(null=True)
    feed_sort = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    feed: ClassVar[FeedIndex] = FeedIndex()


class ReferenceRow(Model):
    """A document of the reference table: ``<kind>#<id>`` and its version."""

    class Meta(_Meta):
        """Table settings."""

        table_name = config.resource("reference")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute()
    digest = UnicodeAttribute(null=True)
