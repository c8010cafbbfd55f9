"""Push to browsers: who is told where. The browser's own question is the opt-in.

A subscription is a follower whose channel is ``push`` and whose address says how to reach one
browser. It lies with the other followers' addresses, which the API may write and not read. It ends
when the push service says that the browser is gone.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from chalicelib.services.following import OWN, STAFF, Follower, Following, FollowStore
from chalicelib.services.ports import Clock, real

PUSH = "push"
#: Browsers renew their subscriptions; one that was never joined is forgotten.
_KEPT = timedelta(hours=1)
_POINT, _SECRET = 65, 16


class SubscriptionRefused(ValueError):
    """Not a subscription of a browser that we may push to; *field* says what is wrong."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Browser:
    """One browser as its push service names it (RFC 8030), and its keys (RFC 8291), base64url.

    key: the public key of ours that it subscribed under; pushes to it are signed with its half.
    """

    endpoint: str
    p256dh: str
    auth: str
    key: str

    @property
    def id(self) -> str:
        """Tells browsers apart and is no address."""
        return hashlib.sha256(self.endpoint.encode()).hexdigest()[:24]

    def packed(self) -> str:
        """Return the text that is kept as the follower's address."""
        return json.dumps(asdict(self), sort_keys=True)


@dataclass(frozen=True, slots=True)
class Device:
    """An app on a telephone, by the token that its platform (``fcm``, ``apns``) gave it."""

    platform: str
    token: str

    @property
    def id(self) -> str:
        """Tells devices apart and is no address."""
        return hashlib.sha256(f"{self.platform}|{self.token}".encode()).hexdigest()[:24]

    def packed(self) -> str:
        """Return the text that is kept as the follower's address."""
        return json.dumps(asdict(self), sort_keys=True)


def unpacked(text: str) -> Browser | Device:
    """Return what `packed` of either wrote."""
    found = json.loads(text)
    return Device(**found) if "platform" in found else Browser(**found)


@dataclass(frozen=True)
class Pushing:
    """The use cases of whoever wants to be told by push.

    services: hosts of push services, ``*.`` before those of which every part may be meant. Nobody
    can make us call anything else. platforms: those of telephones that the stage has.
    """

    following: Following
    followers: FollowStore
    clock: Clock
    public_key: Callable[[], str]
    services: Callable[[], Iterable[str]]
    platforms: Callable[[], Iterable[str]] = tuple

    def own(self, number: str, browser: Browser | Device, language: str) -> None:
        """Tell the holder of report *number*'s token."""
        self._join(f"{OWN}:{number}", browser, language)

    def staff(self, person: str, browser: Browser | Device, language: str) -> None:
        """Tell a member of staff what is theirs to do."""
        self._join(f"{STAFF}:{person}", browser, language)

    def public(self, topic: str, browser: Browser, language: str) -> None:
        """Tell anybody of what is public. Raises NoSuchTopic."""
        self.following.name(topic)
        self._join(topic, browser, language)

    def _join(self, topic: str, browser: Browser | Device, language: str) -> None:
        """Raises SubscriptionRefused."""
        if isinstance(browser, Browser):
            _check(browser, self.public_key(), self.services())
        elif browser.platform not in self.platforms():
            raise SubscriptionRefused("platform")
        follower = Follower(topic, browser.id, PUSH, browser.packed(), language)
        self.followers.ask(follower, self.clock.now() + real(_KEPT, self.clock))
        self.followers.join(topic, browser.id)


def _check(browser: Browser, public_key: str, services: Iterable[str]) -> None:
    if browser.key != public_key:
        raise SubscriptionRefused("key")
    if not _is_service(browser.endpoint, services):
        raise SubscriptionRefused("endpoint")
    point = _decoded(browser.p256dh, "p256dh")
    if len(point) != _POINT or point[0] != 4:
        raise SubscriptionRefused("p256dh")
    if len(_decoded(browser.auth, "auth")) != _SECRET:
        raise SubscriptionRefused("auth")


def _is_service(endpoint: str, services: Iterable[str]) -> bool:
    try:
        parts = urlsplit(endpoint)
        host, plain = parts.hostname or "", parts.port in (None, 443)
    except ValueError:
        return False
    for one in services:
        if one.startswith("http://127.0.0.1:") and endpoint.startswith(f"{one}/"):
            return True  # a push service under development, which only the local stage names
        if parts.scheme == "https" and plain and not parts.username and _named(host, one):
            return True
    return False


def _named(host: str, service: str) -> bool:
    return host == service or (service.startswith("*.") and host.endswith(service[1:]))


def _decoded(text: str, field: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise SubscriptionRefused(field) from None
