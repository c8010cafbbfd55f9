"""Names and settings that come from the environment, read in one place.

Resource names follow from the stage alone (``live-room-<stage>-<thing>``), so a city never
copies names by hand; what AWS makes up (ARNs, queue addresses) arrives in variables that the
deployment writes. Reading a variable that is missing raises at first use with its name.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from chalicelib.domain.signing import Keyring

#: The region that keeps the data in Indonesia (PP 71/2019 art. 20(2)).
HOME_REGION = "ap-southeast-3"


class SettingMissing(RuntimeError):
    """A setting that the running function needs is absent from its environment."""


def setting(name: str, default: str | None = None) -> str:
    """Return the environment variable *name*, or *default*; raise SettingMissing if neither."""
    value = os.environ.get(name, default)
    if value is None:
        raise SettingMissing(f"environment variable {name} is not set")
    return value


def stage() -> str:
    """The deployment's name, part of every resource name: ``local``, ``dev``, ``prod`` …"""
    return setting("STAGE", "local")


def resource(thing: str) -> str:
    """Name of one of this stage's resources, for example ``live-room-dev-reports``."""
    return f"live-room-{stage()}-{thing}"


def in_process() -> bool:
    """Whether functions of their own are called in this process: the local runner, and tests."""
    return setting("IN_PROCESS_FUNCTIONS", "") == "yes"


def region() -> str:
    """The AWS region; the home region when nothing else is set."""
    return setting("AWS_REGION", setting("AWS_DEFAULT_REGION", HOME_REGION))


def photo_origin() -> str:
    """Where browsers send photos to and fetch them from; pages allow it beside ourselves.

    ``PHOTO_ORIGIN`` names another one (a CDN); without it, it is the bucket's own address.
    """
    bucket = setting("PHOTO_BUCKET", "")
    address = f"https://{bucket}.s3.{region()}.amazonaws.com" if bucket else ""
    return setting("PHOTO_ORIGIN", setting("AWS_ENDPOINT_URL", address) if bucket else "")


def public_url() -> str:
    """Base address of the public pages, without a slash at the end."""
    return setting("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")


def trusted_hops() -> int:
    """How many proxies of our own (a CDN) stand before the API and add to ``X-Forwarded-For``.

    0: the caller's address is the one that API Gateway itself saw.
    """
    return int(setting("TRUSTED_HOPS", "") or 0)


def reply_domain() -> str:
    """Domain at which answers by mail arrive; empty where this stage takes none."""
    return setting("INBOUND_DOMAIN", "")


def push_subject() -> str:
    """Whom a browser's push service may write to about our pushes (RFC 8292)."""
    address = setting("MAIL_FROM").rpartition("<")[2].rstrip(">")
    return f"mailto:{address}"


def push_services() -> tuple[str, ...]:
    """Push services under development, space-separated, as ``http://127.0.0.1:9000``."""
    return tuple(setting("PUSH_SERVICES", "").split())


def push_platforms() -> Mapping[str, str]:
    """The SNS platform applications for apps, from the JSON in ``PUSH_PLATFORMS``: ARN by
    ``fcm`` and ``apns``."""
    found: dict[str, str] = json.loads(setting("PUSH_PLATFORMS", "") or "{}")
    return found


def text_replies() -> bool:
    """Whether answers to text messages arrive: a two-way provider, or a number of AWS's own."""
    two_way = any(one.get("channel") == "sms" for one in gateways().values())
    return two_way or setting("TEXT_REPLIES", "") == "on"


@lru_cache(maxsize=1)
def gateways() -> Mapping[str, Mapping[str, Any]]:
    """The message providers beside AWS by name, from the JSON in ``GATEWAYS``.

    Each has ``channel`` (``sms``, ``whatsapp``, ``voice``); ``authenticated``: whether it vouches
    for who wrote; ``url``: where messages to it are posted, if any are. Keys are not in it.
    """
    found: dict[str, dict[str, Any]] = json.loads(setting("GATEWAYS", "") or "{}")
    return found


@lru_cache(maxsize=1)
def token_secret() -> bytes:
    """The key from which report numbers' tokens are derived (HMAC); never logged.

    ``TOKEN_SECRET`` holds it directly (local stage and tests); on AWS ``TOKEN_SECRET_ID`` names
    the Secrets Manager secret, read once per container.
    """
    direct = os.environ.get("TOKEN_SECRET")
    if direct:
        return direct.encode()
    from chalicelib.adapters import aws

    return aws.secret(setting("TOKEN_SECRET_ID"))


#: How long a process goes on with the keys that it read; a rotation waits twice that long.
KEYS_SECONDS = 300.0


def link_keys() -> Keyring:
    """The keys of signed links and reply addresses; never logged.

    On AWS ``LINK_SECRET_ID`` names a secret of their own: its current value signs, and the one
    before it (``AWSPREVIOUS``) and the one to come (``AWSPENDING``) open as well, so that a
    rotation breaks no link (docs/operations.md). Read again every `KEYS_SECONDS`. Where
    ``TOKEN_SECRET`` is given directly (local stage and tests), the key follows from it.
    """
    return _link_keys(int(time.monotonic() // KEYS_SECONDS))


@lru_cache(maxsize=1)
def _link_keys(_period: int) -> Keyring:
    if os.environ.get("TOKEN_SECRET"):
        return Keyring(hmac.new(token_secret(), b"links", hashlib.sha256).digest())
    from chalicelib.adapters import aws

    current, *former = aws.secret_versions(setting("LINK_SECRET_ID"))
    return Keyring(current, tuple(former))


def forget_secrets() -> None:
    """Read the keys anew at the next question; for tools and tests, which set others."""
    token_secret.cache_clear()
    _link_keys.cache_clear()
