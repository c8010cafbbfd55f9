"""The desk of message templates: what the city says, changed by one person, approved by another.

A template that is in use is never changed. Somebody proposes new content, which is checked at
once; somebody else reads the preview and approves it under the digest of what they have read; from
then on, at most a minute later, every message takes it, and notes the version it was made from.
Whoever receives a message, and which citizens' words it may hold, is not the desk's to change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, cast

from chalicelib.domain.actions import Caller
from chalicelib.domain.lifecycle import APPROVED, APPROVER, AUTHOR, WITHDRAWN, MoveRefused
from chalicelib.domain.text import NotGsm7, sms_length, sms_parts
from chalicelib.services.administering import (
    Act,
    Administer,
    NoSuchDocument,
    Version,
    VersionMoved,
    Write,
    digest_of,
)
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.messages import (
    LANGUAGES,
    Channel,
    MessageContext,
    Rendered,
    Template,
    TemplateInvalid,
    Templates,
    TemplateUnknown,
    render,
)
from chalicelib.services.samples import RECIPIENT, sample

TEMPLATE, PROPOSAL, DOCUMENT, INDEX = "template", "template-proposal", "document", "templates"
PROPOSED: Final = "proposed"
#: A text message of more parts than this costs more than all else of a report.
MAX_PARTS: Final = 2
#: What a hostile citizen or a broken system would write; none of it may be seen as it is here.
_HOSTILE: Final = '<script src="//jahat.example"></script> [x](https://jahat.example/p) {{ 7*7 }}'
_ADDRESS: Final = re.compile(r"\w://|\bwww\.|\b[a-z0-9-]+\.(?:com|id|net|org|io|ly)\b/?", re.I)
_NAME: Final = re.compile(r"{[{%].*?[}%]}", re.S)
_WORD: Final = re.compile(r"[a-z_]+")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a proposed template. path: channel and language, dotted."""

    path: str
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The newest proposal for one template.

    version: that of the template which it replaces. digest: of the content. by, approver: persons.
    """

    template: str
    status: str
    version: int
    channels: Mapping[str, Any]
    digest: str
    by: str
    reason: str
    approver: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """One message as it would leave, filled with made-up facts.

    septets and parts are 0 for what is no text message.
    """

    channel: str
    language: str
    subject: str
    text: str
    html: str
    septets: int
    parts: int


@dataclass(frozen=True)
class TemplateDesk:
    """The use cases of those who write and approve templates."""

    administer: Administer
    catalogue: Catalogue

    def listed(self) -> list[dict[str, Any]]:
        """Return every template: its version in use, all versions, and what is proposed."""
        templates = self.catalogue.templates()
        return [self._line(templates, id) for id in templates.ids()]

    def template(self, id: str, version: int | None = None) -> Template:
        """Return one version, the one in use unless another is asked for; NoSuchDocument."""
        try:
            return self.catalogue.templates().get(id, version)
        except TemplateUnknown as error:
            raise NoSuchDocument(id) from error

    def history(self, id: str) -> list[dict[str, Any]]:
        """Return all versions of a template, newest first, with who approved them and why."""
        self.template(id)
        numbers = self.catalogue.templates().versions(id)
        return [self._version(id, number) for number in sorted(numbers, reverse=True)]

    def proposal(self, id: str) -> Proposal | None:
        """Return what was proposed last for a template, whatever became of it."""
        found = self.administer.register.latest(PROPOSAL, id)
        return Proposal(**found.body) if found else None

    def preview(
        self, id: str, version: int | None = None, *, proposed: bool = False
    ) -> list[Preview]:
        """Return a version, or the open proposal, as messages in every channel and language."""
        if proposed:
            one = self._open(id)[0]
            return previews(self._made(one, one.version + 1))
        return previews(self.template(id, version))

    def drafted(self, id: str, channels: Mapping[str, Any]) -> list[Preview]:
        """Return *channels* as the messages they would be; they have no findings."""
        current = self.template(id)
        return previews(_as(current, channels, current.version + 1))

    def propose(
        self, caller: Caller, id: str, channels: Mapping[str, Any], based_on: int, reason: str
    ) -> Proposal:
        """Propose new content for a template, in place of what was proposed before.

        Raises MoveRefused ``template_invalid`` with the findings, VersionMoved if *based_on* is not
        the version in use, and NoSuchDocument.
        """
        current = self.template(id)
        if based_on != current.version:
            raise VersionMoved(current.version)
        self._refuse_bad(current, channels)
        digest = digest_of(channels)
        made = Proposal(id, PROPOSED, current.version, channels, digest, _person(caller), reason)
        self._write(Act("propose_template", caller, AUTHOR, reason, {"digest": digest}), made)
        return made

    def approve(self, caller: Caller, id: str, digest: str, reason: str) -> Proposal:
        """Put the proposal into use, if *digest* says that this is the one that was read.

        Raises MoveRefused: ``own_proposal`` for whoever proposed it, ``draft_content_moved``,
        ``template_invalid``, ``draft_not_in_this_status``; and VersionMoved.
        """
        one, stored = self._open(id)
        person = _person(caller)
        if person == one.by:
            raise MoveRefused("own_proposal")
        if digest != one.digest:
            raise MoveRefused("draft_content_moved", hash=one.digest)
        current = self.template(id)
        if current.version != one.version:
            raise VersionMoved(current.version)
        self._refuse_bad(current, one.channels)
        number = one.version + 1
        done = replace(one, status=APPROVED, approver=person)
        index = self.administer.register.latest(DOCUMENT, INDEX)
        listed = {**(index.body if index else {}), id: [*self._edited(index, id), number]}
        act = Act("approve_template", caller, APPROVER, reason, {"version": number})
        self.administer.write(
            act,
            Write(TEMPLATE, id, _content(self._made(one, number)), version=number),
            Write(DOCUMENT, INDEX, listed, based_on=index.version if index else 0),
            Write(PROPOSAL, id, asdict(done), based_on=stored.version),
        )
        return done

    def withdraw(self, caller: Caller, id: str, reason: str) -> Proposal:
        """Close the proposal without effect. Raises MoveRefused ``draft_not_in_this_status``."""
        one, stored = self._open(id)
        done = replace(one, status=WITHDRAWN)
        role = AUTHOR if AUTHOR in caller.roles else APPROVER
        act = Act("withdraw_template", caller, role, reason)
        self.administer.write(act, Write(PROPOSAL, id, asdict(done), based_on=stored.version))
        return done

    def _write(self, act: Act, one: Proposal) -> None:
        self.administer.write(act, Write(PROPOSAL, one.template, asdict(one)))

    def _open(self, id: str) -> tuple[Proposal, Version]:
        self.template(id)
        found = self.administer.register.latest(PROPOSAL, id)
        if found is None or found.body["status"] != PROPOSED:
            raise MoveRefused("draft_not_in_this_status")
        return Proposal(**found.body), found

    def _refuse_bad(self, current: Template, channels: Mapping[str, Any]) -> None:
        found = findings(current, channels)
        if found:
            raise MoveRefused("template_invalid", findings=[asdict(one) for one in found])

    def _made(self, one: Proposal, number: int) -> Template:
        return _as(self.template(one.template, one.version), one.channels, number)

    def _line(self, templates: Templates, id: str) -> dict[str, Any]:
        one, last = templates.get(id), self.proposal(id)
        return {
            "template": id,
            "version": one.version,
            "versions": list(templates.versions(id)),
            "audience": one.audience,
            "channels": sorted(one.channels),
            "proposed": last is not None and last.status == PROPOSED,
        }

    def _version(self, id: str, number: int) -> dict[str, Any]:
        stored = self.administer.register.version(TEMPLATE, id, number)
        note: Mapping[str, Any] = stored.note if stored else {}
        return {
            "version": number,
            "origin": "city" if stored else "shipped",
            "at": note.get("at"),
            "reason": note.get("reason", ""),
        }

    @staticmethod
    def _edited(index: Version | None, id: str) -> list[int]:
        return list(index.body.get(id, ())) if index else []


def findings(current: Template, channels: Mapping[str, Any]) -> list[Finding]:
    """Return what keeps *channels* from following *current*: empty if nothing does."""
    found = list(_shape(current, channels))
    if found:
        return found
    try:
        made = _as(current, channels, current.version + 1)
        shown = previews(made)
    except (TemplateInvalid, TemplateUnknown, NotGsm7, ValueError) as error:
        return [Finding("", type(error).__name__, str(error)[:300])]
    found += _lost(current, channels)
    found += [
        Finding(f"sms.{one.language}", "too_long", f"{one.septets} septets, {one.parts} parts")
        for one in shown
        if one.parts > MAX_PARTS
    ]
    return [*found, *_harmed(made)]


def previews(template: Template) -> list[Preview]:
    """Return *template* filled with made-up facts, in every channel and language."""
    return [_preview(one) for one in _rendered(template, sample(template.id))]


def _rendered(template: Template, context: MessageContext) -> Iterator[Rendered]:
    alone = Templates({(template.id, template.version): lambda: template})
    for channel in template.channels:
        for language in LANGUAGES:
            yield render(
                template.id,
                language=language,
                channel=cast(Channel, channel),
                context=context,
                recipient_title=RECIPIENT,
                templates=alone,
            )


def _preview(one: Rendered) -> Preview:
    septets = sms_length(one.text) if one.channel == "sms" else 0
    parts = sms_parts(septets) if one.channel == "sms" else 0
    return Preview(one.channel, one.language, one.subject, one.text, one.html, septets, parts)


def _as(current: Template, channels: Mapping[str, Any], number: int) -> Template:
    """The new version: everything but the words stays as it was."""
    return Template.from_dict(
        {
            "template": current.id,
            "version": number,
            "audience": current.audience,
            "citizen_text": current.citizen_text,
            "channels": channels,
        }
    )


def _content(made: Template) -> dict[str, Any]:
    return {
        "template": made.id,
        "version": made.version,
        "audience": made.audience,
        "citizen_text": made.citizen_text,
        "channels": dict(made.channels),
    }


def _shape(current: Template, channels: Mapping[str, Any]) -> Iterator[Finding]:
    """The same channels, each in both languages."""
    for name in sorted(set(current.channels) ^ set(channels)):
        yield Finding(name, "channel_missing" if name in current.channels else "channel_unknown")
    for name, contents in channels.items():
        if not isinstance(contents, Mapping) or set(contents) != set(LANGUAGES):
            yield Finding(name, "language_missing", "id and en, and nothing else")


def _lost(current: Template, channels: Mapping[str, Any]) -> Iterator[Finding]:
    """What a message must go on saying (its number, its link, its ways to act), and no address."""
    for channel, contents in channels.items():
        for language, content in contents.items():
            before = current.content(channel, language)
            path = f"{channel}.{language}"
            for name in sorted(_needed(before) - _needed(content)):
                yield Finding(path, "needed_missing", name)
            if any(_ADDRESS.search(_NAME.sub(" ", one)) for one in _texts(content)):
                yield Finding(path, "address_in_text", "links are filled in, never written")


def _needed(content: Any) -> set[str]:
    kept = _named(content) & {"number", "link"}
    if isinstance(content, Mapping):
        kept |= {f"{name} in the subject" for name in _named(content["subject"]) & {"number"}}
        items = (item for block in content["blocks"] for item in block.get("items", ()))
        kept |= {f"action {item['link']}" for item in items}
    return kept


def _named(content: Any) -> set[str]:
    parts = (part for text in _texts(content) for part in _NAME.findall(text))
    return {word for part in parts for word in _WORD.findall(part)}


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for value in content.values():
            yield from _texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value)


def _harmed(made: Template) -> Iterator[Finding]:
    """Fill in what a hostile citizen would write, and see that none of it comes out alive."""
    facts = sample(made.id)
    hostile: dict[str, Any] = {
        one.name: _HOSTILE
        for one in fields(facts)
        if isinstance(getattr(facts, one.name), str) and one.name not in ("number", "link")
    }
    for one in _rendered(made, replace(facts, **hostile)):
        body = f"{one.subject}\n{one.text}\n{one.html}"
        if any(word in body for word in ("<script", "://jahat", "{{", "49 ")):
            yield Finding(f"{one.channel}.{one.language}", "hostile_text")


def _person(caller: Caller) -> str:
    return caller.person or ""
