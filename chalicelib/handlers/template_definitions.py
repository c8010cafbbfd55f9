"""The bodies and answers of the template desk."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.handlers.answers import Form, Time
from chalicelib.handlers.catalogue_definitions import Reason
from chalicelib.handlers.definitions import Body
from chalicelib.handlers.desk_definitions import Hash

ChannelName = Annotated[str, Meta(min_length=1, max_length=10)]


class ProposeTemplate(Body, kw_only=True):
    """New words for every channel and language, in place of the version that was read."""

    based_on: Annotated[int, Meta(ge=1)]
    channels: Annotated[dict[ChannelName, dict[str, Any]], Meta(min_length=1, max_length=4)]
    reason: Reason


class ApproveTemplate(Body, kw_only=True):
    """hash: of the content that was read, so that nobody approves what they have not seen."""

    hash: Hash
    reason: Reason


class WithdrawTemplate(Body, kw_only=True):
    """Why the proposal is taken back."""

    reason: Reason


class TemplateLine(Form, kw_only=True):
    """A template as the list shows it. version: the one in use."""

    template: str
    version: int
    versions: list[int]
    audience: str
    channels: list[str]
    proposed: bool


class TemplateList(Form):
    """All templates."""

    items: list[TemplateLine]
    cursor: str | None


class TemplateVersion(Form, kw_only=True):
    """One version: of the product, or approved by the city (when and why)."""

    version: int
    origin: Literal["shipped", "city"]
    at: Time | None
    reason: str


class TemplateProposal(Form, kw_only=True):
    """What was proposed last. version: of the template that it replaces."""

    status: Literal["proposed", "approved", "withdrawn"]
    version: int
    hash: str
    by: str
    approver: str
    reason: str
    channels: dict[str, Any]


class TemplateShown(Form, kw_only=True):
    """A template: the words in use, its versions, and the newest proposal."""

    template: str
    version: int
    audience: str
    citizen_text: bool
    channels: dict[str, Any]
    versions: list[TemplateVersion]
    proposal: TemplateProposal | None


class PreviewedMessage(Form, kw_only=True):
    """A message as it would leave. septets and parts: of a text message (GSM 7-bit), else 0."""

    channel: str
    language: str
    subject: str
    text: str
    html: str
    septets: int
    parts: int


class TemplatePreview(Form):
    """The messages of one version, filled with made-up facts."""

    items: list[PreviewedMessage]
    cursor: str | None
