"""The DynamoDB tables as PynamoDB models; their key formats are in `keys`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pynamodb.attributes import (
    BinaryAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib import config


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
    packed = BinaryAttribute(null=True, legacy_encoding=False)
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
    trace = UnicodeAttribute(null=True)
    lease = UnicodeAttribute(null=True)
    facts = UnicodeAttribute(null=True)
    members = UnicodeSetAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    retain_until = UnicodeAttribute(null=True)
    due: ClassVar[DueIndex] = DueIndex()
    queue: ClassVar[QueueIndex] = QueueIndex()


class MailIndex(GlobalSecondaryIndex[Any]):
    """Reports by the keyed mark of the mail address left with them: for the sender alone."""

    class Meta:
        """Index settings."""

        index_name = "mail"
        projection = KeysOnlyProjection()

    mail_mark = UnicodeAttribute(hash_key=True)
    since = UnicodeAttribute(range_key=True)
    pk = UnicodeAttribute()


class SmsIndex(GlobalSecondaryIndex[Any]):
    """The same by telephone number."""

    class Meta:
        """Index settings."""

        index_name = "sms"
        projection = KeysOnlyProjection()

    sms_mark = UnicodeAttribute(hash_key=True)
    since = UnicodeAttribute(range_key=True)
    pk = UnicodeAttribute()


class IdentityRow(Model):
    """Who reported. No other table, log or message carries any of it.

    The marks are overwritten with the contact: corrected, taken back or erased in one write.
    """

    class Meta(_Meta):
        """Table settings."""

        table_name = config.resource("identity")

    pk = UnicodeAttribute(hash_key=True)
    body = UnicodeAttribute()
    mail_mark = UnicodeAttribute(null=True)
    sms_mark = UnicodeAttribute(null=True)
    since = UnicodeAttribute(null=True)
    mail: ClassVar[MailIndex] = MailIndex()
    sms: ClassVar[SmsIndex] = SmsIndex()


class FollowerRow(Model):
    """An address that follows a topic, or asked to. No other table, log or view has it."""

    class Meta(_Meta):
        """Table settings."""

        table_name = config.resource("followers")

    topic = UnicodeAttribute(hash_key=True)
    follower = UnicodeAttribute(range_key=True)
    status = UnicodeAttribute(null=True)
    body = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)


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
    seq = NumberAttribute(null=True)
    #: Of calls, supports and uses, each in a row of its own; hides the model's own `count`.
    count = NumberAttribute(null=True)
    body = UnicodeAttribute(null=True)
    feed_key = UnicodeAttribute(null=True)
    feed_sort = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    feed: ClassVar[FeedIndex] = FeedIndex()


class TallyRow(Model):
    """A row of counters in the views table: every number in it by the name of its column."""

    class Meta(_Meta):
        """Table settings."""

        table_name = config.resource("views")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    numbers: Mapping[str, int]

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> TallyRow:
        """Return the row with whatever columns it has."""
        row = super().from_raw_data(data)
        row.numbers = {name: int(value["N"]) for name, value in data.items() if "N" in value}
        return row


class AccountRow(Model):
    """A session of the web pages, or the standing of an account."""

    class Meta(_Meta):
        """Table settings."""

        table_name = config.resource("accounts")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute()
    expires_at = NumberAttribute(null=True)


class PhotoRow(Model):
    """A picture on file under one band of its fingerprint."""

    class Meta(_Meta):
        """Table settings."""

        table_name = config.resource("photos")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute()


class ReferenceRow(Model):
    """A version of a document, a line of a list, or an audit record (formats in `keys`)."""

    class Meta(_Meta):
        """Table settings."""

        table_name = config.resource("reference")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute()
    digest = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)


class BookRow(Model):
    """A closed day, a part of one, or a public key; nothing here is ever changed."""

    class Meta(_Meta):
        """Table settings."""

        table_name = config.resource("books")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute()
