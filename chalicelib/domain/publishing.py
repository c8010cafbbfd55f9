"""What of a report becomes public, and who has looked at it before: texts, photos, moderation.

Nothing that people wrote or photographed is public by itself. A citizen's text becomes public as
the reporter, or the control room, releases it; a photo once faces and plates were covered by one
person and looked at by another. A moderator can withhold either at any time, with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.domain.actions import REPORTER_ROLE, ActionRefused, Caller
from chalicelib.domain.events import Draft, Event
from chalicelib.domain.redaction import personal_spans
from chalicelib.domain.report import ACCEPTED, APPROVED, DRAWN, PhotoState, Report

ROOM = frozenset({"operator", "verifier"})
COVERERS = ROOM | {REPORTER_ROLE}
MODERATORS = frozenset({"operator", "verifier", "inspector"})
MAX_BOXES = 40
Boxes = Sequence[tuple[float, float, float, float]]


def cover(
    report: Report, photo: str, boxes: Boxes, caller: Caller, now: datetime
) -> tuple[Draft, ...]:
    """Return the event that marks what to cover in *photo*; no boxes: there is nothing to cover.

    The reporter marks their own photos only.
    """
    state = _usable(report, photo)
    if REPORTER_ROLE in caller.roles and state.by != "reporter":
        raise ActionRefused("forbidden", "not_your_photo")
    data = {"photo": photo, "boxes": [[round(part, 4) for part in box] for box in boxes]}
    return (Draft("photo_covered", now, caller.actor(_role(caller, COVERERS)), data),)


def review(
    report: Report, photo: str, approved: bool, reason: str, caller: Caller, now: datetime
) -> tuple[Draft, ...]:
    """Return the event of a second person's look at the covered photo; none if it is so already."""
    state = _usable(report, photo)
    if state.cover == APPROVED and approved:
        return ()
    if state.cover != DRAWN:
        raise ActionRefused("conflict", "nothing_to_review")
    if state.covered_by == caller.person:
        raise ActionRefused("forbidden", "another_must_review")
    if not approved and not reason:
        raise ActionRefused("invalid", "field_missing", field="reason")
    data = {"photo": photo, "approved": approved}
    texts = {"reason": reason} if reason else {}
    return (Draft("photo_reviewed", now, caller.actor(_role(caller, ROOM)), data, texts),)


def release(text: str, caller: Caller, now: datetime) -> tuple[Draft, ...]:
    """Return the event by which *text* stands for the description in public; empty takes it back.

    What looks like personal data refuses it, with the places, so that they can be taken out.
    """
    spans = personal_spans(text)
    if spans:
        places = [{"kind": one.kind, "start": one.start, "end": one.end} for one in spans]
        raise ActionRefused("invalid", "personal_data_in_text", field="text", found=places)
    role = _role(caller, COVERERS)
    return (Draft("text_released", now, caller.actor(role), {}, {"text": text}),)


def moderate(
    events: Sequence[Event],
    report: Report,
    target: Mapping[str, Any],
    withhold: bool,
    reason: str,
    caller: Caller,
    now: datetime,
) -> tuple[Draft, ...]:
    """Return the event that withholds a photo or a text from the public, or shows it again.

    target: ``photo``, or ``event`` (its number in the record) and ``field``. What is withheld
    stays in the record; staff go on seeing it.
    """
    key = _target_key(events, report, target)
    if (key in withheld_of(events)) == withhold:
        return ()
    type_ = "withheld" if withhold else "shown_again"
    actor = caller.actor(_role(caller, MODERATORS))
    return (Draft(type_, now, actor, {**target}, {"reason": reason}),)


def withheld_of(events: Iterable[Event]) -> frozenset[str]:
    """Return the keys of everything that is withheld now: ``photo:<id>``, ``<seq>:<field>``."""
    found: set[str] = set()
    for event in events:
        if event.type == "withheld":
            found.add(key_of(event.data))
        elif event.type == "shown_again":
            found.discard(key_of(event.data))
    return frozenset(found)


def public_text(events: Sequence[Event]) -> str:
    """Return the text that stands for the description in public; empty for none."""
    hidden = withheld_of(events)
    found = ""
    for event in events:
        if event.type == "text_released":
            shown = f"{event.seq}:text" not in hidden
            found = event.texts.get("text", "") if shown else ""
    return found


def public_photos(events: Sequence[Event], report: Report) -> tuple[str, ...]:
    """Return the photos whose covered copy may be seen by everybody."""
    hidden = withheld_of(events)
    return tuple(
        photo
        for photo, state in report.media.items()
        if state.published and state.cover == APPROVED and f"photo:{photo}" not in hidden
    )


def key_of(target: Mapping[str, Any]) -> str:
    """Return the key under which a moderated thing is known."""
    if target.get("photo"):
        return f"photo:{target['photo']}"
    return f"{target.get('event')}:{target.get('field')}"


def _target_key(events: Sequence[Event], report: Report, target: Mapping[str, Any]) -> str:
    if target.get("photo"):
        known = target["photo"] in report.media
    else:
        known = any(
            event.seq == target.get("event") and target.get("field") in event.texts
            for event in events
        )
    if not known:
        raise ActionRefused("invalid", "nothing_there", field="photo")
    return key_of(target)


def _usable(report: Report, photo: str) -> PhotoState:
    state = report.media.get(photo)
    if state is None or state.state != ACCEPTED:
        raise ActionRefused("invalid", "photo_unknown", field="photo")
    return state


def _role(caller: Caller, allowed: frozenset[str]) -> str:
    return next(iter(sorted(caller.roles & allowed)), "")
