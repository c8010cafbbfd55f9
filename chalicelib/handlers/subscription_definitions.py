"""The bodies and answers of following and of push."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from chalicelib.handlers.answers import Form, Named, Names, Place, Status, Time
from chalicelib.handlers.definitions import Body

Language = Literal["id", "en"]
Key = Annotated[str, Meta(min_length=1, max_length=100)]
Token = Annotated[str, Meta(min_length=1, max_length=600)]


class BrowserKeys(Body, kw_only=True):
    """As the browser's ``PushSubscription`` gives them, base64url."""

    p256dh: Key
    auth: Key


class PushTarget(Body, kw_only=True):
    """One browser. key: the public key that it subscribed under (``GET /v1/push``)."""

    endpoint: Annotated[str, Meta(min_length=12, max_length=500)]
    keys: BrowserKeys
    key: Key


class SubscribeBrowser(PushTarget, kw_only=True):
    """A browser to tell, and in which language."""

    language: Language = "id"


class RegisterDevice(Body, kw_only=True):
    """An app on a telephone, by the token that its platform gave it."""

    platform: Literal["fcm", "apns"]
    token: Annotated[str, Meta(min_length=8, max_length=2000)]
    language: Language = "id"


class Subscribe(Body, kw_only=True):
    """What to follow (one of report, category, area), and where: by mail or in this browser."""

    report: Annotated[str, Meta(max_length=40)] = ""
    category: Annotated[str, Meta(max_length=20)] = ""
    area: Annotated[str, Meta(max_length=20)] = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    push: PushTarget | None = None
    language: Language = "id"


class AskOwnReports(Body, kw_only=True):
    """The address (one of the two) that was left with the reports, and the mail's language."""

    email: Annotated[str, Meta(max_length=254)] = ""
    phone: Annotated[str, Meta(max_length=30)] = ""
    language: Language = "id"


class SubscriptionToken(Body, kw_only=True):
    """The last part of the link in the mail."""

    token: Token


class PushKey(Form):
    """The ``applicationServerKey`` to subscribe under; with a new one subscribe again."""

    key: str


class SubscriptionState(Form):
    """What has happened. ``asked``: a mail with a link to confirm is on its way."""

    state: Literal["asked", "following", "left"]


class OwnReport(Form, kw_only=True):
    """One report that the link opens. token: the report's, as on its receipt.

    Of a report that was filed as confidential a link shows number and time alone.
    """

    number: str
    url: str
    filed_at: Time
    confidential: bool
    token: str | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    status_name: Names | UnsetType = UNSET
    category: Named | UnsetType = UNSET
    area: Place | UnsetType | None = UNSET
    actions: list[str] | UnsetType = UNSET


class OwnReportList(Form):
    """The newest reports that carry the address, at most 20."""

    items: list[OwnReport]
