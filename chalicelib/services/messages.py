"""Messages from versioned templates: one content, as plain text, HTML and SMS.

A template is a JSON file (``<id>.v<version>.json``), or the same form edited by city staff:
``{"template", "version", "audience", "citizen_text", "channels": {"mail": {"id": {"subject",
"preheader", "blocks"}, "en": …}, "sms": {"id": …, "en": …}}}``. Both parts of a mail derive from
its blocks. Texts in a template may use the names of ``MessageContext`` (``{{ number }}``,
``{% if reason %}…{% endif %}``) and nothing else: no call, filter, loop or attribute. Whatever
is filled in has been made harmless first.

A secret report only ever yields the template ``secret_update``: "Laporan … diperbarui".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from chalicelib.domain import text as words
from chalicelib.domain.drills import MARK, SAID
from chalicelib.domain.text import NotGsm7, safe_text, sms_length, sms_text

__all__ = [
    "Line",
    "MessageContext",
    "NotGsm7",
    "Promise",
    "Rendered",
    "Template",
    "TemplateInvalid",
    "TemplateUnknown",
    "Templates",
    "Told",
    "phrase",
    "render",
    "safe_text",
    "sms_length",
]

Text = str | Mapping[str, str]
"""A text, or one per language: ``{"id": …, "en": …}``."""
Channel = Literal["mail", "sms"]
Block = dict[str, Any]

LANGUAGES: Final = ("id", "en")
SECRET_TEMPLATE: Final = "secret_update"  # noqa: S105 - a template's name
MESSAGES: Final = Path(__file__).resolve().parent.parent / "data" / "messages"

#: What citizens wrote: mail to officers whose template declares that it needs it, never SMS.
CITIZEN_FIELDS: Final = frozenset({"address", "description"})
#: Longest value of a name in an SMS, in septets, so that every template stays within 160.
SMS_CAPS: Final[Mapping[str, int]] = {
    "number": 16,
    "category": 24,
    "kelurahan": 20,
    "kecamatan": 16,
    "agency": 18,
    "agency_name": 30,
    "to_agency": 18,
    "body": 24,
    "reference": 24,
    "reason": 30,
    "step": 8,
    "merged_into": 16,
    "squad": 20,
    "missing": 32,
    "answer": 140,
}
_SMS_CAP: Final = 30
#: Long officers' texts that an SMS has no room for.
_MAIL_ONLY: Final = frozenset({"question", "result", "instruction"})
#: When a message would not fit in one SMS, its values are cut to these shares of their caps.
_SMS_SHRINK: Final = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
#: What a text message goes without, in this order, where it would cost a second part: its link's
#: own host says who writes, and a link at the end needs no word before it.
_SMS_SPARED: Final = ("Tangerang LIVE: ", " Pantau:", " Follow:", " Terima kasih.")
#: Values that are worthless when cut shorter than their cap.
_SMS_WHOLE: Final = frozenset({"agency", "step", "missing", "reference", "merged_into", "tier"})

_URL: Final = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:[/?#][!#$%&()*+,./:;=?@\w~-]*)?", re.A)
_FILE: Final = re.compile(r"^(?P<template>[a-z_]+)\.v(?P<version>[1-9][0-9]*)\.json$")


class TemplateUnknown(KeyError):
    """There is no such template or version, or it has no text for the channel."""


class TemplateInvalid(ValueError):
    """A template is not of the form, or uses a name or construct it may not use."""


@dataclass(frozen=True, slots=True)
class Told:
    """An office that was told before, and when."""

    title: Text
    at: datetime


@dataclass(frozen=True, slots=True)
class Promise:
    """A moment promised to the reporter: what (in words) and until when."""

    name: Text
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list, in a message about several reports."""

    label: Text
    value: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageContext:
    """What a message may speak of; everything but the number may be missing.

    Instants carry a zone. Never put a reporter's name here. Names as templates use them; each
    instant ``x`` is also there as ``x_short``, ``x_day`` and ``x_hour``.

    address, description: the citizen's words. due_at: when the reader's duty is due.
    fired_due_at: the limit that fired this message. until: until when an answer is awaited, or
    the new date of a deferral. awaits: the step's ``until`` event, put in words as ``missing``.
    told_before: oldest first; the last office is also there as ``last_told``.
    next_told: who is told if due_at passes. answer: what we say to a reply. lines, count, more,
    summary, slot: for messages about several reports; topic_name: what the recipient follows.
    more: how many the lines leave out; nothing: there is nothing
    to say.
    links: signed addresses by action (accept, decline, more_time, view, verify, validate, return,
    answer, confirm, dispute, reopen, rate, join, leave); link is the one for everything else.
    can_reply: replies to this channel are read. drill: nothing of it is real, and it says so.
    """

    number: str
    category: Text = ""
    category_code: str = ""
    tier: str = ""
    kelurahan: str = ""
    kecamatan: str = ""
    address: str = ""
    description: str = ""
    agency: str = ""
    agency_name: Text = ""
    to_agency: Text = ""
    sop_id: str = ""
    sop_version: int | None = None
    sop_name: Text = ""
    sop_number: str = ""
    step: str = ""
    instruction: Text = ""
    awaits: str = ""
    cycle: int | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    resolve_by: datetime | None = None
    fired_due_at: datetime | None = None
    until: datetime | None = None
    next_told: Text = ""
    told_before: Sequence[Told] = ()
    promises: Sequence[Promise] = ()
    evidence: Sequence[Text] = ()
    reason: Text = ""
    status: Text = ""
    question: str = ""
    result: str = ""
    body: str = ""
    reference: str = ""
    merged_into: str = ""
    answer: Text = ""
    squad: str = ""
    departed_at: datetime | None = None
    basis: str = ""
    link: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    topic_name: Text = ""
    summary: Text = ""
    slot: Text = ""
    lines: Sequence[Line] = ()
    count: int | None = None
    more: int | None = None
    nothing: bool = False
    can_reply: bool = False
    secret: bool = False
    drill: bool = False


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it leaves: which template and version, and the content per part.

    subject and html are empty for an SMS; text is the plain part of a mail, or the SMS.
    """

    template: str
    version: int
    language: str
    channel: Channel
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Template:
    """One immutable version of a template, as read from its JSON."""

    id: str
    version: int
    audience: str
    citizen_text: bool
    channels: Mapping[str, Mapping[str, Any]]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Template:
        """Check and take over a template; raise TemplateInvalid saying what is wrong."""
        try:
            template = cls(
                id=data["template"],
                version=int(data["version"]),
                audience=data["audience"],
                citizen_text=bool(data.get("citizen_text", False)),
                channels=data["channels"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise TemplateInvalid(f"not a template: {error!r}") from error
        _check(template)
        return template

    def content(self, channel: str, language: str) -> Any:
        """The content for a channel in a language, Indonesian where there is no other."""
        by_language = self.channels.get(channel)
        if not by_language:
            raise TemplateUnknown(f"{self.id} v{self.version} has no {channel}")
        return by_language.get(language) or by_language["id"]


class Templates:
    """Templates by id and version; a file is read when it is first asked for."""

    def __init__(self, sources: Mapping[tuple[str, int], Callable[[], Template]]) -> None:
        self._sources = dict(sources)
        self._read: dict[tuple[str, int], Template] = {}

    @classmethod
    def load(cls, path: Path = MESSAGES) -> Templates:
        """The templates of a directory; only the names of its files are read now."""
        sources = {
            (match["template"], int(match["version"])): _reader(file)
            for file in sorted(path.iterdir())
            if (match := _FILE.match(file.name))
        }
        return cls(sources)

    def with_edited(self, edited: Iterable[Mapping[str, Any]]) -> Templates:
        """These templates and those that staff edited; raise TemplateInvalid for a bad one."""
        sources = dict(self._sources)
        for data in edited:
            template = Template.from_dict(data)
            sources[template.id, template.version] = _constant(template)
        return Templates(sources)

    def with_sources(self, sources: Mapping[tuple[str, int], Callable[[], Template]]) -> Templates:
        """These templates and others that are read when they are first asked for."""
        return Templates({**self._sources, **sources})

    def ids(self) -> tuple[str, ...]:
        """The ids of all templates, sorted."""
        return tuple(sorted({template for template, _ in self._sources}))

    def versions(self, template: str) -> tuple[int, ...]:
        """The versions of one template, oldest first."""
        return tuple(sorted(version for known, version in self._sources if known == template))

    def get(self, template: str, version: int | None = None) -> Template:
        """One version, the newest if none is asked for; raise TemplateUnknown."""
        versions = self.versions(template)
        key = (template, version if version is not None else max(versions, default=0))
        if key not in self._sources:
            raise TemplateUnknown(f"no template {template} v{version or 'any'}")
        if key not in self._read:
            self._read[key] = self._sources[key]()
        return self._read[key]


def render(
    template: str,
    *,
    version: int | None = None,
    language: str = "id",
    channel: Channel,
    context: MessageContext,
    recipient_title: Text = "",
    templates: Templates | None = None,
) -> Rendered:
    """Fill a template for one recipient and channel.

    For a secret report the template asked for is replaced by ``secret_update`` and nothing but
    the number and a link is used. Raises TemplateUnknown, TemplateInvalid, and ValueError for a
    link that is not an http(s) address or an instant without a zone.
    """
    store = templates or default_templates()
    if context.secret or template == SECRET_TEMPLATE:
        template, version = SECRET_TEMPLATE, None if context.secret else version
        context = MessageContext(
            number=context.number, link=context.link, secret=True, drill=context.drill
        )
        recipient_title = ""
    chosen = store.get(template, version)
    language = language if language in LANGUAGES else "id"
    content = chosen.content(channel, language)
    if channel == "sms":
        subject, text, html = "", _sms(content, context, language), ""
    else:
        view = _view(context, language, safe_text)
        view["recipient_title"] = safe_text(_chosen(recipient_title, language), 200)
        content = _as_drill(content, language) if context.drill else content
        subject, text, html = _mail(content, view, _links(context), language)
    return Rendered(chosen.id, chosen.version, language, channel, subject, text, html)


@lru_cache(maxsize=1)
def default_templates() -> Templates:
    """The templates that are delivered with the product."""
    return Templates.load(MESSAGES)


# --- what a template sees -------------------------------------------------------------------


def _chosen(text: Text | None, language: str) -> str:
    if not text:
        return ""
    return text if isinstance(text, str) else text.get(language) or text.get("id", "")


def _view(context: MessageContext, language: str, clean: Callable[[str], str]) -> dict[str, Any]:
    """Every name a template may use, in one language and with *clean* applied to every text."""
    view: dict[str, Any] = {"recipient_title": ""}
    for known in fields(context):
        if known.name not in ("link", "links", "secret", "drill"):
            view |= _named(known.name, getattr(context, known.name), language, clean)
    view["link"] = _checked(context.link) if context.link else ""
    for name in _DATES:
        view |= _dates(name, getattr(context, name), language)
    view["tier_name"] = _phrase("tier", context.tier, language)
    view["missing"] = _phrase("missing", context.awaits, language)
    last = context.told_before[-1].title if context.told_before else ""
    view["last_told"] = clean(_chosen(last, language))
    return view


_DATES: Final = (
    "received_at", "due_at", "resolve_by", "fired_due_at", "until", "departed_at"
)  # fmt: skip


def _named(name: str, value: Any, language: str, clean: Callable[[str], str]) -> dict[str, Any]:
    if name in _DATES:
        return {}
    if isinstance(value, bool):
        return {name: value}
    if value is None or isinstance(value, int):
        return {name: "" if value is None else str(value)}
    if isinstance(value, str | Mapping):
        return {name: clean(_chosen(value, language))}
    return {name: [_item(one, language, clean) for one in value]}


def _item(value: Any, language: str, clean: Callable[[str], str]) -> dict[str, str]:
    if isinstance(value, Told):
        title = clean(_chosen(value.title, language))
        return {"told_title": title, **_dates("told_at", value.at, language)}
    if isinstance(value, Promise):
        name = clean(_chosen(value.name, language))
        return {"promise_name": name, **_dates("promise_due", value.due_at, language)}
    if isinstance(value, Line):
        return {
            "line_label": clean(_chosen(value.label, language)),
            "line_value": clean(_chosen(value.value, language)),
        }
    return {"evidence_name": clean(_chosen(value, language))}


#: The names inside a row with ``"each"``, by the list it goes through.
_ITEM_NAMES: Final = {
    "told_before": ("told_title", "told_at"),
    "promises": ("promise_name", "promise_due"),
    "evidence": ("evidence_name",),
    "lines": ("line_label", "line_value"),
}


def _dates(name: str, at: datetime | None, language: str) -> dict[str, str]:
    if at is None:
        return dict.fromkeys((name, f"{name}_short", f"{name}_day", f"{name}_hour"), "")
    return {
        name: words.long_date(at, language),
        f"{name}_short": words.short_date(at),
        f"{name}_day": words.long_day(at, language),
        f"{name}_hour": words.hour(at),
    }


def _checked(url: str) -> str:
    """*url* if it is a plain http(s) address; links come from us, so another one is an error."""
    if not _URL.fullmatch(url):
        raise ValueError(f"not an address for a message: {url!r}")
    return url


def _links(context: MessageContext) -> dict[str, str]:
    links = {name: _checked(url) for name, url in context.links.items() if url}
    return {"link": _checked(context.link), **links} if context.link else links


@lru_cache(maxsize=1)
def _phrases() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    phrases: Mapping[str, Mapping[str, Mapping[str, str]]] = json.loads(
        (MESSAGES / "phrases.json").read_text(encoding="utf-8")
    )
    return phrases


def phrase(kind: str, key: str) -> dict[str, str]:
    """Return the words for *key* in both languages, empty if there are none."""
    return dict(_phrases()[kind].get(key, {}))


def _phrase(kind: str, key: str, language: str) -> str:
    return _chosen(_phrases()[kind].get(key), language)


# --- the two channels -----------------------------------------------------------------------


def _sms(content: str, context: MessageContext, language: str) -> str:
    """The SMS, with its values cut as far as needed to stay within one part.

    What cannot be cut (the template's own words and the link) is sent in several parts rather
    than not at all.
    """
    text, mark = "", f"{MARK}: " if context.drill else ""
    for share in _SMS_SHRINK:
        view = _sms_view(context, language, share)
        text = mark + " ".join(_filled(content, view).split())
        if sms_length(text) <= words.SMS_SEPTETS:
            return text
    for words_to_spare in _SMS_SPARED:
        text = text.replace(words_to_spare, "", 1)
        if sms_length(text) <= words.SMS_SEPTETS:
            break
    return text


def _sms_view(context: MessageContext, language: str, share: float) -> dict[str, Any]:
    view = _view(context, language, safe_text)
    for name, value in view.items():
        if isinstance(value, str) and name not in ("number", "link"):
            kept = 1.0 if name in _SMS_WHOLE else share
            view[name] = sms_text(value, max(8, round(SMS_CAPS.get(name, _SMS_CAP) * kept)))
    for name in _DATES:  # dates are short already and worthless when cut
        view |= _dates(name, getattr(context, name), language)
    view["number"] = sms_text(view["number"], SMS_CAPS["number"])
    return {name: value for name, value in view.items() if name not in _not_in_sms()}


def _not_in_sms() -> frozenset[str]:
    return CITIZEN_FIELDS | _MAIL_ONLY | set(_ITEM_NAMES) | {"recipient_title"}


def _mail(
    content: Mapping[str, Any], view: Mapping[str, Any], links: Mapping[str, str], language: str
) -> tuple[str, str, str]:
    filled = [_filled_block(block, view, links) for block in content["blocks"]]
    blocks = [block for block in filled if block]
    subject = _line(content["subject"], view)[:200]
    html = _layout().render(
        language=language,
        subject=subject,
        preheader=_line(content.get("preheader", ""), view),
        blocks=blocks,
        number=view["number"],
    )
    return subject, _as_text(blocks), html


def _as_drill(content: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The same mail, saying in subject, preview and first words that it is a drill."""
    said = {"type": "paragraph", "label": MARK, "text": SAID[language]}
    return {
        **content,
        "subject": f"{MARK}: {content['subject']}",
        "preheader": f"{MARK}. {content.get('preheader', '')}",
        "blocks": [said, *content["blocks"]],
    }


def _line(source: str, view: Mapping[str, Any]) -> str:
    return " ".join(_filled(source, view).split())


def _filled_block(block: Block, view: Mapping[str, Any], links: Mapping[str, str]) -> Block | None:
    """A block with its texts filled in, or None where it has nothing to say."""
    if "if" in block and not view.get(block["if"]):
        return None
    return _BLOCKS[block["type"]](block, view, links)


def _text_block(block: Block, view: Mapping[str, Any], _: Mapping[str, str]) -> Block | None:
    text = _line(block["text"], view)
    label = _line(block.get("label", ""), view)
    return {"type": block["type"], "text": text, "label": label} if text else None


def _due_block(block: Block, view: Mapping[str, Any], _: Mapping[str, str]) -> Block | None:
    at = block["at"]
    if not view[at]:
        return None
    return {
        "type": "due",
        "label": _line(block["label"], view),
        "at": view[at],
        "hour": view[f"{at}_hour"],
        "day": view[f"{at}_day"],
        "note": _line(block.get("note", ""), view),
        "late": bool(block.get("late")),
    }


def _facts_block(block: Block, view: Mapping[str, Any], _: Mapping[str, str]) -> Block | None:
    rows = [
        {"label": _line(row["label"], seen), "value": value, "strong": bool(row.get("strong"))}
        for row in block["rows"]
        for seen in _each(row, view)
        if (value := _line(row["value"], seen))
    ]
    title = _line(block.get("title", ""), view)
    return {"type": "facts", "title": title, "rows": rows} if rows else None


def _each(row: Block, view: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [{**view, **item} for item in view[row["each"]]] if "each" in row else [view]


def _actions_block(block: Block, view: Mapping[str, Any], links: Mapping[str, str]) -> Block | None:
    """Buttons whose address is known; without the first one's, the report's link under the
    label ``otherwise``."""
    items = [
        {"label": _line(item["label"], view), "url": url, "main": place == 0}
        for place, item in enumerate(block["items"])
        if (url := links.get(item["link"]))
    ]
    note = _line(block.get("note", ""), view)
    if not (items and items[0]["main"]) and "link" in links:
        # No page of its own for the main action: the button says only what it does.
        label = _line(block.get("otherwise") or block["items"][0]["label"], view)
        items.insert(0, {"label": label, "url": links["link"], "main": True})
        note = ""
    return {"type": "actions", "items": items, "note": note} if items else None


def _signature_block(block: Block, view: Mapping[str, Any], _: Mapping[str, str]) -> Block | None:
    lines = [line for source in block["lines"] if (line := _line(source, view))]
    return {"type": "signature", "lines": lines} if lines else None


_BLOCKS: Final[Mapping[str, Callable[..., Block | None]]] = {
    "salutation": _text_block,
    "heading": _text_block,
    "paragraph": _text_block,
    "quote": _text_block,
    "small": _text_block,
    "due": _due_block,
    "facts": _facts_block,
    "actions": _actions_block,
    "signature": _signature_block,
}


def _as_text(blocks: Iterable[Block]) -> str:
    return "\n\n".join(_PLAIN[block["type"]](block) for block in blocks) + "\n"


def _plain_text(block: Block) -> str:
    return f"{block['label']}\n{block['text']}" if block["label"] else str(block["text"])


def _plain_quote(block: Block) -> str:
    return f"{block['label']}\n> {block['text']}"


def _plain_due(block: Block) -> str:
    note = f"\n{block['note']}" if block["note"] else ""
    return f"{block['label']}:\n{block['at']}{note}"


def _plain_facts(block: Block) -> str:
    title = [block["title"]] if block["title"] else []
    return "\n".join([*title, *(f"{row['label']}: {row['value']}" for row in block["rows"])])


def _plain_actions(block: Block) -> str:
    note = [block["note"]] if block["note"] else []
    return "\n".join([*(f"{item['label']}: {item['url']}" for item in block["items"]), *note])


def _plain_signature(block: Block) -> str:
    return "\n".join(block["lines"])


_PLAIN: Final[Mapping[str, Callable[[Block], str]]] = {
    "salutation": _plain_text,
    "heading": _plain_text,
    "paragraph": _plain_text,
    "quote": _plain_quote,
    "small": _plain_text,
    "due": _plain_due,
    "facts": _plain_facts,
    "actions": _plain_actions,
    "signature": _plain_signature,
}


# --- filling in, in a sandbox ---------------------------------------------------------------

#: All that the text of a template may be made of. Without calls, filters, attributes and loops
#: a template can neither reach anything nor run for long.
_ALLOWED_NODES: Final = frozenset(
    {
        "Template", "Output", "TemplateData", "Name", "If", "CondExpr", "Const",
        "And", "Or", "Not", "Compare", "Operand",
    }
)  # fmt: skip


@lru_cache(maxsize=2)
def _sandbox(html: bool) -> Any:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # Texts are filled in as plain text; the layout escapes them, once, where they become HTML.
    sandbox = ImmutableSandboxedEnvironment(autoescape=html, undefined=StrictUndefined)
    sandbox.globals.clear()
    return sandbox


@lru_cache(maxsize=2048)
def _compiled(source: str) -> Any:
    from jinja2 import TemplateSyntaxError

    sandbox = _sandbox(html=False)
    try:
        tree = sandbox.parse(source)
    except TemplateSyntaxError as error:
        raise TemplateInvalid(f"{error} in {source!r}") from error
    pending = [tree]
    while pending:
        node = pending.pop()
        if type(node).__name__ not in _ALLOWED_NODES:
            raise TemplateInvalid(f"{type(node).__name__} is not allowed in {source!r}")
        pending.extend(node.iter_child_nodes())
    return sandbox.from_string(source)


def _filled(source: str, view: Mapping[str, Any]) -> str:
    from jinja2 import UndefinedError

    try:
        filled: str = _compiled(source).render(view)
    except UndefinedError as error:
        raise TemplateInvalid(f"{error} in {source!r}") from error
    return filled


@lru_cache(maxsize=1)
def _layout() -> Any:
    return _sandbox(html=True).from_string((MESSAGES / "layout.html").read_text(encoding="utf-8"))


# --- checking a template --------------------------------------------------------------------


def _reader(file: Path) -> Callable[[], Template]:
    return lambda: Template.from_dict(json.loads(file.read_text(encoding="utf-8")))


def _constant(template: Template) -> Callable[[], Template]:
    return lambda: template


def _check(template: Template) -> None:
    """Fill every text with nothing, so that a wrong name or form shows before it is in use."""
    known = _view(MessageContext(number="X"), "id", safe_text)
    for name in CITIZEN_FIELDS if not template.citizen_text else ():
        del known[name]
    try:
        for channel, contents in template.channels.items():
            for content in (contents["id"], *contents.values()):
                _check_content(channel, content, known)
    except (KeyError, TypeError, AttributeError) as error:
        raise TemplateInvalid(f"{template.id} v{template.version}: {error!r}") from error


def _check_content(channel: str, content: Any, known: Mapping[str, Any]) -> None:
    if channel == "sms":
        hidden = _not_in_sms()
        seen = {name: value for name, value in known.items() if name not in hidden}
        _check_text(content, seen)
        sms_length(re.sub(r"{%.*?%}|{{.*?}}", "", content))
        return
    _check_text(content["subject"], known)
    _check_text(content.get("preheader", ""), known)
    for block in content["blocks"]:
        _check_block(block, known)


def _check_block(block: Block, known: Mapping[str, Any]) -> None:
    if block["type"] not in _BLOCKS or ("if" in block and block["if"] not in known):
        raise TemplateInvalid(f"unknown type or condition in {block!r}")
    _filled_block({**block, "if": "number"}, known, {"link": "https://example.org"})
    texts = [block.get(key, "") for key in ("text", "label", "note", "title", "otherwise")]
    texts += [item["label"] for item in block.get("items", ())]
    for source in texts:
        _check_text(source, known)
    for row in block.get("rows", ()):
        names = _ITEM_NAMES[row["each"]] if "each" in row else ()
        seen = {**known, **{name: "" for item in names for name in _forms(item)}}
        _check_text(row["label"], seen)
        _check_text(row["value"], seen)


def _forms(name: str) -> tuple[str, ...]:
    return (name, f"{name}_short", f"{name}_day", f"{name}_hour")


def _check_text(source: str, known: Mapping[str, Any]) -> None:
    from jinja2 import meta

    _compiled(source)
    unknown = meta.find_undeclared_variables(_sandbox(html=False).parse(source)) - set(known)
    if unknown:
        raise TemplateInvalid(f"no such name here: {', '.join(sorted(unknown))} in {source!r}")
