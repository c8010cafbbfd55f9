"""Calls to other systems, kept off everything that is not in the public network (SSRF).

The name is resolved first, every address of it must be public, and the call goes to that very
address: a name that points elsewhere a moment later leads nowhere. No redirect is followed, and
only the first bytes of an answer are read. The local stage may call its own machine.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from chalicelib.services.ports import TryAgain
from chalicelib.services.webhooks import TargetRefused

_SECONDS = 8
_READ = 64 * 1024
_PORTS = frozenset({443, 8443})
_MAX_URL = 500


class PublicOutgoing:
    """HTTPS to public addresses; plain HTTP to this machine where the stage allows it."""

    def check(self, url: str) -> None:
        """See `Outgoing.check`."""
        self._target(url)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """See `Outgoing.post`."""
        return self._call("POST", url, body, headers)

    def get(self, url: str) -> tuple[int, bytes]:
        """See `Outgoing.get`."""
        return self._call("GET", url, None, {"Accept": "application/json"})

    def _call(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        parts, address, port = self._target(url)
        path = parts.path or "/"
        path += f"?{parts.query}" if parts.query else ""
        connection = _connection(parts, address, port)
        try:
            connection.request(method, path, body, {"Host": parts.netloc, **headers})
            answer = connection.getresponse()
            return answer.status, answer.read(_READ)
        except (OSError, http.client.HTTPException) as error:
            raise TryAgain(f"{type(error).__name__} calling {parts.hostname}") from error
        finally:
            connection.close()

    def _target(self, url: str) -> tuple[SplitResult, str, int]:
        """Return the parts of *url*, the one address to call and the port."""
        if len(url) > _MAX_URL or any(c.isspace() or not c.isprintable() for c in url):
            raise TargetRefused("not an address")
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise TargetRefused("not an address") from None
        if not parts.hostname or parts.username or parts.password or parts.fragment:
            raise TargetRefused("not an address")
        local = _local_is_allowed()
        if parts.scheme != "https" and not (local and parts.scheme == "http"):
            raise TargetRefused("only https is called")
        addresses = _addresses(parts.hostname, port)
        public = all(_is_public(one) for one in addresses) and port in _PORTS
        if not public and not (local and all(_is_loopback(one) for one in addresses)):
            raise TargetRefused("not in the public network")
        return parts, addresses[0], port


def _local_is_allowed() -> bool:
    return os.environ.get("OUTGOING_LOCAL") == "yes"


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TryAgain(f"{host} is not found") from error
    return [str(row[4][0]) for row in found]


#: Global by their registry, and yet ways to an IPv4 address that may be ours: NAT64 (RFC 6052,
#: RFC 8215), IPv4-compatible addresses (RFC 4291 §2.5.5.1) and relays of 6to4 (RFC 7526).
_DETOURS = tuple(
    ipaddress.ip_network(one)
    for one in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "192.88.99.0/24")
)


def _is_public(address: str) -> bool:
    one = ipaddress.ip_address(address.partition("%")[0])
    if any(one.version == network.version and one in network for network in _DETOURS):
        return False
    mapped = getattr(one, "ipv4_mapped", None) or getattr(one, "sixtofour", None)
    return one.is_global and not one.is_multicast and (mapped is None or mapped.is_global)


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def _connection(parts: SplitResult, address: str, port: int) -> http.client.HTTPConnection:
    if parts.scheme == "http":
        return http.client.HTTPConnection(address, port, timeout=_SECONDS)
    return _PinnedHttps(str(parts.hostname), address, port)


class _PinnedHttps(http.client.HTTPSConnection):
    """TLS to one address, with the certificate checked for the name."""

    def __init__(self, host: str, address: str, port: int) -> None:
        self._context_of_name = ssl.create_default_context()
        super().__init__(host, port, timeout=_SECONDS, context=self._context_of_name)
        self._address = address

    def connect(self) -> None:
        """Connect to the address that was checked, not to what the name says now."""
        raw = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._context_of_name.wrap_socket(raw, server_hostname=self.host)
