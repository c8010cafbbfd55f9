"""Every message that leaves the system on one page, to be looked at before anybody gets it.

    python -m chalicelib.gallery > gallery.html

Each template of the catalogue, filled with a made-up report, in both languages: the mail as HTML
and as plain text, the text message with its length in septets and parts, and what a push shows.
"""

from __future__ import annotations

import sys
from html import escape
from typing import TextIO

from chalicelib.domain.text import sms_length, sms_parts
from chalicelib.services.messages import LANGUAGES, Rendered, default_templates, render
from chalicelib.services.samples import RECIPIENT, sample

_STYLE = """
body{font:16px/24px 'Segoe UI',Roboto,Arial,sans-serif;margin:24px;color:#111a1f;background:#fff}
h1{font-size:28px;line-height:34px}
h2{margin:48px 0 8px;border-top:2px solid #111a1f;padding-top:16px}
.pair{display:grid;grid-template-columns:repeat(2,640px);gap:24px;align-items:start}
iframe{width:640px;border:1px solid #c8d0d3;background:#f2f4f3}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f2f4f3;padding:12px;margin:0 0 12px;
font:14px/20px ui-monospace,Consolas,monospace}
.note{color:#47545c;font-size:14px;margin:8px 0 4px}nav a{margin-right:12px;white-space:nowrap}
"""


def parts(text: str) -> int:
    """Return how many parts a text message takes."""
    return sms_parts(sms_length(text))


def page() -> str:
    """Return the gallery as one HTML page."""
    ids = default_templates().ids()
    index = " ".join(f'<a href="#{id}">{id}</a>' for id in ids)
    sections = "\n".join(_section(id) for id in ids)
    return (
        '<!doctype html><html lang="id"><head><meta charset="utf-8"><title>LIVE Room: pesan</title>'
        f"<style>{_STYLE}</style></head><body><h1>Semua pesan keluar / every outbound message</h1>"
        f"<p>{len(ids)} template, Indonesia | English</p><nav>{index}</nav>\n{sections}"
        "</body></html>\n"
    )


def _section(id: str) -> str:
    template = default_templates().get(id)
    columns = "".join(f"<div>{_column(id, language)}</div>" for language in LANGUAGES)
    heading = f'<h2 id="{id}">{id} v{template.version} <small>({template.audience})</small></h2>'
    return f'{heading}<div class="pair">{columns}</div>'


def _column(id: str, language: str) -> str:
    mail = _rendered(id, "mail", language)
    text = _rendered(id, "sms", language).text
    length = sms_length(text)
    return (
        f'<p class="note">Subject</p><pre>{escape(mail.subject)}</pre>'
        f'<iframe title="{id} {language}" height="760" srcdoc="{escape(mail.html)}"></iframe>'
        f'<p class="note">Text</p><pre>{escape(mail.text)}</pre>'
        f'<p class="note">SMS: {length} septets, {parts(text)} part</p><pre>{escape(text)}</pre>'
    )


def _rendered(id: str, channel: str, language: str) -> Rendered:
    return render(
        id,
        language=language,
        channel="mail" if channel == "mail" else "sms",
        context=sample(id),
        recipient_title=RECIPIENT,
    )


def main(out: TextIO = sys.stdout) -> None:
    """Write the page."""
    out.write(page())


if __name__ == "__main__":
    main()
