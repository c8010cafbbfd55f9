"""What AWS says about the account and the stage, looked up without changing anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy import releases
from infra.deploy.settings import APP, Settings
from infra.stack import describe, outputs_of

ROOT = Path(__file__).resolve().parents[2]
_T = TypeVar("_T")
_DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError")
#: Service → a question that costs nothing and every account may ask.
_PROBES: Mapping[str, tuple[str, dict[str, Any]]] = {
    "apigateway": ("get_rest_apis", {"limit": 1}),
    "cloudformation": ("describe_stacks", {}),
    "cloudwatch": ("describe_alarms", {"MaxRecords": 1}),
    "cognito-idp": ("list_user_pools", {"MaxResults": 1}),
    "dynamodb": ("list_tables", {"Limit": 1}),
    "events": ("list_rules", {"Limit": 1}),
    "iam": ("list_roles", {"MaxItems": 1}),
    "kms": ("list_keys", {"Limit": 1}),
    "lambda": ("list_functions", {"MaxItems": 1}),
    "logs": ("describe_log_groups", {"limit": 1}),
    "s3": ("list_buckets", {}),
    "secretsmanager": ("list_secrets", {"MaxResults": 1}),
    "sesv2": ("list_email_identities", {"PageSize": 1}),
    "sns": ("list_topics", {}),
    "sqs": ("list_queues", {"MaxResults": 1}),
    "stepfunctions": ("list_state_machines", {"maxResults": 1}),
}


class Aws:
    """Clients for one region, with the caller's own credentials and patience."""

    def __init__(self, region: str) -> None:
        self.region = region
        self._session = boto3.Session(region_name=region)
        self._clients: dict[str, Any] = {}
        self._config = Config(retries={"mode": "standard", "max_attempts": 6})

    def client(self, service: str) -> Any:
        """Return the client for *service*."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service, config=self._config)
        return self._clients[service]

    def pages(self, service: str, operation: str, key: str, **request: Any) -> Iterator[Any]:
        """Yield what *operation* lists under *key*, over all its pages."""
        for page in self.client(service).get_paginator(operation).paginate(**request):
            yield from page.get(key, [])


@dataclass(frozen=True)
class Mail:
    """What Amazon SES says."""

    verified: bool = False
    sandbox: bool = True
    per_day: float = 0
    active_rules: str = ""


@dataclass(frozen=True)
class Function:
    """A deployed function of the stage."""

    name: str
    arn: str
    runtime: str
    role: str


@dataclass(frozen=True)
class Mapped:
    """An event source mapping of one of the stage's functions."""

    id: str
    function: str
    source: str


@dataclass(frozen=True)
class Facts:
    """Everything that the doctor and the planner look at."""

    account: str
    caller: str
    region: str
    python: str = f"{sys.version_info.major}.{sys.version_info.minor}"
    refusal: str = ""
    #: Service → empty, ``denied``, or why it does not answer.
    services: Mapping[str, str] = field(default_factory=dict)
    stack: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    functions: tuple[Function, ...] = ()
    mappings: tuple[Mapped, ...] = ()
    rules: tuple[str, ...] = ()
    api: str = ""
    orphans: Mapping[str, str] = field(default_factory=dict)
    concurrency: int = 0
    unreserved: int = 0
    mail: Mail = Mail()
    text_sandbox: bool = False
    text_limit: float = 0
    #: Kept releases, and the one that runs.
    releases: tuple[str, ...] = ()
    release: str = ""
    commit: str = ""
    dirty: bool = False


def collect(settings: Settings, aws: Aws) -> Facts:
    """Look everything up."""
    try:
        who = aws.client("sts").get_caller_identity()
    except (ClientError, BotoCoreError) as error:
        return Facts(account="", caller="", region=settings.region, refusal=_short(error))
    stack = describe(aws.client("cloudformation"), settings.name("infra"))
    functions = tuple(_functions(settings, aws))
    api = _api_of(functions, settings, aws)
    limits = _limits(aws)
    outputs = outputs_of(stack) if stack else {}
    kept = releases.Kept(aws, outputs.get("ReleaseBucketName", ""))
    return Facts(
        account=who["Account"],
        caller=who["Arn"],
        region=settings.region,
        services={name: _probe(aws, name) for name in _PROBES},
        stack=stack["StackStatus"] if stack else "",
        outputs=outputs,
        functions=functions,
        mappings=tuple(_mappings(functions, aws)),
        rules=tuple(_rules(settings, aws)),
        api=api,
        orphans=_orphans(aws, api),
        concurrency=limits[0],
        unreserved=limits[1],
        mail=_mail(settings, aws),
        text_sandbox=_asked(lambda: _text_sandbox(aws), False),
        text_limit=_asked(lambda: _text_limit(aws), 0.0),
        releases=_asked(kept.all, ()),
        release=_asked(kept.current, ""),
        commit=_git("rev-parse", "--short=10", "HEAD"),
        dirty=bool(_git("status", "--porcelain", "--untracked-files=no")),
    )


def credentials_for_chalice(region: str) -> dict[str, str]:
    """The environment in which Chalice and pip run: ours, in the stage's region."""
    return {**os.environ, "AWS_DEFAULT_REGION": region, "AWS_REGION": region}


def _probe(aws: Aws, service: str) -> str:
    operation, request = _PROBES[service]
    try:
        getattr(aws.client(service), operation)(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] in _DENIED:
            return "denied"
        return _short(error)
    except BotoCoreError as error:
        return _short(error)
    return ""


def _functions(settings: Settings, aws: Aws) -> Iterator[Function]:
    own = settings.name("")
    for one in aws.pages("lambda", "list_functions", "Functions"):
        name = one["FunctionName"]
        if name == own or name.startswith(f"{own}-"):
            short = name.removeprefix(own).removeprefix("-") or "api_handler"
            yield Function(short, one["FunctionArn"], one.get("Runtime", ""), one["Role"])


def _mappings(functions: tuple[Function, ...], aws: Aws) -> Iterator[Mapped]:
    names = {one.arn: one.name for one in functions}
    for one in aws.pages("lambda", "list_event_source_mappings", "EventSourceMappings"):
        if one["FunctionArn"] in names and one.get("State") != "Deleting":
            yield Mapped(one["UUID"], names[one["FunctionArn"]], one["EventSourceArn"])


def _rules(settings: Settings, aws: Aws) -> Iterator[str]:
    prefix = f"{settings.name('')}-"
    for one in aws.pages("events", "list_rules", "Rules", NamePrefix=prefix):
        yield one["Name"]


def _api_of(functions: tuple[Function, ...], settings: Settings, aws: Aws) -> str:
    """The REST API that may call the stage's API function: Chalice keeps its id in a file only."""

    own = next((one for one in functions if one.name == "api_handler"), None)
    if own is None:
        return ""
    client = aws.client("lambda")
    try:
        text = client.get_policy(FunctionName=settings.name(""))["Policy"]
    except client.exceptions.ResourceNotFoundException:
        return ""
    there = {one["id"] for one in aws.pages("apigateway", "get_rest_apis", "items")}
    sources = [
        str(statement.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn", ""))
        for statement in json.loads(text)["Statement"]
    ]
    ids = [arn.split(":")[5].split("/")[0] for arn in sources if ":execute-api:" in arn]
    return next((one for one in reversed(ids) if one in there), "")


def _orphans(aws: Aws, own: str) -> dict[str, str]:
    """REST APIs of our name in which no method leads to a function that is there."""
    found = {}
    for one in aws.pages("apigateway", "get_rest_apis", "items"):
        if one["name"] == APP and one["id"] != own and not _staged(aws, one["id"]):
            found[one["id"]] = one["name"]
    return found


def _staged(aws: Aws, api: str) -> bool:
    return bool(aws.client("apigateway").get_stages(restApiId=api).get("item"))


def _limits(aws: Aws) -> tuple[int, int]:
    def ask() -> tuple[int, int]:
        limit = aws.client("lambda").get_account_settings()["AccountLimit"]
        return limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]

    return _asked(ask, (0, 0))


def _mail(settings: Settings, aws: Aws) -> Mail:
    def account() -> tuple[bool, float]:
        found = aws.client("sesv2").get_account()
        quota = found.get("SendQuota", {}).get("Max24HourSend", 0)
        return not found.get("ProductionAccessEnabled", False), float(quota)

    def verified() -> bool:
        found = aws.client("sesv2").get_email_identity(EmailIdentity=settings.mail_domain)
        return bool(found.get("VerifiedForSendingStatus"))

    def active() -> str:
        found = aws.client("ses").describe_active_receipt_rule_set()
        return str(found.get("Metadata", {}).get("Name", ""))

    sandbox, per_day = _asked(account, (True, 0.0))
    rules = _asked(active, "") if settings.inbound_domain else ""
    return Mail(_asked(verified, False), sandbox, per_day, rules)


def _text_sandbox(aws: Aws) -> bool:
    return bool(aws.client("sns").get_sms_sandbox_account_status()["IsInSandbox"])


def _text_limit(aws: Aws) -> float:
    attributes = aws.client("sns").get_sms_attributes()["attributes"]
    return float(attributes.get("MonthlySpendLimit", 1))


def _asked(question: Callable[[], _T], otherwise: _T) -> _T:
    """The answer; *otherwise* where the service does not say, which the probes report."""
    try:
        return question()
    except (ClientError, BotoCoreError, KeyError):
        return otherwise


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200]


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
