"""The infra stack in the embedded AWS, from the same template as on AWS."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import boto3

from infra.outputs import environment
from infra.stack import put_stack

INFRA = Path(__file__).parents[1]
#: Two providers that answers come from here: an SMS gateway, and a chat provider that vouches
#: for who wrote. Their keys: `python -m infra.gateway_key sms-lokal`.
GATEWAYS = {
    "sms-lokal": {"channel": "sms"},
    "chat-lokal": {"channel": "whatsapp", "authenticated": True},
}
#: Stands for both halves of the credentials: the emulator checks neither.
WORD = "local"
MAIL_DOMAIN = "live-room.test"
#: On AWS a failed message is hidden for minutes; here somebody is watching.
VISIBILITY_SECONDS = 15


def aws_environment(endpoint: str, region: str) -> dict[str, str]:
    """Variables that lead every AWS client here, and never to a real account."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": WORD,
        "AWS_SECRET_ACCESS_KEY": WORD,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        # Otherwise botocore moves DynamoDB Streams to a host name with the account in it.
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    }


class Aws:
    """Clients for the embedded AWS, apart from whatever this process's environment says."""

    def __init__(self, endpoint: str, region: str) -> None:
        self.endpoint = endpoint
        self.region = region
        self._session = boto3.Session(
            aws_access_key_id=WORD, aws_secret_access_key=WORD, region_name=region
        )

    def client(self, service: str) -> Any:
        # A client is safe to share among threads, making one is not.
        return self._session.client(service, endpoint_url=self.endpoint)


def deploy(aws: Aws, stage: str, origins: str) -> dict[str, str]:
    """Create or update the stack and what the emulator leaves out; return the app's variables."""
    name = f"live-room-{stage}-infra"
    parameters = {
        "Stage": stage,
        "TimelineDefinition": (INFRA / "timeline.asl.json").read_text(),
        "VisibilitySeconds": str(VISIBILITY_SECONDS),
        "PhotoOrigins": origins,
    }
    outputs = put_stack(aws, name, (INFRA / "template.yaml").read_text(), parameters)
    for table in ("ReportsTableName", "AccountsTableName"):
        _expire_rows(aws, outputs[table])
    aws.client("ses").verify_domain_identity(Domain=MAIL_DOMAIN)
    return environment(outputs) | {
        "MAIL_DOMAIN": MAIL_DOMAIN,
        "MAIL_FROM": f"lapor@{MAIL_DOMAIN}",
        "INBOUND_DOMAIN": f"in.{MAIL_DOMAIN}",
        "GATEWAYS": os.environ.get("GATEWAYS", json.dumps(GATEWAYS)),
    }


def _expire_rows(aws: Aws, table: str) -> None:
    """Switch on what the template asks for and MiniStack's CloudFormation leaves out."""
    client = aws.client("dynamodb")
    found = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if found["TimeToLiveStatus"] != "ENABLED":
        client.update_time_to_live(
            TableName=table,
            TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": True},
        )
