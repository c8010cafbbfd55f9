"""Open311 answers as XML and as JSON (the "Spark" mapping: no root, lists become arrays).

One tree serves both: `Items` is a named list of elements; a mapping is an element with members;
None leaves a member out, since an empty ``expected_datetime`` breaks a published validator.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

XML, JSON = "xml", "json"
FORMATS = (XML, JSON)
_TYPES = {XML: "text/xml; charset=utf-8", JSON: "application/json; charset=utf-8"}


@dataclass(frozen=True)
class Items:
    """A list: *root* is its element in XML, *item* that of each member."""

    root: str
    item: str
    members: Sequence[Any]


@dataclass(frozen=True)
class One:
    """A single element as the whole answer."""

    root: str
    member: Mapping[str, Any]


def content_type(form: str) -> str:
    """Return the media type of a format."""
    return _TYPES[form]


def rendered(form: str, tree: Items | One) -> str:
    """Return *tree* as text."""
    if form == JSON:
        return json.dumps(_plain(tree), ensure_ascii=False)
    root = ElementTree.Element(tree.root)
    if isinstance(tree, Items):
        for member in tree.members:
            _fill(ElementTree.SubElement(root, tree.item), member)
    else:
        _fill(root, tree.member)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}'


def errors(form: str, code: str, description: str) -> str:
    """Return the one error document that every layer answers with, in the format asked for."""
    return rendered(form, Items("errors", "error", [{"code": code, "description": description}]))


def _plain(value: Any) -> Any:
    if isinstance(value, One):
        return _plain(value.member)
    if isinstance(value, Items):
        return [_plain(member) for member in value.members]
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items() if one is not None}
    return value


def _fill(element: ElementTree.Element, value: Any) -> None:
    if isinstance(value, Mapping):
        for name, one in value.items():
            if one is not None:
                _fill(ElementTree.SubElement(element, name), one)
    elif isinstance(value, Items):
        # The list's own element is there already, named by the member that holds it.
        for member in value.members:
            _fill(ElementTree.SubElement(element, value.item), member)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    else:
        element.text = "".join(sign for sign in str(value) if _allowed(sign))


def _allowed(sign: str) -> bool:
    """What XML 1.0 can hold at all."""
    return (
        sign in "\t\n\r"
        or "\x20" <= sign <= "\ud7ff"
        or "\ue000" <= sign <= "\ufffd"
        or (sign >= "\U00010000")
    )
