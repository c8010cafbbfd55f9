"""Putting one change together: events, what they tell people, and how the clock goes on.

Every use case that writes uses the `Composer`: it seals events onto the record, resolves who is
to be told, plans the timeline anew, and decides whether the running execution still serves
(design: Epoch). The result is one `Change`, saved in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.domain import drills, notices
from chalicelib.domain import report as report_domain
from chalicelib.domain.deliveries import REPORTER, Delivery, delivery_id
from chalicelib.domain.events import GENESIS, Draft, Event, instant, seal
from chalicelib.domain.kindness import once_each
from chalicelib.domain.notices import Notice
from chalicelib.domain.report import Report
from chalicelib.domain.roles import UNIT_ROLES, Recipient
from chalicelib.domain.schedule import MOVES, schedule
from chalicelib.domain.sop import Sop
from chalicelib.domain.timeline import Entry, Timeline, needs_new_epoch, next_due, promises
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.facts import facts_of
from chalicelib.services.ports import Change, Contact, DrillNote, Stored

#: How long the stream and the arming queue are given before the sweeper arms.
ARM_GRACE = timedelta(minutes=2)
#: So long before its first entry an execution is started by the sweeper, if none runs by then.
AHEAD = timedelta(days=1)
#: An execution whose first entry is further away than so many times `AHEAD` is not started yet.
FAR = 3
_FAR = "9999-12-31T23:59:59Z"
Salts = Callable[[], str]


def start_at(first: datetime, arm_grace: timedelta = ARM_GRACE) -> datetime:
    """Return when an execution is started at the latest that waits for *first*.

    arm_grace: the sweeper's and the queues' real time on the system's clock, which a
    demonstration stretches beyond a day.
    """
    return first - max(AHEAD, arm_grace)


def is_far(first: datetime, now: datetime, arm_grace: timedelta = ARM_GRACE) -> bool:
    """Whether *first* is so far away that an execution would only cost until then."""
    return first - now > FAR * max(AHEAD, arm_grace)


@dataclass(frozen=True)
class Planner:
    """Plans the timeline of a record under the SOP and calendars that it pins."""

    catalogue: Catalogue

    def timeline(self, events: Sequence[Event]) -> Timeline:
        """Return the timeline; raises NotInCatalogue if a pinned version is missing."""
        filed = events[0].data
        pinned: dict[str, int] = dict(filed.get("calendars", {}))
        sops: dict[tuple[str, int], Sop] = {}
        calendars = dict(self.catalogue.calendars(pinned))
        for event in events:
            if event.type == "migrated":
                key = (event.data["id"], event.data["version"])
                sops[key] = self.catalogue.sop(*key)
            elif event.type == "calendar_changed":
                name, version = event.data["calendar"], event.data["version"]
                calendars[f"{name}@{version}"] = self.catalogue.calendar(name, version)
        sop = self.catalogue.sop(filed["sop"]["id"], filed["sop"]["version"])
        return schedule(events, sop, calendars, sops)


class Composer:
    """Collects the events and messages of one decision on one report."""

    def __init__(
        self,
        stored: Stored | None,
        *,
        number: str,
        now: datetime,
        planner: Planner,
        salts: Salts,
        arm_grace: timedelta = ARM_GRACE,
    ) -> None:
        self.stored = stored
        self.number = number
        self.now = now
        self._planner = planner
        self._catalogue = planner.catalogue
        self._salts = salts
        self._arm_grace = arm_grace
        self.events: list[Event] = list(stored.events) if stored else []
        self._kept = len(self.events)
        self.report: Report | None = stored.report if stored else None
        self.before = planner.timeline(self.events) if stored else None
        self._planned: tuple[int, Timeline] | None = None
        self.fired: list[str] = []
        self.deliveries: dict[str, Delivery] = {}

    @property
    def current(self) -> Report:
        """The report after the events so far."""
        if self.report is None:
            raise ValueError("nothing has been filed yet")
        return self.report

    @property
    def added(self) -> Sequence[Event]:
        """The events of this change."""
        return self.events[self._kept :]

    def add(self, draft: Draft, *, sop: tuple[str, int] | None = None) -> Event:
        """Seal *draft* onto the record and plan the messages that it causes by itself."""
        before = self.report
        pinned = sop or (self.current.sop_id, self.current.sop_version)
        event = seal(
            draft,
            number=self.number,
            seq=len(self.events) + 1,
            previous=before.last_hash if before else GENESIS,
            sop=f"{pinned[0]}@{pinned[1]}",
            now=self.now,
            salt=self._salts(),
        )
        self.events.append(event)
        self.report = report_domain.apply(before, event)
        for notice in notices.for_event(event, before, self.current):
            self.tell(notice, f"event#{event.seq}#{notice.template}")
        if self.current.drill and self.current.closed and before and not before.closed:
            self._say_it_is_over(event)
        return event

    def _say_it_is_over(self, event: Event) -> None:
        """Whoever was told of a drill is told that it is over: nobody drives on for nothing."""
        told = [
            role
            for entry in self.timeline().entries
            if entry.key in self.current.fired
            for role in entry.to
        ]
        roles = tuple(role for role in dict.fromkeys(told) if role != notices.REPORTER_ROLE)
        over = Notice("drill_over", roles, urgent=True)
        self.tell(over, f"event#{event.seq}#{over.template}")

    def tell(
        self, notice: Notice, cause: str, *, entry: Entry | None = None
    ) -> tuple[Recipient | str, ...]:
        """Plan the messages of *notice*; return who is told (``reporter`` for the reporter)."""
        found: list[Recipient | str] = []
        for role in notice.roles:
            if role == notices.REPORTER_ROLE:
                if self._tell_reporter(notice, cause, entry):
                    found.append(REPORTER)
                continue
            for recipient in self.recipients(role, notice.agency):
                if self._tell_staff(notice, cause, recipient, entry, role):
                    found.append(recipient)
        return tuple(found)

    def recipients(self, role: str, agency: str = "") -> tuple[Recipient, ...]:
        """Return who holds *role* for this report now; nobody of the unit it is about."""
        report = self.current
        found = self._catalogue.directory().resolve(
            role,
            agency=agency or report.agency or report.holder or None,
            kelurahan=report.kelurahan or None,
            kecamatan=report.kecamatan or None,
            at=self.now,
            excluded_units=(report.about_unit,) if report.about_unit else (),
            point=self._point(),
        )
        return tuple(one for one in found if isinstance(one, Recipient))

    def _point(self) -> tuple[float, float] | None:
        """Where the report says it is, None if it does not say."""
        text = self.events[0].texts.get("point", "") if self.events else ""
        if not text:
            return None
        lat, lon = text.split(",")
        return float(lat), float(lon)

    def call_second_unit(self, entry: Entry) -> dict[str, Any]:
        """Tell the next nearest unit that has not been told; return which, and how far it is.

        Nothing where units have no posts, or the place is not known: then the step's roles are all.
        """
        report, point = self.current, self._point()
        if point is None or not report.agency:
            return {}
        told = {who for one in self.events if one.type == "fired" for who in one.data["told"]}
        for role in UNIT_ROLES:
            found, metres = self._catalogue.directory().next_unit(
                role,
                agency=report.agency,
                at=self.now,
                point=point,
                told=told,
                excluded_units=(report.about_unit,) if report.about_unit else (),
            )
            notice = Notice("step_emergency", (role,), urgent=True)
            cause = f"step#{entry.key}"
            planned = [self._tell_staff(notice, cause, one, entry, role) for one in found]
            if any(planned):
                return {"unit": found[0].position, "distance_m": metres}
        return {}

    def timeline(self) -> Timeline:
        """Return the timeline after the events so far, planned once per event that moves it."""
        moving = sum(event.type in MOVES for event in self.events)
        if self._planned is None or self._planned[0] != moving:
            self._planned = (moving, self._planner.timeline(self.events))
        return self._planned[1]

    def already_fired(self) -> frozenset[str]:
        """Keys of the steps that have fired, this change included."""
        return frozenset(self.current.fired)

    def change(self, *, identity: Contact | None = None, rearm: bool = False) -> Change:
        """Return everything to write, in one transaction."""
        after = self.timeline()
        fired = self.already_fired()
        epoch, armed = self._epoch(after, fired, rearm)
        due = next_due(after, fired)
        promise = _nearest_promise(after)
        return Change(
            report=self.current,
            events=tuple(self.added),
            expected_version=self.stored.version if self.stored else 0,
            epoch=epoch,
            armed_epoch=armed,
            sweep_at=self._sweep_at(due, epoch, armed),
            queue_sort=f"{_sortable(promise, due)}#{self.number}",
            summary=_summary(self.current, promise, due),
            fired=tuple(self.fired),
            deliveries=tuple(self.deliveries.values()),
            identity=identity,
            drill=self._drill_note() if self.current.drill else None,
        )

    def _drill_note(self) -> DrillNote:
        report = self.current
        found = drills.sheet(report, self.events, self.timeline(), self.now)
        before = self.stored.report if self.stored else None
        closes = report.closed and not (before and before.closed)
        return DrillNote(
            listed={
                **report_domain.facts(report),
                "secret": report.secret,
                "sop": report.sop_id,
                "version": report.sop_version,
                "leader": self.events[0].data["drill"]["leader"],
                "until": self.events[0].data["drill"]["until"],
                "over": found.over,
                "score": found.score,
            },
            slot=drills.slot(self.events[0].data["sop"]["id"], report.kecamatan),
            closes=closes,
            trained=drills.trained(report, found) if closes else (),
        )

    def _sweep_at(self, due: datetime | None, epoch: int, armed: int) -> datetime | None:
        """When the sweeper looks: when something is due, or should have been armed, or shall be."""
        if epoch == armed:
            return due
        if epoch == -armed and due is not None:
            return start_at(due, self._arm_grace)
        grace = self.now + self._arm_grace
        return min(due, grace) if due else grace

    def _epoch(self, after: Timeline, fired: frozenset[str], rearm: bool) -> tuple[int, int]:
        if self.stored is None or self.before is None:
            return 1, 0
        epoch = self.stored.epoch
        if rearm or needs_new_epoch(self.before, after, fired, self.now):
            epoch += 1
        armed = self.stored.armed_epoch
        # Nothing runs that had to be stopped, and nothing will: there is nothing to arm.
        over = armed < 0 and self.current.closed and next_due(after, fired) is None
        return epoch, epoch if over else armed

    def _tell_reporter(self, notice: Notice, cause: str, entry: Entry | None) -> bool:
        report = self.current
        template = "secret_update" if report.secret else notice.template
        channels = notices.channels_for_reporter(report)
        for channel in channels:
            self._plan(
                Delivery(
                    number=self.number,
                    id=delivery_id(cause, REPORTER, channel),
                    recipient=REPORTER,
                    channel=channel,
                    template=template,
                    language=report.language,
                    created_at=self.now,
                    context=self.facts(notice, entry),
                    urgent=notice.urgent,
                )
            )
        return bool(channels)

    def _tell_staff(
        self, notice: Notice, cause: str, recipient: Recipient, entry: Entry | None, role: str
    ) -> bool:
        report = self.current
        secret = report.secret and report.tier != "P4"
        planned = False
        unanswered = entry is not None and entry.until == "acknowledged" and not entry.at_start
        channels = notices.channels_for_staff(
            notice.template, report, self._catalogue.channels(), unanswered=unanswered
        )
        wish = self._catalogue.wishes().get(recipient.person or "")
        if wish and wish.push and notices.PUSH not in channels:
            channels = (*channels, notices.PUSH)
        for channel in channels:
            address = _address(recipient, channel)
            if not address:
                continue
            planned = True
            who = recipient.person or recipient.position
            self._plan(
                Delivery(
                    number=self.number,
                    id=delivery_id(cause, who, channel),
                    recipient=recipient.position,
                    person=recipient.person or "",
                    channel=channel,
                    template="secret_update" if secret else notice.template,
                    language=recipient.language,
                    created_at=self.now,
                    title=recipient.title.get(recipient.language, recipient.position),
                    address=address,
                    role=role,
                    context=self.facts(notice, entry),
                    urgent=notice.urgent,
                )
            )
        return planned

    def plan(self, delivery: Delivery) -> None:
        """Plan a message that no event causes; of two with the same id the first one counts."""
        self._plan(delivery)

    def _plan(self, delivery: Delivery) -> None:
        later = self._catalogue.kindness().send_at(delivery)
        self.deliveries.setdefault(delivery.id, replace(delivery, due_at=later))

    def plan_instead(self, failed: Delivery, recipient: Recipient | None, channel: str) -> Delivery:
        """Plan the message of *failed* again: to *recipient* (None: the same), over *channel*."""
        if recipient is None:
            other = replace(_afresh(failed, self.now), channel=channel, address="")
            other = replace(other, id=delivery_id(failed.cause, failed.who, channel))
        else:
            who = recipient.person or recipient.position
            other = replace(
                _afresh(failed, self.now),
                id=delivery_id(failed.cause, who, channel),
                recipient=recipient.position,
                person=recipient.person or "",
                channel=channel,
                language=recipient.language,
                title=recipient.title.get(recipient.language, recipient.position),
                address=_address(recipient, channel),
            )
        self._plan(other)
        return other

    def say_once(self, ranks: Mapping[str, int]) -> None:
        """Leave each person one message of the steps that fell due together, the highest (S31)."""
        left = once_each(list(self.deliveries.values()), ranks)
        self.deliveries = {one.id: one for one in left}

    def facts(self, notice: Notice, entry: Entry | None) -> Mapping[str, Any]:
        """Return the facts that the templates may use; nothing in it says who reported."""
        return facts_of(
            self.current,
            self.events,
            self.timeline(),
            self._catalogue,
            self.now,
            entry=entry,
            extra=notice.facts,
        )


def _address(recipient: Recipient, channel: str) -> str:
    """Where *channel* reaches somebody; a push finds the person's browsers when it is sent."""
    if channel == notices.PUSH:
        return recipient.person or ""
    return (recipient.mail if channel == notices.MAIL else recipient.phone) or ""


def _afresh(delivery: Delivery, now: datetime) -> Delivery:
    """The same words, as if never tried."""
    return Delivery(
        number=delivery.number,
        id=delivery.id,
        recipient=delivery.recipient,
        person=delivery.person,
        channel=delivery.channel,
        template=delivery.template,
        language=delivery.language,
        created_at=now,
        title=delivery.title,
        role=delivery.role,
        context=delivery.context,
        urgent=delivery.urgent,
    )


def _nearest_promise(timeline: Timeline) -> Entry | None:
    open_ones = [
        entry
        for entry in promises(timeline)
        if entry.state == "planned" and entry.due_at is not None
    ]
    return min(open_ones, key=lambda entry: str(entry.due_at), default=None)


def _sortable(promise: Entry | None, due: datetime | None) -> str:
    moment = promise.due_at if promise else due
    return instant(moment) if moment else _FAR


def _summary(report: Report, promise: Entry | None, due: datetime | None) -> dict[str, Any]:
    body = report_domain.facts(report)
    body["due_at"] = instant(promise.due_at) if promise and promise.due_at else None
    body["next_step_at"] = instant(due) if due else None
    body["about_unit"] = report.about_unit
    body["bounces"] = report.bounces
    body["secret"] = report.secret
    if report.drill:
        body["drill"] = True
    return body


def utc(moment: datetime) -> datetime:
    """Return *moment* in UTC without fractions of a second."""
    return moment.astimezone(UTC).replace(microsecond=0)
