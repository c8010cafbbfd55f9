"""The words of an HTML mail without markup, and without what its program marks as quoted."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

_SKIPPED: Final = frozenset({"script", "style", "head", "title", "template"})
_BREAKS: Final = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "table", "hr"})
_VOID: Final = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr", "col", "area", "base"})
#: Classes and ids by which Gmail, Outlook, Yahoo, Thunderbird and telephones mark a quote.
_QUOTE: Final = re.compile(
    r"\b(?:gmail_quote|gmail_attr|gmail_signature|gmail_extra|yahoo_quoted|moz-cite-prefix"
    r"|moz-signature|protonmail_quote|zmail_extra|wps_quotion|x_gmail_quote|reply-intro)\b"
)
#: From here on everything is quoted, though nothing wraps it.
_REST: Final = re.compile(
    r"^(?:divRplyFwdMsg|appendonsend|x_divRplyFwdMsg|stopSpelling|mail-editor-reference-message"
    r"|ms-outlook-mobile-signature|Signature|OLK_SRC_BODY_SECTION)"
)


class _Words(HTMLParser):
    """Collects text outside of quotes; wrong nesting ends a quote late, never early."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._hidden = 0
        self._over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if _REST.match(named.get("id", "")):
            self._over = True
        if tag in _BREAKS:
            self._add("\n")
        if tag in _VOID:
            return
        hides = (
            tag in _SKIPPED
            or tag == "blockquote"
            or bool(_QUOTE.search(f"{named.get('class', '')} {named.get('id', '')}"))
        )
        self._open.append((tag, hides))
        self._hidden += hides

    def handle_endtag(self, tag: str) -> None:
        places = [place for place, (name, _) in enumerate(self._open) if name == tag]
        if not places:
            return
        for _, hides in self._open[places[-1] :]:
            self._hidden -= hides
        del self._open[places[-1] :]
        if tag in _BREAKS:
            self._add("\n")

    def handle_data(self, data: str) -> None:
        self._add(re.sub(r"[ \t\r\n]+", " ", data))

    def _add(self, text: str) -> None:
        if not self._hidden and not self._over:
            self.words.append(text)


def text_of_html(html: str) -> str:
    """Return the words of *html*, one line per block, without quotes and signatures."""
    reader = _Words()
    reader.feed(html[:200_000])
    reader.close()
    lines = ("".join(reader.words)).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in lines)).strip()
