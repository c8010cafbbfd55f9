"""Every key format of the tables, in one place.

reports     one partition per report, ``R#<number>``::

    CURRENT                                    state, versions, clock marks (one row)
    EVENT#000007                               the record, append-only
    FIRED#<cycle>#<step>#<repeat>              proof that a step has fired, put if absent
    MSG#<cause>#<recipient>#<channel>          outbox and delivery record of one message

  Messages that are about no single report (bundles, digests) hang in the same way below
  ``R#TO-<who>``, beside ``PACE#<channel>``: how many went out lately. ``SENT#<id>`` leads from
  a provider's id to the message; ``CONTACT#<who>`` / ``<channel>`` marks what does not arrive.

  ``SPENT#<channel>`` counts the messages of a costly channel by day and month.

  ``TALK#<mark>`` beside them holds the reports that one address or telephone was written to
  about, one row each under its number, for a while: a keyed mark stands for the address.

  ``CURRENT`` sorts right before ``EVENT#``, so one query loads a report with its record and
  neither its fired steps nor its messages. Two sparse indexes: ``due`` holds whatever somebody
  must look at when its time has come (sharded by a hash of the report, not of the minute, since
  everything held over a holiday falls due at the same opening); ``queue`` is the work list of
  each holder, nearest deadline first.
``MARK#<day>#<shard>`` / ``<number>`` is what a report's record was at the end of a day on which
something was written: the books of the days are closed from these.

``OWNER`` beside a report's record names the pseudonym of a resident who filed it signed in, and
``MINE#<pseudonym>`` / ``<instant>#<number>`` lists what they filed. Neither is in the record, so
that a resident's tie to their reports can be cut without touching the chain.
Drills hang beside the reports: ``DRILLS`` / ``<instant>#<number>`` lists them, ``SLOT#<what>`` /
``SLOT`` is held by the one that runs, and ``TRAINED#<sop>@<version>`` /
``<position>#<instant>#<number>`` is the training record.
identity    who reported: a table of its own from the first day, readable by two functions only;
            by the keyed mark of an address (``mail``, ``sms``) searchable by the sender alone.
views       projections without personal data.
reference   SOPs, calendars, agencies, people: documents in immutable versions, and who wrote them::

    <kind>#<id>     V#000003                   one version of one document
    LIST#<kind>     <id>                       what a list of the kind shows of it
    AUDIT#<year>    <instant>#<id>             who did what to which documents, and why
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
TALK = "TALK#"
SPENT = "SPENT#"
VERSION = "V#"
PACE = "PACE#"
#: Whose report it is, if a resident filed it signed in; sorts after the record.
OWNER = "OWNER"
SENT_AS = "SENT"
DRILLS = "DRILLS"
SLOT = "SLOT"


def report_key(number: str) -> str:
    """Partition of one report."""
    return f"{REPORT}{number}"


def owned_key(owner: str) -> str:
    """Partition of what one resident filed signed in."""
    return f"MINE#{owner}"


def slot_key(slot: str) -> str:
    """Partition of what one drill at a time may hold."""
    return f"{SLOT}#{slot}"


def trained_key(sop: str, version: int) -> str:
    """Partition of the training record of one SOP version."""
    return f"TRAINED#{sop}@{version}"


def sent_key(provider_id: str) -> str:
    """Partition of one provider's id."""
    return f"SENT#{provider_id}"


def contact_key(who: str) -> str:
    """Partition of the marks on one person's, office's or reporter's contacts."""
    return f"CONTACT#{who}"


def number_of(report_pk: str) -> str:
    """The report number that a partition key of `report_key` carries."""
    return report_pk.removeprefix(REPORT)


def event_key(seq: int) -> str:
    """Sort key of one event; six digits keep a million of them in order."""
    return f"{EVENT}{seq:06d}"


def talk_key(mark: str) -> str:
    """Partition of what was last sent to one address or telephone; the address is not in it."""
    return f"{TALK}{mark}"


def spent_key(channel: str) -> str:
    """Partition of the counters of one channel's messages, one row per day and month."""
    return f"{SPENT}{channel}"


def mark_key(day: str, shard: str) -> str:
    """Partition of one shard of the books of one day."""
    return f"MARK#{day}#{shard}"


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


def document_key(kind: str, id: str) -> str:
    """Partition of all versions of one document."""
    return f"{kind}#{id}"


def version_key(version: int) -> str:
    """Sort key of one version of a document."""
    return f"{VERSION}{version:06d}"


def version_of(version_sk: str) -> int:
    """The number that a sort key of `version_key` carries."""
    return int(version_sk.removeprefix(VERSION))


def list_key(kind: str) -> str:
    """Partition that lists the documents of a kind."""
    return f"LIST#{kind}"


def audit_key(year: str) -> str:
    """Partition of one year's administrative acts: some thousands a year at most."""
    return f"AUDIT#{year}"
