"""Following without an account: a form, a link that confirms, a link that leaves, and feeds.

Opening a link changes nothing (mail scanners open every link); only its POST does. The POST of
the leaving link is also what a mail program sends for "unsubscribe" (RFC 8058), without cookies,
so it asks for nothing but the link itself.
"""

from __future__ import annotations

from chalice import Blueprint, Response

from chalicelib import bootstrap, config
from chalicelib.domain.actions import ANYONE
from chalicelib.domain.limits import Mark
from chalicelib.domain.numbers import normalise
from chalicelib.domain.signing import TokenRefused
from chalicelib.handlers.addresses import MAIL_FORM
from chalicelib.handlers.forms import form_fields
from chalicelib.handlers.guarding import admit_addressed
from chalicelib.handlers.pages.rendering import OF_A_LINK, language_of, page
from chalicelib.handlers.problems import SAFE_HEADERS, Problem
from chalicelib.handlers.serving import Call, shows
from chalicelib.services.following import AREA, CATEGORY, JOIN, LEAVE, REPORT, NoSuchTopic

blueprint = Blueprint(__name__)
#: What the address of a page or a feed calls a kind of topic.
KINDS = {"laporan": REPORT, "kategori": CATEGORY, "wilayah": AREA}


@shows(blueprint, "GET", "/ikuti")
def form(call: Call) -> Response:
    """Ask what to follow and where to send it."""
    return _form(call, {name: call.query(name)[:60] for name in KINDS})


@shows(blueprint, "POST", "/ikuti")
def ask(call: Call) -> Response:
    """Send the confirmation; the answer is the same whether or not the address follows already."""
    given = form_fields(call.body)
    address = given.get("email", "").strip()
    topic = topic_of(given)
    if not topic or not MAIL_FORM.fullmatch(address):
        return _form(call, given, wrong="email" if topic else "topic")
    try:
        admit_addressed(call, [Mark("confirmation", address.lower())])
        bootstrap.following().ask(topic, address, language_of(call))
    except NoSuchTopic:
        return _form(call, given, wrong="topic")
    return page(call, "follow.html", headers=OF_A_LINK, state="asked")


@shows(blueprint, "GET", "/ikuti/{token}")
def confirmation(call: Call) -> Response:
    """Show what would be followed."""
    return _shown(call, JOIN, "confirm")


@shows(blueprint, "POST", "/ikuti/{token}")
def confirm(call: Call) -> Response:
    """Follow from now on."""
    _about(call, JOIN)
    joined = bootstrap.following().join(call.params["token"])
    return _shown(call, JOIN, "joined" if joined else "late")


@shows(blueprint, "GET", "/berhenti/{token}")
def way_out(call: Call) -> Response:
    """Show what would be stopped."""
    return _shown(call, LEAVE, "leave")


@shows(blueprint, "POST", "/berhenti/{token}")
def leave(call: Call) -> Response:
    """Stop it; with ``back`` a digest comes again."""
    back = form_fields(call.body).get("back") == "1"
    bootstrap.leave()(_about(call, LEAVE), back=back)
    return _shown(call, LEAVE, "back" if back else "left")


@shows(blueprint, "GET", "/umpan/{feed}")
def feed(call: Call) -> Response:
    """An Atom feed of one report, category or area; what the public list shows and no more."""
    from chalicelib.handlers.pages.atom import category_or_area, one_report

    kind, _, key = call.params["feed"].removesuffix(".atom").partition("-")
    topic = topic_of({kind: key})
    if not topic:
        raise Problem("not_found")
    try:
        name = bootstrap.following().name(topic)
    except NoSuchTopic:
        raise Problem("not_found") from None
    language = language_of(call)
    here = f"{config.public_url()}/umpan/{call.params['feed']}"
    if topic.startswith(REPORT):
        number = topic.partition(":")[2]
        stored = bootstrap.store().load(number)
        shown = bootstrap.views().timeline(stored, ANYONE, number, language)
        body = one_report(number, shown["events"], name[language], here, language)
    else:
        body = category_or_area(topic, name[language], here, language)
    headers = {**SAFE_HEADERS, "Content-Type": "application/atom+xml; charset=utf-8"}
    kept = {"Cache-Control": "public, max-age=300", "Vary": "Accept-Language, Cookie"}
    return Response(body, headers={**headers, **kept})


def topic_of(given: object) -> str:
    """Return the topic that fields called as `KINDS` name, "" if they name none."""
    fields = given if isinstance(given, dict) else dict(given)  # type: ignore[call-overload]
    for name, kind in KINDS.items():
        key = str(fields.get(name, "")).strip()
        if key:
            number = normalise(key) if kind == REPORT else key
            return f"{kind}:{number}" if number else ""
    return ""


def _form(call: Call, given: object, wrong: str = "") -> Response:
    areas = bootstrap.catalogue().areas
    names = bootstrap.catalogue().categories().values()
    return page(
        call,
        "follow.html",
        status=422 if wrong else 200,
        headers=OF_A_LINK,
        state="form",
        given=given,
        wrong=wrong,
        categories=[one for one in names if one.sensitivity != "secret"],
        areas=list(areas.all("kelurahan")),
    )


def _about(call: Call, purpose: str) -> tuple[str, str, str]:
    try:
        return bootstrap.following().topic_of(purpose, call.params["token"])
    except (TokenRefused, ValueError):
        raise Problem("not_found") from None


def _shown(call: Call, purpose: str, state: str) -> Response:
    kind, what, _ = _about(call, purpose)
    name = {"id": "", "en": ""}
    if kind == "topic":
        try:
            name = bootstrap.following().name(what)
        except NoSuchTopic:
            name = {"id": "laporan itu", "en": "that report"}
    return page(
        call, "follow.html", headers=OF_A_LINK, state=state, kind=kind, what=what, topic=name,
        token=call.params["token"],
    )  # fmt: skip
