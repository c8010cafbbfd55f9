"""What Open311 clients send, read: parameters from query and body alike, times, lists, pages.

Clients put the key and the jurisdiction in the body or the query, send forms urlencoded or as
multipart (`three` does, with a file), and turn line ends into CRLF. An empty parameter counts as
absent (specification).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import parse_qsl

from chalicelib.domain import open311 as rules
from chalicelib.domain.areas import is_position
from chalicelib.domain.numbers import normalise
from chalicelib.handlers.http import MAX_BODY, clean, one_line
from chalicelib.handlers.problems import Problem
from chalicelib.services.open311 import MAX_DEPTH, MAX_PAGE, NewRequest, NewUpdate, Query

Values = Mapping[str, Sequence[str]]
_MAX_FIELDS = 200
_MAX_LIST = 200
_MAIL = re.compile(r"[^@\s,;<>]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")
_URL = re.compile(r"https?://[^\s<>\"]{3,490}")
_ATTRIBUTE = re.compile(r"attribute\[([A-Za-z0-9_.-]{1,60})\](\[\d{0,3}\])?")
_NUMBER = re.compile(r"[+-]?\d{1,3}(\.\d{1,20})?")
_COUNT = re.compile(r"[0-9]{1,5}")


class BadRequest(Exception):
    """A parameter that will not do. *code* is ours and stable; *name* is the parameter."""

    def __init__(self, code: str, name: str = "", status: int = 400) -> None:
        super().__init__(code)
        self.code, self.name, self.status = code, name, status


def values_of(query: Any, body: bytes, content_type: str) -> dict[str, list[str]]:
    """Return every parameter that is not empty; those of the body come first."""
    found: dict[str, list[str]] = {}
    for name, value in (*_form(body, content_type), *_pairs(query)):
        if value.strip():
            found.setdefault(name, []).append(value)
    return found


def one(values: Values, name: str) -> str:
    """Return the first value of a parameter on one line, empty if it is absent."""
    return one_line(values.get(name, ("",))[0])


def new_request(values: Values, key: str) -> tuple[NewRequest, list[str]]:
    """Return the request and what was left out of it (a notice for the client, by code)."""
    lat, lon = _point(values)
    left_out: list[str] = []
    email, phone = one(values, "email"), _phone(one(values, "phone"))
    if email and (len(email) > 254 or not _MAIL.fullmatch(email)):
        email, left_out = "", [*left_out, "email"]
    if one(values, "phone") and not phone:
        left_out.append("phone")
    media = one(values, "media_url")
    if media and not _URL.fullmatch(media):
        media, left_out = "", [*left_out, "media_url"]
    description = clean(values.get("description", ("",))[0])
    if len(description) > rules.MAX_DESCRIPTION:
        raise BadRequest("too_long", "description")
    code = one(values, "service_code")
    if not code:
        raise BadRequest("missing", "service_code")
    address, address_id = one(values, "address_string")[:300], one(values, "address_id")[:60]
    if lat is None and not address and not address_id:
        raise BadRequest("location_missing", "lat")
    names = (one(values, "first_name"), one(values, "last_name"))
    new = NewRequest(
        service_code=code[:60],
        description=description,
        lat=lat,
        lon=lon,
        address=address,
        address_id=address_id,
        email=email,
        phone=phone,
        name=" ".join(name for name in names if name)[:100],
        media_url=media,
        answers=_answers(values),
        key=key,
    )
    return new, left_out


def new_update(values: Values) -> NewUpdate:
    """Return the update that a client sent."""
    for name in ("service_request_id", "update_id", "status"):
        if not one(values, name):
            raise BadRequest("missing", name)
    number = normalise(one(values, "service_request_id")[:60])
    if number is None:
        raise Problem("not_found")
    if one(values, "updated_datetime"):
        instant_of(values, "updated_datetime")
    description = clean(values.get("description", ("",))[0])
    if len(description) > rules.MAX_DESCRIPTION:
        raise BadRequest("too_long", "description")
    return NewUpdate(
        number, one(values, "update_id")[:200], one(values, "status")[:60], description
    )


def query_of(values: Values, now: datetime) -> Query:
    """Return what GET Service Requests asks for."""
    start, end = window_of(values, now)
    size = _count(values, "page_size", MAX_PAGE)
    page = _count(values, "page", 1)
    if size > MAX_PAGE:
        raise BadRequest("too_large", "page_size")
    if page * size > MAX_DEPTH:
        raise BadRequest("too_large", "page")
    statuses = _list(values, "status")
    if set(statuses) - {rules.OPEN, rules.CLOSED}:
        raise BadRequest("not_allowed", "status")
    return Query(
        start=start,
        end=end,
        codes=frozenset(_list(values, "service_code")),
        statuses=frozenset(statuses),
        updated_after=_bound(values, "updated_after"),
        updated_before=_bound(values, "updated_before"),
        page=page,
        size=size,
    )


def numbers_of(values: Values) -> list[str]:
    """Return the report numbers of ``service_request_id``; what cannot be one is none of ours."""
    named = (normalise(text[:60]) for text in _list(values, "service_request_id"))
    return [number for number in named if number is not None]


def window_of(values: Values, now: datetime) -> tuple[datetime, datetime]:
    """Return ``start_date`` and ``end_date``, or their defaults."""
    start = instant_of(values, "start_date")
    end = instant_of(values, "end_date")
    try:
        return rules.window(start, end, now)
    except (rules.WindowRefused, OverflowError):
        raise BadRequest("window", "end_date") from None


def instant_of(values: Values, name: str) -> datetime | None:
    """Return a time (ISO 8601); without a zone it is UTC, and a blank stands for a lost ``+``."""
    text = one(values, name).replace(" ", "+")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest("bad_time", name) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not 2000 <= moment.year <= 2200:
        raise BadRequest("bad_time", name)
    return moment.astimezone(UTC).replace(microsecond=0)


def _bound(values: Values, name: str) -> str:
    moment = instant_of(values, name)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def _point(values: Values) -> tuple[float | None, float | None]:
    lat, lon = one(values, "lat"), one(values, "long")
    if not lat and not lon:
        return None, None
    if not (_NUMBER.fullmatch(lat) and _NUMBER.fullmatch(lon)):
        raise BadRequest("invalid", "long" if _NUMBER.fullmatch(lat) else "lat")
    if not is_position(float(lat), float(lon)):
        raise BadRequest("invalid", "lat")
    return float(lat), float(lon)


def _answers(values: Values) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, given in values.items():
        match = _ATTRIBUTE.fullmatch(name)
        if match:
            cleaned = [clean(value)[: rules.MAX_DESCRIPTION] for value in given[:50]]
            found.setdefault(match[1], []).extend(cleaned)
    return found


def _list(values: Values, name: str) -> list[str]:
    parts = [part.strip() for value in values.get(name, ()) for part in value.split(",")]
    if len(parts) > _MAX_LIST:
        raise BadRequest("too_many", name)
    return [part for part in parts if part]


def _count(values: Values, name: str, default: int) -> int:
    text = one(values, name)
    if not text:
        return default
    if not _COUNT.fullmatch(text) or int(text) < 1:
        raise BadRequest("invalid", name)
    return int(text)


def _phone(text: str) -> str:
    if not text:
        return ""
    import phonenumbers

    try:
        number = phonenumbers.parse(text[:30], "ID")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _pairs(query: Any) -> list[tuple[str, str]]:
    """Chalice's MultiDict, with every value of a parameter."""
    if not query:
        return []
    return [(str(name), str(value)) for name in query for value in query.getlist(name)]


def _form(body: bytes, content_type: str) -> list[tuple[str, str]]:
    if len(body) > MAX_BODY:
        raise Problem("body_too_large")
    if content_type.lower().startswith("multipart/form-data"):
        return _multipart(body, content_type)
    try:
        text = body.decode("utf-8")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise Problem("invalid_text") from None
    return _without_nul(pairs)


def _multipart(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """The fields of a multipart form; files are not taken this way (GeoReport v2 has media_url)."""
    head = f"Content-Type: {one_line(content_type)}\r\n\r\n".encode()
    message = message_from_bytes(head + body, policy=policy.compat32)
    if not message.is_multipart():
        raise Problem("invalid_text")
    pairs = []
    for part in message.get_payload():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if not isinstance(name, str) or part.get_filename() or not isinstance(payload, bytes):
            continue
        try:
            pairs.append((name, payload.decode("utf-8")))
        except UnicodeDecodeError:
            raise Problem("invalid_text") from None
    return _without_nul(pairs[:_MAX_FIELDS])


def _without_nul(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise Problem("invalid_text")
    return pairs
