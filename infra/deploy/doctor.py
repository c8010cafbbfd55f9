"""Whether a stage can be deployed here, and what should be mended first. Pure: facts in, findings
out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from infra.deploy.facts import Facts
from infra.deploy.findings import Finding
from infra.deploy.settings import HOME_REGION, Settings
from infra.policies import FUNCTIONS
from infra.stack import NEVER_BORN

#: Lambda's Python versions that Chalice 1.34 and our requirements know.
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
#: AWS keeps this much of an account's concurrency for functions without a reservation.
_UNRESERVED = 100
#: A month and a half is what it takes to enter a year's holidays.
_CALENDAR_NOTICE = timedelta(days=45)
_FEW_DOLLARS = 10


def examine(
    settings: Settings, facts: Facts, today: date, calendars: Mapping[str, date] | None = None
) -> list[Finding]:
    """Return the findings, the grave ones first; *calendars* holds each one's last known day."""
    if facts.refusal:
        return [Finding.of("no_credentials", why=facts.refusal)]
    found = [
        *_who(settings, facts),
        *_python(facts),
        *_services(facts),
        *_stack(settings, facts),
        *_room(settings, facts),
        *_mail(settings, facts),
        *_texts(facts),
        *_state(settings, facts),
        *_calendars(calendars or {}, today),
    ]
    order = {"stop": 0, "warn": 1, "ok": 2}
    return sorted(found, key=lambda one: order[one.level])


def stops(findings: list[Finding]) -> bool:
    """Whether a deployment must not start."""
    return any(one.level == "stop" for one in findings)


def _who(settings: Settings, facts: Facts) -> Iterator[Finding]:
    if settings.account and settings.account != facts.account:
        yield Finding.of("other_account", account=facts.account, wanted=settings.account)
    yield Finding.of("account", account=facts.account, caller=facts.caller, region=facts.region)
    if facts.region != HOME_REGION:
        yield Finding.of("other_region", region=facts.region)


def _python(facts: Facts) -> Iterator[Finding]:
    if facts.python not in PYTHONS:
        yield Finding.of("python_unknown", found=facts.python, known=", ".join(PYTHONS))
    after = f"python{facts.python}"
    before = sorted({one.runtime for one in facts.functions} - {after, ""})
    if before:
        yield Finding.of("python_changes", before=", ".join(before), after=after)


def _services(facts: Facts) -> Iterator[Finding]:
    answering = 0
    for service, answer in facts.services.items():
        if answer == "denied":
            yield Finding.of("service_denied", service=service)
        elif answer:
            yield Finding.of("service_absent", service=service, region=facts.region, why=answer)
        else:
            answering += 1
    if answering:
        yield Finding.of("services", count=answering)


def _stack(settings: Settings, facts: Facts) -> Iterator[Finding]:
    name = settings.name("infra")
    if facts.stack in ("UPDATE_ROLLBACK_FAILED", "DELETE_FAILED"):
        yield Finding.of("stack_stuck", name=name, status=facts.stack)
    elif facts.stack.endswith("_IN_PROGRESS") and facts.stack not in NEVER_BORN:
        yield Finding.of("stack_busy", name=name, status=facts.stack)


def _room(settings: Settings, facts: Facts) -> Iterator[Finding]:
    """What is reserved already has room; the first deployment must find it."""
    needed = sum(row.concurrency or 0 for row in FUNCTIONS.values())
    first = settings.reserve_concurrency and not facts.functions and facts.concurrency
    if first and facts.unreserved - needed < _UNRESERVED:
        yield Finding.of("concurrency", limit=facts.concurrency, needed=needed + _UNRESERVED)


def _mail(settings: Settings, facts: Facts) -> Iterator[Finding]:
    if facts.mail.sandbox:
        yield Finding.of("mail_sandbox", per_day=facts.mail.per_day)
    if not facts.mail.verified:
        yield Finding.of("mail_unverified", domain=settings.mail_domain)
    elif not facts.mail.sandbox:
        yield Finding.of("mail_ready", domain=settings.mail_domain, per_day=facts.mail.per_day)
    if facts.mail.active_rules:
        yield Finding.of("inbound_elsewhere", active=facts.mail.active_rules)


def _texts(facts: Facts) -> Iterator[Finding]:
    if facts.text_sandbox:
        yield Finding.of("text_sandbox")
    if 0 < facts.text_limit < _FEW_DOLLARS:
        yield Finding.of("text_limit", limit=facts.text_limit)


def _state(settings: Settings, facts: Facts) -> Iterator[Finding]:
    if facts.dirty:
        yield Finding.of("dirty")
    if settings.demo:
        yield Finding.of("demo")
    for api, name in facts.orphans.items():
        yield Finding.of("orphan_api", id=api, name=name)


def _calendars(calendars: Mapping[str, date], today: date) -> Iterator[Finding]:
    for name, until in calendars.items():
        if until - today < _CALENDAR_NOTICE:
            yield Finding.of("calendar_ends", name=name, until=until.isoformat())
