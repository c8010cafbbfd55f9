"""What each function may do on AWS, written by hand, and the stage's part of Chalice's settings.

One table, `FUNCTIONS`, says it all: a function gets the grants of its row and nothing else.
Resources are named exactly; the few that cannot be are in `PATTERNS`, each with its reason. Who
reported is out of reach of every function but the sender and the one that reveals it for a
purpose on record: it is not merely not granted but denied,
so that a grant added by mistake later still reads nothing. The API function may put such a row
once, at filing, and never see one; the function that writes accepted filings does the same.

    python -m infra.policies --stage dev --account 123456789012 --region ap-southeast-3 \\
        --environment variables.json --write

``variables.json`` (``-``: standard input) holds the functions' variables: what
`infra.outputs.environment` makes of the stack's outputs, and the stage's own settings. Without
``--write`` the policies are printed. ``--forget`` takes the variables out of the settings again:
they carry the account's number, which has no place in the repository.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.outputs import VARIABLES

Json = dict[str, Any]
APP = "live-room"
CHALICE = Path(__file__).resolve().parents[1] / ".chalice"
#: Where photos lie in their bucket (`chalicelib.services.photos`).
PHOTOS = ("incoming/", "originals/", "photos/", "public/")
#: Where printed documents lie in the same bucket (`chalicelib.services.printing.key_of`).
PRINTED = "printed/"
#: Where mails that came in lie in theirs (`infra.deploy.mail`).
MAILS = "mail/"
#: Where closed days lie in theirs (`chalicelib.services.sealing`).
BOOKS = "days/"
#: What a stage cannot do without, besides the stack's outputs.
SETTINGS = ("MAIL_FROM",)

#: Every pattern that a resource of an Allow may hold, by its end, and why it cannot be exact.
PATTERNS = {
    ":log-stream:*": "Lambda makes up the names of log streams",
    **{f"/{prefix}*": "one object per photo, named when it is uploaded" for prefix in PHOTOS},
    f"/{MAILS}*": "one object per mail, named by SES",
    f"/{BOOKS}*": "one object per closed day",
    f"/{PRINTED}*": "one object per printed form, named by the mark of what it says",
    "/*": "SNS names the endpoint of each app on a telephone",
    ":*": "executions are named after the report; only those of our state machine match",
    "*": "dynamodb:ListStreams has no resource level",
}
#: The one statement that names what it is not about: a text message has no ARN, so what is
#: granted is publishing to anything that is not a topic.
NOT_A_TOPIC = "arn:aws:sns:*:*:*"

#: The identity table's indexes: report numbers by the mark of an address.
IDENTITY_INDEXES = ("mail", "sms")
_READS_IDENTITY = (
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:GetItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLSelect",
    "dynamodb:PartiQLUpdate",
    "dynamodb:Query",
    "dynamodb:Scan",
)
#: These can answer with what was there before, so they are reads too.
_CHANGES_IDENTITY = (
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PartiQLInsert",
    "dynamodb:UpdateItem",
)
_PUTS_IDENTITY = ("dynamodb:PutItem",)


class Incomplete(ValueError):
    """A variable is missing, or belongs to another account or region."""


@dataclass(frozen=True)
class Place:
    """One stage in one account and region, with the variables of its functions."""

    stage: str
    account: str
    region: str
    variables: Mapping[str, str]
    #: Layer → the ARN of its version; none before they are published.
    layers: Mapping[str, str] = field(default_factory=dict)
    #: Whether functions get the concurrency that their row names to themselves.
    reserves: bool = True

    def __post_init__(self) -> None:
        """Refuse what would make policies for nothing, or for somebody else's resources."""
        missing = [
            name for name in (*VARIABLES.values(), *SETTINGS) if not self.variables.get(name)
        ]
        if missing:
            raise Incomplete(f"variables missing: {', '.join(missing)}")
        if not (self.account.isdigit() and len(self.account) == 12):
            raise Incomplete("an account's number has twelve digits")
        for name, value in self.variables.items():
            parts = value.split(":")
            ours = parts[3:5] == [self.region, self.account]
            if name in VARIABLES.values() and value.startswith("arn:") and not ours:
                raise Incomplete(f"{name} is not of account {self.account} in {self.region}")

    def name(self, thing: str) -> str:
        """Name of one of the stage's resources."""
        return f"{APP}-{self.stage}-{thing}"

    def arn(self, service: str, rest: str) -> str:
        """ARN in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"

    def table(self, thing: str, index: str = "") -> str:
        """ARN of a table, or of one of its indexes."""
        path = f"table/{self.name(thing)}"
        return self.arn("dynamodb", f"{path}/index/{index}" if index else path)

    def queue(self, thing: str) -> str:
        """ARN of a queue."""
        return self.arn("sqs", self.name(thing))


Grant = Callable[[Place], list[Json]]


@dataclass(frozen=True)
class Function:
    """What one function may do, and what it is given to do it with."""

    grants: tuple[Grant, ...]
    memory: int
    timeout: int
    #: Set where more at once would harm; never below 5 for a queue, whose pollers start with 5
    #: and would push messages to the dead-letter queue.
    concurrency: int | None = None
    #: Which access to the identity table stays undenied.
    identity: tuple[str, ...] = ()
    #: Whether it may query the table's indexes, which hold marks of addresses and report numbers.
    finds_identity: bool = False
    #: Libraries it gets, by the names of `infra.deploy.layers.LAYERS`: heavy ones only where used.
    layers: tuple[str, ...] = ("base",)


def _allow(sid: str, actions: Sequence[str], *resources: str, **more: Any) -> Json:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": sorted(actions),
        "Resource": sorted(resources),
        **more,
    }


def _on_table(thing: str, *actions: str, index: str = "") -> Grant:
    def grant(place: Place) -> list[Json]:
        sid = f"{thing.title()}{index.title()}{''.join(sorted(actions))}"
        calls = [f"dynamodb:{action}" for action in actions]
        return [_allow(sid, calls, place.table(thing, index))]

    return grant


def _sends_to(*queues: str) -> Grant:
    def grant(place: Place) -> list[Json]:
        return [_allow("SendToQueues", ["sqs:SendMessage"], *map(place.queue, queues))]

    return grant


def _reads_queue(queue: str) -> Grant:
    def grant(place: Place) -> list[Json]:
        actions = ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage")
        return [_allow("ReadQueue", [f"sqs:{name}" for name in actions], place.queue(queue))]

    return grant


def _reads_stream(place: Place) -> list[Json]:
    """Lambda reads the stream as the function, and puts there what it gave up on."""
    actions = ("DescribeStream", "GetRecords", "GetShardIterator")
    stream = place.variables["REPORTS_STREAM_ARN"]
    return [
        _allow("ReadStream", [f"dynamodb:{name}" for name in actions], stream),
        _allow("FindStream", ["dynamodb:ListStreams"], "*"),
        _allow("GiveUpOnRecords", ["sqs:SendMessage"], place.queue("stream-dead")),
    ]


def _runs_timelines(place: Place) -> list[Json]:
    machine = place.variables["TIMELINE_MACHINE_ARN"]
    executions = machine.replace(":stateMachine:", ":execution:") + ":*"
    on_execution = ["states:DescribeExecution", "states:StopExecution"]
    return [
        _allow("StartTimelines", ["states:StartExecution"], machine),
        _allow("StopTimelines", on_execution, executions),
    ]


def _raises_alarms(place: Place) -> list[Json]:
    return [_allow("RaiseAlarms", ["sns:Publish"], place.variables["ALARM_TOPIC_ARN"])]


def _sends_mail(place: Place) -> list[Json]:
    """A raw message needs SendRawEmail also under the v2 API.

    In SES's sandbox the recipients' identities are checked as well; they are not granted, so mail
    from a sandboxed account reaches only the stage's own domain.
    """
    address = place.variables["MAIL_FROM"].rpartition("<")[2].rstrip(">")
    identities = (address, address.rpartition("@")[2])
    return [
        _allow(
            "SendMail",
            ["ses:SendEmail", "ses:SendRawEmail"],
            *(place.arn("ses", f"identity/{name}") for name in identities),
            place.arn("ses", f"configuration-set/{place.variables['MAIL_CONFIGURATION_SET']}"),
        )
    ]


def _sends_texts(_place: Place) -> list[Json]:
    return [
        {
            "Sid": "SendTextMessages",
            "Effect": "Allow",
            "Action": ["sns:Publish"],
            "NotResource": [NOT_A_TOPIC],
        }
    ]


def _pushes_to_apps(place: Place) -> list[Json]:
    """SNS makes up the end of an endpoint's name; before it stands the application's."""
    platforms: Json = json.loads(place.variables.get("PUSH_PLATFORMS") or "{}")
    if not platforms:
        return []
    applications = sorted(platforms.values())
    endpoints = [f"{one.replace(':app/', ':endpoint/')}/*" for one in applications]
    return [
        _allow("FindAppEndpoints", ["sns:CreatePlatformEndpoint"], *applications),
        _allow("PushToApps", ["sns:DeleteEndpoint", "sns:Publish"], *endpoints),
    ]


def _deletes_photos(place: Place) -> list[Json]:
    bucket = f"arn:aws:s3:::{place.variables['PHOTO_BUCKET']}"
    return [_allow("DeletePhotos", ["s3:DeleteObject"], *(f"{bucket}/{one}*" for one in PHOTOS))]


def _on_photos(reads: Sequence[str], writes: Sequence[str]) -> Grant:
    """Files under these prefixes; ListBucket turns the 403 for an absent one into a 404.

    Whoever signs a form or a link needs the right that it gives away.
    """

    def grant(place: Place) -> list[Json]:
        bucket = f"arn:aws:s3:::{place.variables['PHOTO_BUCKET']}"
        return [
            _allow("ReadPhotos", ["s3:GetObject"], *(f"{bucket}/{one}*" for one in reads)),
            _allow("PutPhotos", ["s3:PutObject"], *(f"{bucket}/{one}*" for one in writes)),
            _allow("TellAbsentPhotos", ["s3:ListBucket"], bucket),
        ]

    return grant


def _reads_text_logs(place: Place) -> list[Json]:
    """SNS names the logs of text messages after region and account."""
    group = place.arn("logs", f"log-group:sns/{place.region}/{place.account}")
    groups = [f"{group}/DirectPublishToPhoneNumber{suffix}:*" for suffix in ("", "/Failure")]
    return [_allow("ReadTextLogs", ["logs:FilterLogEvents"], *groups)]


def _keeps_prints(*actions: str) -> Grant:
    """GetObject signs addresses and answers HeadObject; ListBucket turns its 403 into a 404."""

    def grant(place: Place) -> list[Json]:
        bucket = f"arn:aws:s3:::{place.variables['PHOTO_BUCKET']}"
        calls = [f"s3:{action}" for action in actions]
        return [_allow("KeepPrints", calls, f"{bucket}/{PRINTED}*")]

    return grant


def _tells_absent_prints(place: Place) -> list[Json]:
    bucket = f"arn:aws:s3:::{place.variables['PHOTO_BUCKET']}"
    return [_allow("TellAbsentPrints", ["s3:ListBucket"], bucket)]


def _reads_token_key(place: Place) -> list[Json]:
    secret = place.variables["TOKEN_SECRET_ID"]
    return [_allow("ReadTokenKey", ["secretsmanager:GetSecretValue"], secret)]


def _reads_link_key(place: Place) -> list[Json]:
    secret = place.variables["LINK_SECRET_ID"]
    return [_allow("ReadLinkKey", ["secretsmanager:GetSecretValue"], secret)]


def _uses_identity_key(*actions: str) -> Grant:
    """DynamoDB uses the table's key in the caller's name; by itself the key opens nothing."""

    def grant(place: Place) -> list[Json]:
        key = place.variables["IDENTITY_KEY_ARN"]
        through = {"kms:ViaService": f"dynamodb.{place.region}.amazonaws.com"}
        context = "kms:EncryptionContext:aws:dynamodb:tableName"
        table = {context: place.name("identity")}
        return [
            _allow(
                "UseIdentityKey",
                [f"kms:{action}" for action in actions],
                key,
                Condition={"StringEquals": through | table},
            ),
            _allow("SeeIdentityKey", ["kms:DescribeKey"], key, Condition={"StringEquals": through}),
        ]

    return grant


def _puts_identity(place: Place) -> list[Json]:
    """Putting must not answer with the row that was there before."""
    return [
        _allow(
            "PutIdentity",
            ["dynamodb:PutItem"],
            place.table("identity"),
            Condition={"StringEqualsIfExists": {"dynamodb:ReturnValues": "NONE"}},
        )
    ]


def _asks(*functions: str) -> Grant:
    """Invoke other functions of the stage and wait for their answers."""

    def grant(place: Place) -> list[Json]:
        names = [place.arn("lambda", f"function:{place.name(name)}") for name in functions]
        return [_allow("AskFunctions", ["lambda:InvokeFunction"], *names)]

    return grant


def _manages_accounts(place: Place) -> list[Json]:
    """Invite, disable and look at staff's accounts; a stage with another issuer has no pool."""
    pool = place.variables.get("STAFF_POOL_ID", "")
    if not pool:
        return []
    calls = ("CreateUser", "DisableUser", "EnableUser", "GetUser", "SetUserMFAPreference")
    actions = [f"cognito-idp:Admin{name}" for name in (*calls, "UserGlobalSignOut")]
    return [_allow("ManageStaffAccounts", actions, place.arn("cognito-idp", f"userpool/{pool}"))]


def _reads_mails(place: Place) -> list[Json]:
    bucket = f"arn:aws:s3:::{place.variables['INBOUND_BUCKET']}"
    return [_allow("ReadMails", ["s3:GetObject"], f"{bucket}/{MAILS}*")]


def _signs_books(place: Place) -> list[Json]:
    """Sign, and say with which key; the key's other uses are nobody's here."""
    calls = ["kms:GetPublicKey", "kms:Sign"]
    return [_allow("SignBooks", calls, place.variables["BOOK_KEY_ARN"])]


def _locks_books_away(place: Place) -> list[Json]:
    """Put a day under the lock: never read, change or delete one."""
    bucket = f"arn:aws:s3:::{place.variables['BOOK_BUCKET']}"
    return [_allow("LockBooksAway", ["s3:PutObject"], f"{bucket}/{BOOKS}*")]


_CATALOGUE = _on_table("reference", "GetItem", "Query")
#: All routes in one function: one gateway integration serves public, token holders' and staff's
#: routes, and who a caller is is resolved inside (docs/design: one audience table).
FUNCTIONS: Mapping[str, Function] = {
    "api_handler": Function(
        (
            # a test message of the contact check is put into the outbox by itself; the texts of
            # a work list are read in one batch to find by words
            _on_table("reports", "BatchGetItem", "PutItem", "Query", "UpdateItem"),
            _on_table("followers", "DeleteItem", "UpdateItem"),
            _on_table("reports", "Query", index="queue"),
            # the list of calls to make
            _on_table("reports", "Query", index="due"),
            # counts the calls of other systems; keeps where sensors stand
            _on_table("views", "BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem"),
            _on_table("views", "Query", index="feed"),
            _CATALOGUE,
            # administrative documents: a new version, never an old one changed
            _on_table("reference", "PutItem"),
            _on_table("accounts", "DeleteItem", "GetItem", "PutItem"),
            _on_table("books", "GetItem", "Query"),
            _puts_identity,
            _uses_identity_key("Decrypt", "Encrypt", "GenerateDataKey"),
            _reads_token_key,
            _reads_link_key,
            _on_photos(reads=PHOTOS, writes=("incoming/",)),
            _asks("reveal", "media"),
            _manages_accounts,
            _keeps_prints("GetObject"),
            _sends_to("accept", "replan", "document", "replay", "inbound-text", "hook"),
        ),
        memory=1024,
        timeout=29,
        identity=_PUTS_IDENTITY,
    ),
    "dispatch": Function(
        (_reads_stream, _sends_to("wake", "send", "arm", "announce")), memory=512, timeout=60
    ),
    "project": Function(
        (
            _reads_stream,
            _on_table(
                "views", "BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"
            ),
            # cards and updates need the whole record and the next promise
            _on_table("reports", "Query"),
            _CATALOGUE,
            _sends_to("crowd", "hook", "refer"),
        ),
        memory=512,
        timeout=60,
    ),
    "fire": Function(
        (
            _reads_queue("wake"),
            _on_table("reports", "PutItem", "Query", "UpdateItem"),
            _CATALOGUE,
            _raises_alarms,
        ),
        memory=1024,
        timeout=60,
    ),
    "arm": Function(
        (
            _reads_queue("arm"),
            _on_table("reports", "PutItem", "Query", "UpdateItem"),
            _CATALOGUE,
            _runs_timelines,
            _raises_alarms,
        ),
        memory=512,
        timeout=60,
        # Step Functions refuses more than about 150 starts a second here.
        concurrency=10,
    ),
    "send": Function(
        (
            _reads_queue("send"),
            _on_table("reports", "Query", "UpdateItem"),
            _CATALOGUE,
            _on_table("identity", "GetItem"),
            # which reports carry an address that asked for its own (keys alone are in there)
            *(_on_table("identity", "Query", index=name) for name in IDENTITY_INDEXES),
            # forgets browsers that are gone
            _on_table("followers", "DeleteItem", "Query"),
            _uses_identity_key("Decrypt"),
            _sends_mail,
            _sends_texts,
            _pushes_to_apps,
            _reads_link_key,
            _raises_alarms,
        ),
        memory=512,
        timeout=60,
        # SES allows a new account 14 mails a second.
        concurrency=10,
        identity=("dynamodb:GetItem",),
        finds_identity=True,
    ),
    # Reads who reported, for a purpose that it puts on record first. It checks the caller's own
    # token again, so that being able to invoke it opens nothing.
    "reveal": Function(
        (
            _on_table("reports", "PutItem", "Query"),
            _on_table("identity", "GetItem"),
            _uses_identity_key("Decrypt"),
            _CATALOGUE,
            _on_table("accounts", "GetItem"),
            _reads_token_key,
        ),
        memory=512,
        timeout=20,
        identity=("dynamodb:GetItem",),
    ),
    # Duplicates and crowds: joins reports to one case and tells those who joined.
    "crowd": Function(
        (
            _reads_queue("crowd"),
            _on_table("reports", "PutItem", "Query"),
            _on_table(
                "views", "BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"
            ),
            _CATALOGUE,
            _sends_to("crowd"),
        ),
        memory=512,
        timeout=60,
        # The case that everybody joins is one row; more at once would stand in each other's way.
        concurrency=5,
    ),
    # Webhooks: calls out to the public network, and to nothing of ours but its own rows.
    "hook": Function(
        (
            _reads_queue("hook"),
            _on_table("views", "GetItem", "UpdateItem"),
            _CATALOGUE,
            _sends_to("hook"),
            _reads_token_key,
            _raises_alarms,
        ),
        memory=256,
        timeout=60,
        concurrency=10,
    ),
    # Passing reports on: to an endpoint or by mail; who reported is out of its reach.
    "refer": Function(
        (
            _reads_queue("refer"),
            _on_table("reports", "PutItem", "Query"),
            _on_table("views", "GetItem", "UpdateItem"),
            _CATALOGUE,
            _sends_to("refer"),
            _sends_mail,
            _raises_alarms,
        ),
        memory=512,
        timeout=60,
        concurrency=5,
    ),
    # A new calendar version: it walks the work lists and re-plans each report by itself.
    "replan": Function(
        (
            _reads_queue("replan"),
            _on_table("reports", "PutItem", "Query"),
            _on_table("reports", "Query", index="queue"),
            _CATALOGUE,
            _sends_to("replan"),
        ),
        memory=512,
        timeout=60,
        # Reports are re-planned beside what citizens do, not in their way.
        concurrency=5,
    ),
    # Filings that the table did not take at once; who reported comes with them, and is put only.
    "accept": Function(
        (
            _reads_queue("accept"),
            _on_table("reports", "PutItem", "Query"),
            _puts_identity,
            _uses_identity_key("Decrypt", "Encrypt", "GenerateDataKey"),
            _reads_link_key,
            _raises_alarms,
        ),
        memory=512,
        timeout=60,
        # What was accepted is written beside what comes in, not in its way.
        concurrency=5,
        identity=_PUTS_IDENTITY,
    ),
    # A draft SOP against past reports: reads them, and writes what it found as a document.
    "replay": Function(
        (
            _reads_queue("replay"),
            _on_table("reports", "Query"),
            _on_table("views", "Query"),
            _on_table("views", "Query", index="feed"),
            _CATALOGUE,
            _on_table("reference", "PutItem"),
            _sends_to("replay"),
        ),
        memory=1024,
        timeout=60,
        concurrency=5,
    ),
    "document": Function(
        (
            _reads_queue("document"),
            _CATALOGUE,
            _keeps_prints("GetObject", "PutObject"),
            _tells_absent_prints,
        ),
        memory=512,
        timeout=60,
        concurrency=5,
        layers=("base", "media"),
    ),
    # Erases: overwrites a contact without reading it, deletes photos without looking at them.
    "forget": Function(
        (
            _on_table("reports", "PutItem", "Query", "Scan"),
            _CATALOGUE,
            _puts_identity,
            _uses_identity_key("Decrypt", "Encrypt", "GenerateDataKey"),
            _deletes_photos,
        ),
        memory=512,
        timeout=900,
        # Two runs at once would do everything twice.
        concurrency=1,
        identity=_PUTS_IDENTITY,
    ),
    # The only one with an image library: a harmful picture meets neither secrets nor identities.
    "media": Function(
        (
            _reads_queue("media"),
            _on_table("reports", "PutItem", "Query"),
            _on_table("photos", "BatchWriteItem", "Query"),
            _CATALOGUE,
            _on_photos(reads=("incoming/", "photos/"), writes=("originals/", "photos/", "public/")),
        ),
        memory=1769,
        timeout=60,
        layers=("base", "media"),
        concurrency=10,
    ),
    # The nightly look for photos that got stuck: it reads lists and asks the one above.
    "mend": Function(
        (_on_table("views", "Query"), _sends_to("media"), _raises_alarms),
        memory=256,
        timeout=300,
        concurrency=1,
    ),
    "announce": Function(
        (
            _reads_queue("announce"),
            _on_table("reports", "Query", "UpdateItem"),
            _on_table("followers", "Query"),
            _CATALOGUE,
        ),
        memory=512,
        timeout=60,
        concurrency=5,
    ),
    "digest": Function(
        (
            _on_table("reports", "Query", "UpdateItem"),
            _on_table("reports", "Query", index="queue"),
            _CATALOGUE,
        ),
        memory=512,
        timeout=60,
        concurrency=1,
    ),
    # Closes the books of the days: it alone may sign, and puts a day once.
    "seal": Function(
        (
            _on_table("reports", "Query"),
            _on_table("books", "GetItem", "PutItem", "Query"),
            _signs_books,
            _locks_books_away,
        ),
        memory=512,
        timeout=900,
        concurrency=1,
    ),
    "delivery_events": Function(
        (
            _reads_queue("receipts"),
            _on_table("reports", "Query", "UpdateItem"),
            _raises_alarms,
        ),
        memory=512,
        timeout=60,
    ),
    # Answers by mail and by text message. Whoever wrote is known by what we sent them, so that
    # neither of the two needs to read who reported.
    "inbound_mail": Function(
        (
            _reads_queue("inbound-mail"),
            _reads_mails,
            _on_table("reports", "PutItem", "Query"),
            _CATALOGUE,
            _reads_link_key,
            _on_photos(reads=("incoming/",), writes=("incoming/",)),
            _asks("media"),
        ),
        memory=1024,
        timeout=60,
    ),
    "inbound_text": Function(
        (
            _reads_queue("inbound-text"),
            _on_table("reports", "PutItem", "Query"),
            _CATALOGUE,
            _reads_link_key,
        ),
        memory=512,
        timeout=60,
    ),
    "text_receipts": Function(
        (_reads_text_logs, _sends_to("receipts")),
        memory=256,
        timeout=60,
        concurrency=1,
    ),
    "sweep": Function(
        (
            _on_table("reports", "Query", index="due"),
            _on_table("views", "Query", index="feed"),
            _sends_to("wake", "send", "arm", "hook", "refer"),
        ),
        memory=512,
        timeout=60,
        # A sweep that takes longer than its minute must not have a second one beside it.
        concurrency=1,
    ),
}


def policy(function: str, place: Place) -> Json:
    """Return the policy of one function, as IAM takes it."""
    row = FUNCTIONS[function]
    statements = [_logs(function, place)]
    for grant in row.grants:
        statements += grant(place)
    statements += _denied_identity(row, place)
    return {"Version": "2012-10-17", "Statement": statements}


def stage_settings(place: Place | None, stage: str) -> Json:
    """Return the stage's part of ``.chalice/config.json``; without a place, no variables."""
    return {
        "api_gateway_stage": "api",
        "environment_variables": {**(place.variables if place else {}), "STAGE": stage},
        "lambda_functions": {
            name: {
                "iam_policy_file": f"policies/{stage}/{name}.json",
                "lambda_memory_size": row.memory,
                "lambda_timeout": row.timeout,
                **_concurrency(row, place),
                **_layers(row, place),
            }
            for name, row in FUNCTIONS.items()
        },
    }


def _concurrency(row: Function, place: Place | None) -> Json:
    reserves = place is None or place.reserves
    return {"reserved_concurrency": row.concurrency} if row.concurrency and reserves else {}


def _layers(row: Function, place: Place | None) -> Json:
    """ARNs carry the account's number, so they too are only in the settings of a deployment."""
    known = place.layers if place else {}
    return {"layers": [known[name] for name in row.layers]} if known else {}


def write(place: Place, chalice: Path = CHALICE) -> Iterator[Path]:
    """Write the stage's policies and its part of the settings; yield the files written."""
    folder = chalice / "policies" / place.stage
    folder.mkdir(parents=True, exist_ok=True)
    for name in FUNCTIONS:
        yield _put(folder / f"{name}.json", policy(name, place))
    yield put_settings(place, place.stage, chalice)


def put_settings(place: Place | None, stage: str, chalice: Path = CHALICE) -> Path:
    """Put the stage's part into the settings and leave every other stage as it is."""
    path = chalice / "config.json"
    settings = json.loads(path.read_text())
    settings.setdefault("stages", {})[stage] = stage_settings(place, stage)
    return _put(path, settings)


def _put(path: Path, content: Json) -> Path:
    """Replace the file at once, so that a deployment never reads half of it."""
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(content, indent=2) + "\n")
    return draft.replace(path)


def _logs(function: str, place: Place) -> Json:
    lambda_name = f"{APP}-{place.stage}"
    if function != "api_handler":
        lambda_name += f"-{function}"
    group = place.arn("logs", f"log-group:/aws/lambda/{lambda_name}")
    actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    return _allow("Log", actions, group, f"{group}:log-stream:*")


def _denied_identity(row: Function, place: Place) -> list[Json]:
    actions = (*_READS_IDENTITY, *_CHANGES_IDENTITY, *_PUTS_IDENTITY)
    indexes = {"dynamodb:PartiQLSelect", "dynamodb:Query", "dynamodb:Scan"}
    return [
        _deny("IdentityIsOutOfReach", set(actions) - set(row.identity), place.table("identity")),
        _deny(
            "IdentityIsNotSearched",
            indexes - ({"dynamodb:Query"} if row.finds_identity else set()),
            *(place.table("identity", name) for name in IDENTITY_INDEXES),
        ),
    ]


def _deny(sid: str, actions: set[str], *resources: str) -> Json:
    return {"Sid": sid, "Effect": "Deny", "Action": sorted(actions), "Resource": [*resources]}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print or write the policies of one stage."""
    parser = argparse.ArgumentParser(prog="infra.policies", description="Policies of one stage.")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--account")
    parser.add_argument("--region")
    parser.add_argument("--environment", help="JSON file of the functions' variables; - for stdin")
    parser.add_argument("--chalice", type=Path, default=CHALICE, help="the .chalice folder")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--forget", action="store_true", help="take the variables out again")
    options = parser.parse_args(arguments)
    if options.forget:
        sys.stdout.write(f"{put_settings(None, options.stage, options.chalice)}\n")
        return 0
    if not (options.account and options.region and options.environment):
        parser.error("--account, --region and --environment are needed")
    try:
        place = Place(options.stage, options.account, options.region, _read(options.environment))
    except (Incomplete, OSError, json.JSONDecodeError) as error:
        parser.error(str(error))
    if options.write:
        for path in write(place, options.chalice):
            sys.stdout.write(f"{path}\n")
    else:
        everything = {name: policy(name, place) for name in FUNCTIONS}
        sys.stdout.write(json.dumps(everything, indent=2) + "\n")
    return 0


def _read(source: str) -> Mapping[str, str]:
    text = sys.stdin.read() if source == "-" else Path(source).read_text()
    return {str(name): str(value) for name, value in json.loads(text).items()}


if __name__ == "__main__":
    raise SystemExit(main())
