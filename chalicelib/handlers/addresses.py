"""Mail addresses and telephone numbers as people type them."""

from __future__ import annotations

import re

from chalicelib.handlers.field_errors import field_error
from chalicelib.handlers.problems import Problem

MAIL_FORM = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}"
)


def mail_address(text: str, pointer: str) -> str:
    """Return *text* if it is a mail address; raise Problem ``invalid_email`` at *pointer*."""
    if not MAIL_FORM.fullmatch(text):
        raise Problem("invalid_email", errors=[field_error("bad_form", pointer)])
    return text


def telephone(text: str, pointer: str) -> str:
    """Return *text* in E.164, read as an Indonesian number; raise Problem ``invalid_phone``."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise Problem("invalid_phone", errors=[field_error("bad_form", pointer)])
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
