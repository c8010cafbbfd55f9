"""Every key format of the tables, in one place.

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

from zlib import crc32

DUE_SHARDS = 16
QUEUE_SHARDS = 8
REPORT = "R#"
CURRENT = "CURRENT"
EVENT = "EVENT#"
#: Sorts after every event and before whatever follows them.
EVENTS_END = "EVENT#~"
FIRED = "FIRED#"
MESSAGE = "MSG#"


def report_key(number: str) -> str:
    """Partition of one report."""
    return f"{REPORT}{number}"


def number_of(report_pk: str) -> str:
    """The report number that a partition key of `report_key` carries."""
    return report_pk.removeprefix(REPORT)


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
