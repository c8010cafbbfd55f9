"""The reports table, in memory and in DynamoDB: the same guarantees, held by the same tests."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from moto import mock_aws

from chalicelib import config
from chalicelib.domain.answering import address_marks
from chalicelib.domain.deliveries import (
    ACCEPTED,
    ANSWERED,
    ARRIVED,
    BACKOFF,
    FAILED,
    HARD,
    LEASE,
    SENDING,
    SENT,
    SOFT,
    Delivery,
    Fact,
    learned,
)
from chalicelib.domain.events import Draft, verify_chain
from chalicelib.services.composing import Composer
from chalicelib.services.filing import Filing
from chalicelib.services.ports import (
    AlreadyExists,
    Change,
    Conflict,
    Contact,
    Mark,
    SlotTaken,
)
from tests.fakes.engine import SECRET, Engine
from tests.fakes.store import MemoryReportStore

START = "2027-04-05T10:00:00+07:00"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TOKEN_SECRET", SECRET.decode())
    config.token_secret.cache_clear()
    config.forget_secrets()
    yield
    config.token_secret.cache_clear()
    config.forget_secrets()


@pytest.fixture(params=["memory", "dynamo"])
def store(request: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryReportStore()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        from chalicelib.adapters.report_store import DynamoIdentityStore, DynamoReportStore
        from chalicelib.adapters.tables import IdentityRow, ReportRow

        for table in (ReportRow, IdentityRow):
            table._connection = None
            table.create_table(wait=True)
        found = DynamoReportStore()
        found.contact = DynamoIdentityStore().contact  # type: ignore[attr-defined]
        found.carrying = DynamoIdentityStore().carrying  # type: ignore[attr-defined]
        yield found
        for table in (ReportRow, IdentityRow):
            table._connection = None


class Changes:
    """Real changes of the product, as its composer makes them."""

    def __init__(self) -> None:
        self.engine = Engine(START)

    def filing(self, **fields: Any) -> Change:
        """The change that files a report (caught on its way to the store)."""
        caught: list[Change] = []
        store = self.engine.store
        original, store.save = store.save, caught.append  # type: ignore[method-assign]
        values: dict[str, Any] = {
            "kelurahan": "Sukasari",
            "description": "Lubang besar",
            "contact": Contact(name="Budi", email="budi@example.org"),
        } | fields
        self.engine.file(Filing(category="INF-01", **values))
        store.save = original  # type: ignore[method-assign]
        return caught[0]

    def firing(self, stored: Any) -> Change:
        """The change that fires what is due on *stored*."""
        counter = itertools.count(100)
        composer = Composer(
            stored,
            number=stored.report.number,
            now=self.engine.clock.at,
            planner=self.engine.planner,
            salts=lambda: f"{next(counter):032x}",
        )
        self.engine.fire._fire_all(composer)
        return composer.change()


@pytest.fixture
def changes() -> Changes:
    return Changes()


def test_what_was_saved_is_loaded_with_its_whole_record(store: Any, changes: Changes) -> None:
    change = changes.filing()
    store.save(change)
    stored = store.load(change.report.number)
    assert stored.report == change.report
    assert stored.events == tuple(change.events)
    assert (stored.version, stored.epoch, stored.armed_epoch) == (1, 1, 0)
    assert verify_chain(stored.events) == stored.report.last_hash
    assert store.load("TL-7K3QX9MW") is None


def test_the_texts_of_many_reports_are_read_at_once(store: Any, changes: Changes) -> None:
    saved = [changes.filing() for _ in range(3)]
    for change in saved:
        store.save(change)
    numbers = [change.report.number for change in saved]
    texts = {change.report.number: dict(change.events[0].texts) for change in saved}
    assert "description" in texts[numbers[0]]
    assert store.first_texts([*numbers, numbers[0], "TL-7K3QX9MW"]) == texts
    assert store.first_texts([]) == {}


def test_who_reported_is_written_with_the_report_and_nowhere_in_it(
    store: Any, changes: Changes
) -> None:
    change = changes.filing()
    store.save(change)
    number = change.report.number
    assert store.contact(number) == Contact(name="Budi", email="budi@example.org")
    everything = repr(store.load(number)) + repr(store.deliveries(number))
    assert "budi" not in everything.lower()
    anonymous = changes.filing(contact=Contact())
    store.save(anonymous)
    assert store.contact(anonymous.report.number) is None


def test_a_taken_number_refuses_the_whole_change(store: Any, changes: Changes) -> None:
    change = changes.filing()
    store.save(change)
    other = replace(change, identity=Contact(email="somebody.else@example.org"), deliveries=())
    with pytest.raises(AlreadyExists):
        store.save(other)
    assert store.contact(change.report.number).email == "budi@example.org"
    assert store.load(change.report.number).version == 1


def test_a_stale_version_refuses_the_whole_change(store: Any, changes: Changes) -> None:
    change = changes.filing()
    store.save(change)
    stored = store.load(change.report.number)
    firing = changes.firing(stored)
    store.save(firing)
    before = store.deliveries(change.report.number)
    with pytest.raises(Conflict):
        store.save(firing)
    assert store.load(change.report.number).version == 2
    assert store.deliveries(change.report.number) == before


def test_a_step_that_has_fired_refuses_the_change_even_at_the_right_version(
    store: Any, changes: Changes
) -> None:
    change = changes.filing()
    store.save(change)
    stored = store.load(change.report.number)
    store.save(changes.firing(stored))
    again = replace(changes.firing(stored), expected_version=2, events=(), deliveries=())
    assert again.fired == ("1#V0#0",)
    with pytest.raises(Conflict):
        store.save(again)


def test_the_due_index_is_read_oldest_first_to_its_end(store: Any, changes: Changes) -> None:
    numbers = []
    for _ in range(40):
        changes.engine.clock.at += timedelta(minutes=1)
        change = changes.filing(contact=Contact(), description="x" * 3000)
        store.save(change)
        numbers.append(change.report.number)
    rows = list(store.due(changes.engine.clock.at))
    assert [row.number for row in rows] == numbers
    assert {(row.kind, row.epoch, row.armed_epoch) for row in rows} == {("report", 1, 0)}
    early = changes.engine.clock.at - timedelta(minutes=30)
    assert [row.number for row in store.due(early)] == numbers[:10]


def test_an_epoch_is_marked_armed_only_while_it_is_current(store: Any, changes: Changes) -> None:
    change = changes.filing(contact=Contact())
    store.save(change)
    number = change.report.number
    later = changes.engine.clock.at + timedelta(hours=3)
    assert store.mark_armed(number, 2, later) is False
    assert store.mark_armed(number, 1, later) is True
    stored = store.load(number)
    assert (stored.armed_epoch, stored.version) == (1, 2)
    assert [row.due_at for row in store.due(later)] == [later]
    with pytest.raises(Conflict):
        store.save(replace(changes.firing(stored), expected_version=1))
    assert store.mark_armed(number, 1, later, later=True) is True
    assert store.load(number).armed_epoch == -1
    assert [(row.due_at, row.epoch, row.armed_epoch) for row in store.due(later)] == [
        (later, 1, -1)
    ]
    assert store.mark_armed(number, 1, None) is True
    assert list(store.due(later)) == []


def test_a_message_is_claimed_once_and_again_only_after_the_lease(
    store: Any, changes: Changes
) -> None:
    change = changes.filing()
    store.save(change)
    number, id = change.report.number, change.deliveries[0].id
    now = changes.engine.clock.at
    first = store.claim(number, id, now, LEASE)
    assert (first.status, first.attempts, first.lease) == (SENDING, 1, now + LEASE)
    assert first.due_at == now  # its place among what is due costs two writes to move
    assert store.claim(number, id, now + timedelta(seconds=119), LEASE) is None
    second = store.claim(number, id, now + LEASE, LEASE)
    assert second.attempts == 2
    assert store.settle(learned(first, Fact(HARD, 1, now))) is False
    assert store.delivery(number, id).status == SENDING
    accepted = learned(second, Fact(ACCEPTED, 2, now))
    assert store.settle(replace(accepted, provider_id="id-1", template_version=1)) is True
    sent = store.delivery(number, id)
    assert (sent.status, sent.provider_id, sent.sent_at) == (SENT, "id-1", now)
    assert (sent.due_at, sent.template_version, sent.attempts) == (None, 1, 2)
    assert store.claim(number, id, now + timedelta(days=1), LEASE) is None
    assert _messages(store, now + timedelta(days=9)) == []


def test_what_is_learned_meanwhile_is_never_overwritten(store: Any, changes: Changes) -> None:
    change = changes.filing()
    store.save(change)
    number, id = change.report.number, change.deliveries[0].id
    now = changes.engine.clock.at
    claimed = store.claim(number, id, now, LEASE)
    assert store.settle(learned(claimed, Fact(ARRIVED, 1, now))) is True
    assert store.settle(learned(claimed, Fact(ACCEPTED, 1, now))) is False
    again = store.delivery(number, id)
    assert store.settle(learned(again, Fact(ACCEPTED, 1, now))) is True
    after = store.delivery(number, id)
    assert (after.status, after.due_at, sorted(after.facts)) == (
        "delivered",
        None,
        ["1:accepted", "1:arrived"],
    )
    assert _messages(store, now + timedelta(days=9)) == []


def test_a_message_that_failed_stays_due_until_it_is_answered_for(
    store: Any, changes: Changes
) -> None:
    change = changes.filing()
    store.save(change)
    number, id = change.report.number, change.deliveries[0].id
    now = changes.engine.clock.at
    store.settle(learned(store.claim(number, id, now, LEASE), Fact(HARD, 1, now, "bounce")))
    assert _messages(store, now) == [("failed", id)]
    failed = store.delivery(number, id)
    assert (failed.status, failed.error, failed.needs_answer) == (FAILED, "bounce", True)
    store.settle(learned(failed, Fact(ANSWERED, 0, now)))
    assert _messages(store, now + timedelta(days=9)) == []


def test_a_message_of_no_report_is_planned_once(store: Any, changes: Changes) -> None:
    now = changes.engine.clock.at
    digest = _to_office("digest#2027-04-05#morning#kadis.pupr#mail", now)
    assert store.put_message_once(digest) is True
    assert store.put_message_once(replace(digest, title="another")) is False
    assert _messages(store, now) == [("message", digest.id)]
    assert store.load(digest.number) is None
    claimed = store.claim(digest.number, digest.id, now, LEASE)
    assert (claimed.template, claimed.title) == ("digest", "Kepala Dinas")


def test_a_providers_id_leads_to_the_message_and_its_attempt(store: Any, changes: Changes) -> None:
    change = changes.filing()
    store.save(change)
    message = change.deliveries[0]
    now = changes.engine.clock.at
    claimed = store.claim(message.number, message.id, now, LEASE)
    store.remember_sent("sns-1", claimed, now + timedelta(days=14))
    assert store.sent_as("sns-1") == (message.number, message.id, 1)
    assert store.sent_as("sns-2") is None


def test_a_contact_is_marked_for_one_channel(store: Any, changes: Changes) -> None:
    mark = Mark("0123abcd", "bounce Permanent/General", changes.engine.clock.at)
    store.mark_contact("petugas.pupr", "mail", mark)
    assert store.contact_mark("petugas.pupr", "mail") == mark
    assert store.contact_mark("petugas.pupr", "sms") is None
    assert store.contact_mark("kadis.pupr", "mail") is None


def test_a_few_messages_in_a_window_are_free_and_the_rest_wait_for_its_end(
    store: Any, changes: Changes
) -> None:
    now, window = changes.engine.clock.at, timedelta(minutes=5)

    def pace(minutes: float) -> Any:
        at = now + timedelta(minutes=minutes)
        return store.pace("petugas.pupr", "mail", at, window, 3)

    assert [pace(0), pace(1), pace(2)] == [None, None, None]
    assert [pace(3), pace(4.9)] == [now + window, now + window]
    assert store.pace("petugas.pupr", "sms", now, window, 3) is None
    assert store.pace("kadis.pupr", "mail", now, window, 3) is None
    assert pace(5) is None
    store.use_up_pace("petugas.pupr", "mail", now + timedelta(minutes=6), 3)
    assert pace(7) == now + timedelta(minutes=11)
    assert pace(11) is None


def test_a_bundle_takes_members_until_it_is_claimed_or_full(store: Any, changes: Changes) -> None:
    now = changes.engine.clock.at
    end = now + timedelta(minutes=5)
    bundle = replace(_to_office("bundle#x#0#kadis.pupr#mail", now), template="bundle", due_at=end)
    assert store.members(bundle.number, bundle.id) == ()
    assert [store.join(bundle, name, 3) for name in ("b", "a", "b")] == [True, True, True]
    assert store.members(bundle.number, bundle.id) == ("a", "b")
    assert store.claim(bundle.number, bundle.id, now, LEASE) is None
    assert [store.join(bundle, name, 3) for name in ("c", "d")] == [True, False]
    assert _messages(store, end) == [("message", bundle.id)]
    assert store.claim(bundle.number, bundle.id, end, LEASE).attempts == 1
    assert store.join(bundle, "e", 99) is False
    assert store.members(bundle.number, bundle.id) == ("a", "b", "c")


def _to_office(id: str, now: Any) -> Delivery:
    return Delivery(
        number="TO-kadis.pupr",
        id=id,
        recipient="kadis.pupr",
        channel="mail",
        template="digest",
        language="id",
        created_at=now,
        title="Kepala Dinas",
        address="kadis@tangerang.example",
    )


def _messages(store: Any, until: Any) -> list[tuple[str, str]]:
    """The rows about messages that are due, by kind and id (two are planned at every filing)."""
    return [
        (row.kind, row.id)
        for row in store.due(until)
        if row.kind != "report" and not row.id.startswith("step#")
    ]


def test_a_message_to_be_tried_again_waits_for_its_time(store: Any, changes: Changes) -> None:
    change = changes.filing()
    store.save(change)
    number, id = change.report.number, change.deliveries[0].id
    now = changes.engine.clock.at
    claimed = store.claim(number, id, now, LEASE)
    again = now + timedelta(minutes=5)
    store.settle(learned(claimed, Fact(SOFT, 1, again - BACKOFF[1], "Throttling")))
    assert store.claim(number, id, again - timedelta(seconds=1), LEASE) is None
    assert [row.id for row in store.due(again) if row.kind == "message"] == [id]
    assert store.claim(number, id, again, LEASE).attempts == 2
    assert store.claim("TL-7K3QX9MW", id, again, LEASE) is None


def everything(row: Any) -> bool:
    return True


def test_a_work_list_pages_by_deadline_without_loss_or_repetition(
    store: Any, changes: Changes
) -> None:
    numbers = []
    for _ in range(11):
        changes.engine.clock.at += timedelta(days=1)
        change = changes.filing(contact=Contact())
        store.save(change)
        numbers.append(change.report.number)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = store.queue("LIVEROOM", 4, cursor, everything)
        seen += [row["number"] for row in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(numbers)
    assert len(seen) == 11
    assert store.queue("PUPR", 4, None, everything).items == ()


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_a_narrowed_work_list_has_full_pages_to_the_last(
    store: Any, changes: Changes, limit: int
) -> None:
    numbers = []
    for _ in range(9):
        changes.engine.clock.at += timedelta(days=1)
        change = changes.filing(contact=Contact())
        store.save(change)
        numbers.append(change.report.number)
    wanted = set(numbers[::3])
    pages: list[list[str]] = []
    cursor: str | None = None
    while True:
        page = store.queue("LIVEROOM", limit, cursor, lambda row: row["number"] in wanted)
        pages.append([row["number"] for row in page.items])
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(number for page in pages for number in page) == sorted(wanted)
    assert all(len(page) == limit for page in pages[:-1]) and pages[-1]


def test_what_a_resident_filed_signed_in_is_listed_and_told_apart(
    store: Any, changes: Changes
) -> None:
    numbers = []
    owners = ["a" * 32, "b" * 32, "a" * 32, "", "a" * 32]
    for owner in owners:
        changes.engine.clock.at += timedelta(minutes=1)
        change = replace(changes.filing(contact=Contact()), owner=owner)
        store.save(change)
        numbers.append(change.report.number)
    assert [store.owner(number) for number in numbers] == [
        "a" * 32,
        "b" * 32,
        "a" * 32,
        "",
        "a" * 32,
    ]
    first = store.owned("a" * 32, 2, None)
    rest = store.owned("a" * 32, 2, first.cursor)
    listed = [row["number"] for page in (first, rest) for row in page.items]
    assert (listed, rest.cursor) == ([numbers[4], numbers[2], numbers[0]], None)
    assert store.load(numbers[0]).report.number == numbers[0]
    assert sorted(store.numbers()) == sorted(numbers)


def test_every_report_can_be_walked(store: Any, changes: Changes) -> None:
    numbers = []
    for _ in range(3):
        change = changes.filing(contact=Contact())
        store.save(change)
        numbers.append(change.report.number)
    assert sorted(store.numbers()) == sorted(numbers)


def test_filing_costs_one_transaction_and_no_other_call_once_the_catalogue_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from botocore.client import BaseClient

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        from chalicelib.adapters.report_store import DynamoReportStore
        from chalicelib.adapters.tables import IdentityRow, ReportRow

        for table in (ReportRow, IdentityRow):
            table._connection = None
            table.create_table(wait=True)
        engine = Engine(START)
        file = replace(engine.file, store=DynamoReportStore())
        filing = Filing(category="INF-01", kelurahan="Sukasari", contact=Contact(email="a@b.id"))
        file(filing)
        calls: list[str] = []
        original = BaseClient._make_api_call

        def counted(self: Any, operation: str, request: Any) -> Any:
            calls.append(operation)
            return original(self, operation, request)

        monkeypatch.setattr(BaseClient, "_make_api_call", counted)
        file(filing)
        for table in (ReportRow, IdentityRow):
            table._connection = None
    assert calls == ["TransactWriteItems"]


# ---------------------------------------------------------------- forgetting


def test_what_is_over_its_time_is_found_and_nothing_else(store):
    from chalicelib.domain.retention import STAGES

    changes = Changes()
    filed = changes.filing()
    store.save(filed)
    number = filed.report.number
    closed_at = changes.engine.clock.at
    closed = replace(filed.report, status="withdrawn", closed_at=closed_at)
    store.save(replace(filed, report=closed, events=(), deliveries=(), identity=None,
                       expected_version=1))  # fmt: skip
    due = closed_at + STAGES[0].after
    assert list(store.over_time(due - timedelta(seconds=1))) == []
    assert list(store.over_time(due)) == [number]
    again = replace(closed, status="reopened", closed_at=None)
    store.save(replace(filed, report=again, events=(), deliveries=(), identity=None,
                       expected_version=2))  # fmt: skip
    assert list(store.over_time(due)) == []


def test_erased_words_are_gone_and_the_chain_still_verifies(store):
    changes = Changes()
    filed = changes.filing()
    store.save(filed)
    number = filed.report.number
    gone = [replace(event, texts={}, salt="") for event in filed.events]
    store.save(replace(filed, events=(), deliveries=(), identity=Contact(), erased=gone,
                       expected_version=1))  # fmt: skip
    loaded = store.load(number)
    assert loaded.events[0].texts == {}
    assert verify_chain(loaded.events) == filed.events[-1].hash
    assert store.contact(number) == Contact()


def marks(address: str) -> tuple[str, ...]:
    return address_marks(config.link_keys(), address)


def test_reports_are_found_by_the_address_left_with_them(store: Any, changes: Changes) -> None:
    both = Contact(name="Budi", email="Budi@example.org", phone="+6281234567890")
    first = changes.filing(contact=both)
    changes.engine.clock.at += timedelta(minutes=1)
    second = changes.filing(contact=Contact(email="budi@example.org"))
    other = changes.filing(contact=Contact(email="tini@example.org"))
    for change in (first, second, other, changes.filing(contact=Contact())):
        store.save(change)
    mine = (second.report.number, first.report.number)
    assert store.carrying("mail", marks("budi@example.org"), 20) == mine
    assert store.carrying("mail", marks("budi@example.org"), 1) == mine[:1]
    assert store.carrying("sms", marks("+6281234567890"), 20) == mine[1:]
    assert store.carrying("sms", marks("budi@example.org"), 20) == ()
    assert store.carrying("mail", ("a" * 24, *marks("budi@example.org")), 20) == mine


def test_no_address_finds_an_anonymous_report(store: Any, changes: Changes) -> None:
    store.save(changes.filing(visibility="anonymous"))
    assert store.carrying("mail", marks("budi@example.org"), 20) == ()


def drill_of(changes: Changes, **fields: Any) -> Change:
    begun = {"until": "2027-04-05T05:00:00Z", "leader": "kadis.pupr"}
    return changes.filing(drill=begun, contact=Contact(), **fields)


def ended(changes: Changes, stored: Any) -> Change:
    """The change that ends a drill, with whoever was told in it on the training record."""
    changes.engine.clock.at += timedelta(minutes=5)
    counter = itertools.count(500)
    composer = Composer(
        stored,
        number=stored.report.number,
        now=changes.engine.clock.at,
        planner=changes.engine.planner,
        salts=lambda: f"{next(counter):032x}",
    )
    composer.add(Draft("drill_ended", composer.now, data={"why": "stopped"}))
    return composer.change()


def test_one_drill_holds_its_slot_until_it_ends(store: Any, changes: Changes) -> None:
    first, second = drill_of(changes), drill_of(changes)
    store.save(first)
    with pytest.raises(SlotTaken):
        store.save(second)
    assert store.load(second.report.number) is None
    with pytest.raises(AlreadyExists):
        store.save(first)
    store.save(ended(changes, store.load(first.report.number)))
    store.save(second)
    assert store.load(second.report.number).report.drill
    # What the first one still writes does not free what the second one holds.
    with pytest.raises(SlotTaken):
        store.save(drill_of(changes))


def test_drills_are_listed_newest_first_and_real_reports_are_not(
    store: Any, changes: Changes
) -> None:
    numbers = []
    for kelurahan in ("36.71.01.1007", "36.71.07.1001", "36.71.13.1001"):
        change = drill_of(changes, kelurahan=kelurahan)
        changes.engine.clock.at += timedelta(minutes=1)
        store.save(change)
        store.save(changes.filing())
        numbers.insert(0, change.report.number)
    page = store.drills(2, None)
    rest = store.drills(2, page.cursor)
    assert [row["number"] for row in (*page.items, *rest.items)] == numbers
    assert (rest.cursor, page.items[0]["over"], page.items[0]["leader"]) == (None, "", "kadis.pupr")
    store.save(ended(changes, store.load(numbers[0])))
    assert store.drills(1, None).items[0]["over"] == "stopped"


def test_whoever_was_told_in_a_drill_is_on_the_training_record_when_it_ends(
    store: Any, changes: Changes
) -> None:
    change = drill_of(changes)
    store.save(change)
    number = change.report.number
    store.save(changes.firing(store.load(number)))
    version = (change.report.sop_id, change.report.sop_version)
    assert store.trained(*version) == ()
    last = ended(changes, store.load(number))
    assert last.drill is not None and last.drill.trained
    store.save(last)
    assert [dict(row) for row in store.trained(*version)] == sorted(
        (dict(row) for row in last.drill.trained), key=lambda row: row["position"]
    )
    assert store.trained(version[0], 99) == ()
