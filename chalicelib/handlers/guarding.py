"""Between a request and the guard: who sends it, and what a refusal says.

Which routes have limits of their own: the ones that file a report decide after they know whether
it is an emergency; other systems and devices have their keys' limits; providers sign what they
send; and the form of the emergency line is never held up. What comes from this very machine or a
private network is no stranger and is not counted.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib import bootstrap, config
from chalicelib.domain.actions import REPORTER_ROLE, Caller
from chalicelib.domain.limits import Mark, address_mark, address_of
from chalicelib.handlers.problems import Problem
from chalicelib.services.filing import Filing
from chalicelib.services.guarding import Proof, ProofNeeded, TooOften
from chalicelib.services.ports import Contact

if TYPE_CHECKING:
    from chalicelib.handlers.serving import Call

log = logging.getLogger("live_room.guard")
PROOF_HEADER = "Proof-Of-Work"
#: Writing routes that the general limit leaves alone, and why: see above.
OF_THEIR_OWN = frozenset(
    {
        "/v1/reports",
        "/lapor",
        "/tempat",
        "/panggilan-112",
        "/panggilan-112/tempat",
        "/panggilan-112/serupa",
        "/open311/v2/{resource}",
        "/v1/signals",
        "/v1/inbound/{provider}",
        "/v1/inbound/{provider}/calls/{call}",
        "/v1/calls/{call}/outcome",
    }
)


def admit_writing(call: Call, caller: Caller | None) -> None:
    """Count a writing request; raise Problem ``too_often``, but never about an emergency.

    *caller*: who it is where that is proven already; else the address counts.
    """
    route = str(call.request.context.get("resourcePath", ""))
    reads = call.request.method in ("GET", "HEAD", "OPTIONS")
    if reads or route in OF_THEIR_OWN or not sender_of(call):
        return
    try:
        bootstrap.guard().admit(_marks_of(call, caller))
    except TooOften as refused:
        if _about_an_emergency(call):
            log.warning("limit passed in an emergency", extra={"limit": refused.rate})
            return
        raise too_often(refused) from None


def admit_filing(call: Call, filing: Filing, given: Proof | None = None) -> Filing:
    """Return *filing* as it may be filed; raise Problem ``too_often`` or ``proof_needed``.

    An emergency is never refused and no call is made for it; one from a sender who is past what
    passes unseen is marked for whoever calls back.
    """
    if not sender_of(call):
        return filing
    guard, marks = bootstrap.guard(), _marks_of(call, call.caller) + _contact_marks(filing)
    category = bootstrap.catalogue().categories().get(filing.category)
    if category is not None and category.kind == "emergency":
        return replace(filing, flags=(*filing.flags, *guard.noticed(marks)))
    try:
        if call.caller.roles:
            guard.admit(marks)
        else:
            guard.admit_stranger(marks, replace(given or Proof(), key=filing.key))
    except TooOften as refused:
        raise too_often(refused) from None
    except ProofNeeded as needed:
        raise proof_needed(needed) from None
    return filing


def admit_addressed(call: Call, marks: Sequence[Mark]) -> None:
    """Count what makes us write to somebody whom a stranger named; raise Problem ``too_often``."""
    if not sender_of(call):
        return
    try:
        bootstrap.guard().admit(marks)
    except TooOften as refused:
        raise too_often(refused) from None


def proof_of(header: str) -> Proof:
    """Return what the header ``Proof-Of-Work: <challenge> <answer>`` carries."""
    challenge, _, answer = header.strip().partition(" ")
    return Proof(challenge=challenge, answer=answer.strip())


def too_often(refused: TooOften) -> Problem:
    """Say which limit, and for how long."""
    return Problem("too_often", limit=refused.rate, retry_after=refused.seconds)


def proof_needed(needed: ProofNeeded) -> Problem:
    """Say what is to be solved."""
    return Problem("proof_needed", retry_after=needed.wait, **challenge_of(needed))


def challenge_of(needed: ProofNeeded) -> Mapping[str, object]:
    """Return a challenge as answers hold it."""
    return {
        "challenge": needed.challenge,
        "bits": needed.bits,
        "algorithm": "sha-256",
        "seconds": needed.seconds,
    }


def sender_of(call: Call) -> tuple[Mark, ...]:
    """Return the address of whoever calls, as it counts; nothing for this very machine."""
    peer = str((call.request.context.get("identity") or {}).get("sourceIp") or "")
    address = address_of(peer, call.header("x-forwarded-for"), config.trusted_hops())
    mark = address_mark(address)
    return (mark,) if mark else ()


def _marks_of(call: Call, caller: Caller | None) -> tuple[Mark, ...]:
    if caller is not None and caller.person:
        return (Mark("account", caller.person),)
    if caller is not None and caller.subject:
        return (Mark("resident", caller.subject),)
    if caller is not None and REPORTER_ROLE in caller.roles:
        return (Mark("report", call.params.get("number", "")),)
    return sender_of(call)


def _contact_marks(filing: Filing) -> tuple[Mark, ...]:
    """Staff may file for many at one number: whoever has no telephone borrows one."""
    if filing.actor.kind == "staff":
        return ()
    return contact_marks(filing.contact)


def contact_marks(contact: Contact) -> tuple[Mark, ...]:
    """Return how a contact counts, whoever gave it: we write to it each time."""
    pairs = (("telephone", contact.phone), ("mail", contact.email.lower()))
    return tuple(Mark(rate, value) for rate, value in pairs if value)


def _about_an_emergency(call: Call) -> bool:
    """Looked up only for a sender who is over a limit."""
    if "number" not in call.params:
        return False
    stored = bootstrap.store().load(call.number)
    return stored is not None and stored.report.emergency
