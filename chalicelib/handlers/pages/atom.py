"""Atom feeds (RFC 4287) of what the public may see, for feed readers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as Xml

from chalicelib import bootstrap, config
from chalicelib.services.following import CATEGORY
from chalicelib.services.views import Filters

_ATOM = "http://www.w3.org/2005/Atom"
_ENTRIES = 50
#: Where a feed has no entry yet, it still needs an instant.
_NEVER = "2027-01-01T00:00:00+07:00"


def one_report(
    number: str, events: Iterable[Mapping[str, Any]], name: str, here: str, language: str
) -> str:
    """Return the feed of one report: each public step of its record, newest first."""
    page = f"{config.public_url()}/laporan/{number}"
    entries = [
        _entry(f"{here}#{place}", str(one["at"]), str(one["sentence"][language]), page)
        for place, one in enumerate(events, start=1)
    ]
    return _feed(here, name, entries[::-1][:_ENTRIES])


def category_or_area(topic: str, name: str, here: str, language: str) -> str:
    """Return the feed of a category or an area: its newest public reports as they now stand."""
    kind, _, key = topic.partition(":")
    filters = Filters(category=key) if kind == CATEGORY else Filters(area=key)
    rows = bootstrap.view_store().page(filters, _ENTRIES, None).items
    entries = []
    for row in map(bootstrap.views().listed, rows):
        page = f"{config.public_url()}/laporan/{row['number']}"
        title = f"{row['number']}: {_named(row.get('category'), language)}"
        entries.append(_entry(page, str(row.get("updated_at") or row["filed_at"]), title, page))
    return _feed(here, name, entries)


def _named(category: Any, language: str) -> str:
    if not isinstance(category, Mapping):
        return str(category or "")
    name = category.get("name", category)
    return str(name.get(language, "")) if isinstance(name, Mapping) else str(name)


def _feed(here: str, name: str, entries: list[Xml.Element]) -> str:
    feed = Xml.Element("feed", xmlns=_ATOM)
    _text(feed, "id", here)
    _text(feed, "title", f"LIVE Room Kota Tangerang: {name}")
    updated = max((one.findtext("updated") or "" for one in entries), default="") or _NEVER
    _text(feed, "updated", updated)
    Xml.SubElement(feed, "link", rel="self", href=here)
    author = Xml.SubElement(feed, "author")
    _text(author, "name", "LIVE Room Kota Tangerang")
    feed.extend(entries)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(feed, encoding="unicode")


def _entry(id: str, at: str, title: str, page: str) -> Xml.Element:
    entry = Xml.Element("entry")
    _text(entry, "id", id)
    _text(entry, "title", title)
    _text(entry, "updated", at)
    Xml.SubElement(entry, "link", rel="alternate", href=page)
    return entry


def _text(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, name).text = text
