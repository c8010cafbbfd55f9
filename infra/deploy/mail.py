"""Inbound mail: the stage's rule in the account's one active SES rule set.

An account has one active rule set in a region, which several stages and other systems share. So
the rule is added to whichever is active, and ours is made only where none is.
"""

from __future__ import annotations

import contextlib
from typing import Any

from infra.deploy.settings import Settings

OWN_RULE_SET = "live-room"
PREFIX = "mail/"


def receive(client: Any, settings: Settings, bucket: str, topic: str) -> str:
    """Make the rule say what it should; return a line about it."""
    active = _active(client)
    if not active:
        active = OWN_RULE_SET
        with contextlib.suppress(client.exceptions.AlreadyExistsException):
            client.create_receipt_rule_set(RuleSetName=active)
        client.set_active_receipt_rule_set(RuleSetName=active)
    rule = _rule(settings, bucket, topic)
    try:
        client.update_receipt_rule(RuleSetName=active, Rule=rule)
    except client.exceptions.RuleDoesNotExistException:
        client.create_receipt_rule(RuleSetName=active, Rule=rule)
    exchange = f"inbound-smtp.{settings.region}.amazonaws.com"
    return f"{rule['Name']} in rule set {active}; DNS: {settings.inbound_domain} MX 10 {exchange}"


def stop(client: Any, settings: Settings) -> None:
    """Take the stage's rule out; the rule set stays for the others."""
    active = _active(client)
    if active:
        client.delete_receipt_rule(RuleSetName=active, RuleName=settings.name("inbound"))


def _active(client: Any) -> str:
    return str(client.describe_active_receipt_rule_set().get("Metadata", {}).get("Name", ""))


def _rule(settings: Settings, bucket: str, topic: str) -> dict[str, Any]:
    return {
        "Name": settings.name("inbound"),
        "Enabled": True,
        "TlsPolicy": "Optional",
        "Recipients": [settings.inbound_domain],
        # The topic tells the queue of the mails that lie in the bucket.
        "Actions": [
            {"S3Action": {"BucketName": bucket, "ObjectKeyPrefix": PREFIX, "TopicArn": topic}}
        ],
        # Spam and virus verdicts; what they mean is decided where the mail is read.
        "ScanEnabled": True,
    }
