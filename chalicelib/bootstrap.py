"""Wiring: which adapter fulfils which port in this process. Everything is made on first use."""

from __future__ import annotations

import secrets
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from chalicelib import config

if TYPE_CHECKING:
    from chalicelib.adapters.oidc import Verifier
    from chalicelib.domain.actions import Caller
    from chalicelib.services.acting import ActOnReport
    from chalicelib.services.arming import ArmTimeline
    from chalicelib.services.catalogue import Catalogue
    from chalicelib.services.composing import Planner
    from chalicelib.services.dispatching import Dispatcher
    from chalicelib.services.filing import FileReport
    from chalicelib.services.firing import FireDueSteps
    from chalicelib.services.ports import Alarms, Blobs, Clock, Queues, ReportStore, TimelineClock
    from chalicelib.services.sending import Sender
    from chalicelib.services.sweeping import Sweeper
    from chalicelib.services.viewing import Views


def salt() -> str:
    """Return a fresh 128-bit salt."""
    return secrets.token_hex(16)


def random_bytes() -> bytes:
    """Return 16 random bytes."""
    return secrets.token_bytes(16)


@lru_cache(maxsize=1)
def clock() -> Clock:
    """The system's clock (faster than real time only in the local runner)."""
    from chalicelib.adapters.clock import clock_from_environment

    return clock_from_environment()


@lru_cache(maxsize=1)
def store() -> ReportStore:
    """The reports table."""
    from chalicelib.adapters.report_store import DynamoReportStore

    return DynamoReportStore()


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue in force, from the reference table."""
    from chalicelib.adapters.documents import TableDocuments
    from chalicelib.services.catalogue import Catalogue

    return Catalogue(TableDocuments(), time.monotonic)


@lru_cache(maxsize=1)
def planner() -> Planner:
    """The timeline planner."""
    from chalicelib.services.composing import Planner

    return Planner(catalogue())


@lru_cache(maxsize=1)
def queues() -> Queues:
    """The queues between the parts."""
    from chalicelib.adapters.queues import SqsQueues

    return SqsQueues()


@lru_cache(maxsize=1)
def blobs() -> Blobs:
    """The photo bucket."""
    from chalicelib.adapters.blobs import S3Blobs

    return S3Blobs()


@lru_cache(maxsize=1)
def alarms() -> Alarms:
    """Where final faults are reported."""
    from chalicelib.adapters.alarms import SnsAlarms

    return SnsAlarms()


@lru_cache(maxsize=1)
def executions() -> TimelineClock:
    """Step Functions, as the clock of running timelines."""
    from chalicelib.adapters.executions import StepFunctionsClock

    return StepFunctionsClock(clock())


@lru_cache(maxsize=1)
def file_report() -> FileReport:
    """The filing use case."""
    from chalicelib.services.filing import FileReport

    return FileReport(store(), catalogue(), planner(), clock(), config.token_secret, random_bytes)


@lru_cache(maxsize=1)
def act_on_report() -> ActOnReport:
    """The use case behind every action."""
    from chalicelib.services.acting import ActOnReport

    return ActOnReport(store(), catalogue(), planner(), clock(), blobs(), salt)


@lru_cache(maxsize=1)
def views() -> Views:
    """What callers may see of reports."""
    from chalicelib.services.viewing import Views

    return Views(catalogue(), planner())


@lru_cache(maxsize=1)
def verifier() -> Verifier:
    """Checks staff's access tokens."""
    from chalicelib.adapters.oidc import verifier_from_environment

    return verifier_from_environment()


def staff_caller(token: str) -> Caller:
    """Return the member of staff that an access token speaks for; raise Problem otherwise.

    Roles and positions are the directory's, never the token's: a revoked or moved official loses
    them at once, however long the token lasts.
    """
    from chalicelib.adapters.oidc import TokenInvalid
    from chalicelib.handlers.problems import Problem

    try:
        claims = verifier().claims(token)
    except TokenInvalid:
        raise Problem("invalid_token") from None
    person = str(claims.get("username") or claims.get("cognito:username") or claims["sub"])
    caller = catalogue().staff_caller(person)
    if caller is None:
        raise Problem("invalid_token")
    return caller


@lru_cache(maxsize=1)
def fire_due_steps() -> FireDueSteps:
    """The firing use case."""
    from chalicelib.services.firing import FireDueSteps

    return FireDueSteps(store(), planner(), clock(), alarms(), salt)


@lru_cache(maxsize=1)
def arm_timeline() -> ArmTimeline:
    """The arming use case."""
    from chalicelib.services.arming import ArmTimeline

    return ArmTimeline(store(), planner(), clock(), executions(), salt)


@lru_cache(maxsize=1)
def dispatcher() -> Dispatcher:
    """From the stream to the queues."""
    from chalicelib.services.dispatching import Dispatcher

    return Dispatcher(queues(), clock())


@lru_cache(maxsize=1)
def sweeper() -> Sweeper:
    """The minute's look at what is overdue."""
    from chalicelib.services.sweeping import Sweeper

    return Sweeper(store(), queues(), clock())


@lru_cache(maxsize=1)
def sender() -> Sender:
    """The sender: the one service that may read who reported, to reach them."""
    from chalicelib.adapters.channels import MailChannel, SmsChannel, citizen_texts
    from chalicelib.adapters.providers import SesMailer, SnsTexter
    from chalicelib.adapters.report_store import DynamoIdentityStore
    from chalicelib.services.sending import Sender

    return Sender(
        store(),
        DynamoIdentityStore(),
        {"mail": MailChannel(SesMailer(), citizen_texts(store())), "sms": SmsChannel(SnsTexter())},
        clock(),
        alarms(),
    )


def seed_reference() -> int:
    """Write what the reference table lacks of the shipped catalogue; return how much that was.

    Nothing that a city has changed since is touched.
    """
    from chalicelib.adapters.documents import FileDocuments, put_if_absent

    return sum(put_if_absent(*document) for document in FileDocuments().all())


def rearm_all() -> int:
    """Begin a new epoch for every running timeline, after all executions were lost (restart)."""
    from datetime import timedelta

    arm, count = arm_timeline(), 0
    for row in store().due(clock().now() + timedelta(days=3650)):
        if row.kind == "report":
            count += arm.renew(row.number, row.epoch) == "replaced"
    return count
