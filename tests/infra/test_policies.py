"""The functions' policies: least privilege, complete for what the code calls, taken by Chalice."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from cfnlint.decode.cfn_yaml import load

from app import app
from chalicelib.domain.sop import Sop
from chalicelib.services.photos import original_key, photo_key, public_key, shown_key
from chalicelib.services.printing import key_of
from infra import policies
from infra.outputs import VARIABLES
from infra.policies import FUNCTIONS, Incomplete, Place, policy

ROOT = Path(__file__).parents[2]
ACCOUNT, REGION = "123456789012", "ap-southeast-3"
ASKED = {function.name for function in app.pure_lambda_functions}
ROUTES_AND_EVENTS = {"api_handler", *ASKED, *(source.name for source in app.event_sources)}


def arn(service, rest):
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def queue_url(thing):
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/live-room-dev-{thing}"


OUTPUTS = {
    "REPORTS_STREAM_ARN": arn("dynamodb", "table/live-room-dev-reports/stream/2027-01-01"),
    "TIMELINE_MACHINE_ARN": arn("states", "stateMachine:live-room-dev-timeline"),
    "WAKE_QUEUE_URL": queue_url("wake"),
    "ARM_QUEUE_URL": queue_url("arm"),
    "SEND_QUEUE_URL": queue_url("send"),
    "REPLAN_QUEUE_URL": queue_url("replan"),
    "CROWD_QUEUE_URL": queue_url("crowd"),
    "HOOK_QUEUE_URL": queue_url("hook"),
    "REFER_QUEUE_URL": queue_url("refer"),
    "REPLAY_QUEUE_URL": queue_url("replay"),
    "ACCEPT_QUEUE_URL": queue_url("accept"),
    "MEDIA_QUEUE_URL": queue_url("media"),
    "DOCUMENT_QUEUE_URL": queue_url("document"),
    "ANNOUNCE_QUEUE_URL": queue_url("announce"),
    "RECEIPTS_QUEUE_URL": queue_url("receipts"),
    "STREAM_DEAD_QUEUE_URL": queue_url("stream-dead"),
    "PHOTO_BUCKET": f"live-room-dev-photos-{ACCOUNT}",
    "TOKEN_SECRET_ID": arn("secretsmanager", "secret:live-room-dev-token-key-aBcDeF"),
    "INBOUND_TEXT_QUEUE_URL": queue_url("inbound-text"),
    "INBOUND_BUCKET": f"live-room-dev-mail-{ACCOUNT}",
    "LINK_SECRET_ID": arn("secretsmanager", "secret:live-room-dev-link-key-aBcDeF"),
    "IDENTITY_KEY_ARN": arn("kms", "key/11111111-2222-3333-4444-555555555555"),
    "MAIL_CONFIGURATION_SET": "live-room-dev-mail",
    "ALARM_TOPIC_ARN": arn("sns", "live-room-dev-alarms"),
    "BOOK_KEY_ARN": arn("kms", "key/66666666-7777-8888-9999-000000000000"),
    "BOOK_BUCKET": f"live-room-dev-books-{ACCOUNT}",
}
POOL = "ap-southeast-3_aBcDeFgHi"
APP, ENDPOINT = arn("sns", "app/GCM/live-room-dev"), arn("sns", "endpoint/GCM/live-room-dev")
ENVIRONMENT = OUTPUTS | {
    "PUSH_PLATFORMS": json.dumps({"fcm": APP}),
    "MAIL_FROM": "lapor@example.go.id",
    "STAGE": "dev",
    "STAFF_POOL_ID": POOL,
}
PLACE = Place("dev", ACCOUNT, REGION, ENVIRONMENT)

TABLE = {
    thing: arn("dynamodb", f"table/live-room-dev-{thing}")
    for thing in (
        *("reports", "views", "reference", "identity", "accounts", "photos", "followers"),
        "books",
    )
}
QUEUE = {
    thing: arn("sqs", f"live-room-dev-{thing}") for thing in ("wake", "arm", "send", "receipts")
}
TEXT_LOGS = arn("logs", f"log-group:sns/{REGION}/{ACCOUNT}/DirectPublishToPhoneNumber")
MEDIA_QUEUE = arn("sqs", "live-room-dev-media")
JOB_QUEUE = {
    thing: arn("sqs", f"live-room-dev-{thing}")
    for thing in (
        "accept",
        "replan",
        "replay",
        "document",
        "crowd",
        "announce",
        "inbound-text",
        "hook",
        "refer",
    )
}
#: Who asks for which job.
JOBS = {
    "dispatch": ("announce",),
    "project": ("crowd", "hook", "refer"),
    "crowd": ("crowd",),
    "hook": ("hook",),
    "refer": ("refer",),
    "sweep": ("hook", "refer"),
    "api_handler": ("accept", "replan", "document", "replay", "inbound-text", "hook"),
    "replan": ("replan",),
    "replay": ("replay",),
}
EXECUTION = arn("states", "execution:live-room-dev-timeline:TNG-27-000001-3")
MACHINE = OUTPUTS["TIMELINE_MACHINE_ARN"]
BUCKET = f"arn:aws:s3:::{OUTPUTS['PHOTO_BUCKET']}"
BOOK_BUCKET = f"arn:aws:s3:::{OUTPUTS['BOOK_BUCKET']}"
MAIL_BUCKET = f"arn:aws:s3:::{OUTPUTS['INBOUND_BUCKET']}"
PRINT = f"{BUCKET}/{key_of(Sop('jalan-berlubang', 1, 'kantor', ()), 'a' * 64)}"
REPORT = "TNG-27-000001"
UPLOAD = f"{BUCKET}/{photo_key(REPORT, 'p-1')}"
ORIGINAL = f"{BUCKET}/{original_key(REPORT, 'p-1')}"
SHOWN = f"{BUCKET}/{shown_key(REPORT, 'p-1', 'large')}"
PUBLIC = f"{BUCKET}/{public_key(REPORT, 'p-1', 'large')}"
THROUGH_DYNAMODB = {
    "kms:ViaService": f"dynamodb.{REGION}.amazonaws.com",
    "kms:EncryptionContext:aws:dynamodb:tableName": "live-room-dev-identity",
}

SCHEDULED = {"sweep", "forget", "seal", "mend"}

#: What the code says (as `calls_in_the_code` finds it) → what IAM is asked for, by whom, on what.
#: The functions that take in answers by mail and by text message.
INBOUND = ("inbound_mail", "inbound_text")
CALLS = {
    # one transaction saves a report: state, events, fired steps, outbox
    "report_store: transaction.save": [
        (name, "dynamodb:PutItem", TABLE["reports"])
        for name in (
            *("api_handler", "fire", "arm", "reveal", "replan", "media", "crowd", "refer"),
            # what was accepted while the table took nothing
            "accept",
            *INBOUND,
        )
    ]
    # and at filing, with it, who reported
    + [(name, "dynamodb:PutItem", TABLE["identity"]) for name in ("api_handler", "accept")],
    # the texts of a work list, to find by words
    "report_store: ReportRow.batch_get": [
        ("api_handler", "dynamodb:BatchGetItem", TABLE["reports"])
    ],
    # load: the state with its events; the sender reads what the reporter wrote
    "report_store: ReportRow.query": [
        (name, "dynamodb:Query", TABLE["reports"])
        for name in (
            "api_handler",
            "fire",
            "arm",
            "send",
            "reveal",
            "replan",
            "replay",
            "project",
            "delivery_events",
            "announce",
            "digest",
            "media",
            "crowd",
            "refer",
            # the marks of a day
            "seal",
            "accept",
            *INBOUND,
        )
    ],
    # closed days: one function puts, everybody reads
    "books: BookRow.get": [
        (name, "dynamodb:GetItem", TABLE["books"]) for name in ("api_handler", "seal")
    ],
    "books: BookRow.query": [
        (name, "dynamodb:Query", TABLE["books"]) for name in ("api_handler", "seal")
    ],
    "books: row.save": [("seal", "dynamodb:PutItem", TABLE["books"])],
    "books: kms.sign": [("seal", "kms:Sign", OUTPUTS["BOOK_KEY_ARN"])],
    "books: kms.get_public_key": [("seal", "kms:GetPublicKey", OUTPUTS["BOOK_KEY_ARN"])],
    "books: s3.put_object": [("seal", "s3:PutObject", f"{BOOK_BUCKET}/days/2027-05-14.json")],
    # mark_armed; claim and settle of one message, also where it is answered for or receipted
    "report_store: row.update": [
        (name, "dynamodb:UpdateItem", TABLE["reports"])
        for name in ("arm", "send", "fire", "delivery_events", "announce", "digest", "api_handler")
    ],
    # the rebuild of views and counters is a tool, with the rights of whoever runs it
    "report_store: ReportRow.scan": [],
    "view_store: ViewRow.scan": [],
    "view_store: row.save": [("project", "dynamodb:PutItem", TABLE["views"])],
    "view_store: TallyRow.query": [("api_handler", "dynamodb:Query", TABLE["views"])],
    "report_store: ReportRow.due.query": [
        (name, "dynamodb:Query", TABLE["reports"] + "/index/due")
        for name in ("sweep", "api_handler")
    ],
    "report_store: ReportRow.queue.query": [
        (name, "dynamodb:Query", TABLE["reports"] + "/index/queue")
        for name in ("api_handler", "replan", "digest")
    ],
    # which reports an address was written to about
    # how many texts went out today and this month
    "spent_store: row.update": [("send", "dynamodb:UpdateItem", TABLE["reports"])],
    "talk_store: row.update": [("send", "dynamodb:UpdateItem", TABLE["reports"])],
    "talk_store: ReportRow.query": [(name, "dynamodb:Query", TABLE["reports"]) for name in INBOUND],
    "mail_bucket: s3.get_object": [
        ("inbound_mail", "s3:GetObject", f"{MAIL_BUCKET}/{policies.MAILS}abc")
    ],
    "report_store: IdentityRow.get": [
        (name, "dynamodb:GetItem", TABLE["identity"]) for name in ("send", "reveal")
    ],
    # one's own reports by a link: its index, not the contacts
    **{
        f"report_store: IdentityRow.{name}.query": [
            ("send", "dynamodb:Query", f"{TABLE['identity']}/index/{name}")
        ]
        for name in policies.IDENTITY_INDEXES
    },
    "functions: lambda.invoke": [
        ("api_handler", "lambda:InvokeFunction", arn("lambda", f"function:live-room-dev-{name}"))
        for name in ("reveal", "media")
    ]
    # a photo that came with an answer is examined before the result is taken
    + [("inbound_mail", "lambda:InvokeFunction", arn("lambda", "function:live-room-dev-media"))],
    # view and counters in one transaction
    "view_store: transaction.save": [("project", "dynamodb:PutItem", TABLE["views"])],
    "view_store: transaction.update": [("project", "dynamodb:UpdateItem", TABLE["views"])],
    "view_store: transaction.delete": [("project", "dynamodb:DeleteItem", TABLE["views"])],
    "view_store: ViewRow.get": [("project", "dynamodb:GetItem", TABLE["views"])],
    "view_store: ViewRow.query": [
        (name, "dynamodb:Query", TABLE["views"]) for name in ("api_handler", "mend", "replay")
    ],
    "view_store: ViewRow.feed.query": [
        (name, "dynamodb:Query", TABLE["views"] + "/index/feed")
        for name in ("api_handler", "replay")
    ],
    "view_store: ViewRow.batch_get": [
        ("api_handler", "dynamodb:BatchGetItem", TABLE["views"]),
    ],
    # by which words public reports are found
    "search_store: row.save": [("project", "dynamodb:PutItem", TABLE["views"])],
    "search_store: row.delete": [("project", "dynamodb:DeleteItem", TABLE["views"])],
    "search_store: ViewRow.get": [("project", "dynamodb:GetItem", TABLE["views"])],
    "search_store: ViewRow.query": [("api_handler", "dynamodb:Query", TABLE["views"])],
    # cards and updates for other systems
    "card_store: row.save": [("project", "dynamodb:PutItem", TABLE["views"])],
    "card_store: row.delete": [("project", "dynamodb:DeleteItem", TABLE["views"])],
    "card_store: ViewRow.get": [
        (name, "dynamodb:GetItem", TABLE["views"]) for name in ("api_handler", "project", "crowd")
    ],
    "card_store: ViewRow.query": [
        (name, "dynamodb:Query", TABLE["views"]) for name in ("api_handler", "project", "crowd")
    ],
    # what is to be said to other systems: planned where the stream is read
    "errand_store: row.save": [("project", "dynamodb:PutItem", TABLE["views"])],
    "errand_store: row.update": [
        (name, "dynamodb:UpdateItem", TABLE["views"]) for name in ("api_handler", "hook", "refer")
    ],
    "errand_store: ViewRow.get": [
        (name, "dynamodb:GetItem", TABLE["views"]) for name in ("api_handler", "hook", "refer")
    ],
    "errand_store: ViewRow.query": [("api_handler", "dynamodb:Query", TABLE["views"])],
    "errand_store: ViewRow.feed.query": [
        ("sweep", "dynamodb:Query", TABLE["views"] + "/index/feed")
    ],
    # where sensors stand
    "device_states: ViewRow.get": [("api_handler", "dynamodb:GetItem", TABLE["views"])],
    "device_states: row.save": [("api_handler", "dynamodb:PutItem", TABLE["views"])],
    # who joined whom, and how many
    "crowd_store: transaction.save": [("crowd", "dynamodb:PutItem", TABLE["views"])],
    "crowd_store: transaction.update": [("crowd", "dynamodb:UpdateItem", TABLE["views"])],
    "crowd_store: transaction.delete": [("crowd", "dynamodb:DeleteItem", TABLE["views"])],
    "crowd_store: row.save": [("crowd", "dynamodb:PutItem", TABLE["views"])],
    "crowd_store: ViewRow.get": [("crowd", "dynamodb:GetItem", TABLE["views"])],
    "crowd_store: ViewRow.query": [
        (name, "dynamodb:Query", TABLE["views"]) for name in ("api_handler", "project", "crowd")
    ],
    "crowd_store: ViewRow.batch_get": [
        (name, "dynamodb:BatchGetItem", TABLE["views"]) for name in ("project", "crowd")
    ],
    "card_store: ViewRow.feed.query": [
        (name, "dynamodb:Query", TABLE["views"] + "/index/feed")
        for name in ("api_handler", "replay")
    ],
    "usage: row.update": [("api_handler", "dynamodb:UpdateItem", TABLE["views"])],
    # the catalogue: whoever plans a timeline
    "documents: ReferenceRow.get": [
        (name, "dynamodb:GetItem", TABLE["reference"])
        for name in (
            "api_handler",
            "fire",
            "arm",
            "send",
            "reveal",
            "replan",
            "project",
            "media",
            "crowd",
            "refer",
            "hook",
            *INBOUND,
            "announce",
            "digest",
        )
    ],
    "documents: ReferenceRow.query": [
        (name, "dynamodb:Query", TABLE["reference"])
        for name in (
            "api_handler",
            "fire",
            "arm",
            "send",
            "reveal",
            "replan",
            "project",
            "media",
            "crowd",
            "refer",
            "hook",
            *INBOUND,
            "announce",
            "digest",
        )
    ],
    # administration: one transaction writes versions, list lines and the audit record; seeding
    # is the deployer's, with the deployer's rights
    "registers: transaction.save": [
        (name, "dynamodb:PutItem", TABLE["reference"]) for name in ("api_handler", "replay")
    ],
    "registers: ReferenceRow.get": [
        (name, "dynamodb:GetItem", TABLE["reference"])
        for name in ("api_handler", "document", "replay")
    ],
    "registers: ReferenceRow.query": [
        (name, "dynamodb:Query", TABLE["reference"])
        for name in ("api_handler", "document", "replay")
    ],
    # staff's accounts at Amazon Cognito
    **{
        f"provider_accounts: cognito-idp.{call}": [
            ("api_handler", f"cognito-idp:{action}", arn("cognito-idp", f"userpool/{POOL}"))
        ]
        for call, action in (
            ("admin_create_user", "AdminCreateUser"),
            ("admin_disable_user", "AdminDisableUser"),
            ("admin_enable_user", "AdminEnableUser"),
            ("admin_user_global_sign_out", "AdminUserGlobalSignOut"),
            ("admin_set_user_mfa_preference", "AdminSetUserMFAPreference"),
            ("admin_get_user", "AdminGetUser"),
        )
    },
    # those who follow: the API writes and forgets, and never reads an address
    "follow_store: row.update": [("api_handler", "dynamodb:UpdateItem", TABLE["followers"])],
    "follow_store: row.delete": [
        (name, "dynamodb:DeleteItem", TABLE["followers"]) for name in ("api_handler", "send")
    ],
    "follow_store: FollowerRow.query": [
        (name, "dynamodb:Query", TABLE["followers"]) for name in ("send", "announce")
    ],
    # sessions of the pages, and the standing of accounts
    "account_store: AccountRow.get": [
        (name, "dynamodb:GetItem", TABLE["accounts"]) for name in ("api_handler", "reveal")
    ],
    "account_store: row.save": [("api_handler", "dynamodb:PutItem", TABLE["accounts"])],
    "account_store: row.delete": [("api_handler", "dynamodb:DeleteItem", TABLE["accounts"])],
    # IAM asks for SendMessage, batch or not
    "queues: sqs.send_message_batch": [
        (name, "sqs:SendMessage", QUEUE[queue])
        for name in ("dispatch", "sweep")
        for queue in ("wake", "arm", "send")
    ]
    # work that nobody waits for; a job asks for its own next part
    + [(name, "sqs:SendMessage", JOB_QUEUE[job]) for name, jobs in JOBS.items() for job in jobs]
    + [("mend", "sqs:SendMessage", MEDIA_QUEUE)]
    + [("text_receipts", "sqs:SendMessage", QUEUE["receipts"])],
    # the outcomes of text messages, which SNS says in logs only
    "text_logs: logs.filter_log_events": [
        ("text_receipts", "logs:FilterLogEvents", f"{TEXT_LOGS}{suffix}:*")
        for suffix in ("", "/Failure")
    ],
    "executions: stepfunctions.start_execution": [("arm", "states:StartExecution", MACHINE)],
    "executions: stepfunctions.stop_execution": [("arm", "states:StopExecution", EXECUTION)],
    "executions: stepfunctions.describe_execution": [
        ("arm", "states:DescribeExecution", EXECUTION)
    ],
    "alarms: sns.publish": [
        (name, "sns:Publish", OUTPUTS["ALARM_TOPIC_ARN"])
        for name in ("accept", "hook", "refer", "fire", "arm", "send", "delivery_events", "mend")
    ],
    # v2's SendEmail with raw content is authorised as SendRawEmail, on identity and set
    "providers: sesv2.send_email": [
        (name, action, arn("ses", resource))
        for name in ("send", "refer")
        for action in ("ses:SendEmail", "ses:SendRawEmail")
        for resource in (
            "identity/example.go.id",
            "identity/lapor@example.go.id",
            "configuration-set/live-room-dev-mail",
        )
    ],
    # a text message to a telephone number: no ARN
    # apps on telephones, under the stage's own platform application
    "mobile_push: sns.create_platform_endpoint": [("send", "sns:CreatePlatformEndpoint", APP)],
    "mobile_push: sns.publish": [("send", "sns:Publish", f"{ENDPOINT}/1-2-3")],
    "mobile_push: sns.delete_endpoint": [("send", "sns:DeleteEndpoint", f"{ENDPOINT}/1-2-3")],
    "providers: sns.publish": [("send", "sns:Publish", "+6281234567890")],
    "aws: secretsmanager.get_secret_value": [
        ("hook", "secretsmanager:GetSecretValue", OUTPUTS["TOKEN_SECRET_ID"]),
        ("api_handler", "secretsmanager:GetSecretValue", OUTPUTS["TOKEN_SECRET_ID"]),
        ("api_handler", "secretsmanager:GetSecretValue", OUTPUTS["LINK_SECRET_ID"]),
        *(
            (name, "secretsmanager:GetSecretValue", OUTPUTS["LINK_SECRET_ID"])
            # filings carry keyed marks of the address left with them, so that it finds them again
            for name in ("send", "accept", *INBOUND)
        ),
        ("reveal", "secretsmanager:GetSecretValue", OUTPUTS["TOKEN_SECRET_ID"]),
    ],
    # the uploader's browser acts as the function that signed the form
    # printed documents: made by one function, their addresses signed by another
    "prints: s3.put_object": [("document", "s3:PutObject", PRINT)],
    "prints: s3.generate_presigned_url": [("api_handler", "s3:GetObject", PRINT)],
    "prints: s3.head_object": [
        (name, action, resource)
        for name in ("api_handler", "document")
        for action, resource in (("s3:GetObject", PRINT), ("s3:ListBucket", BUCKET))
    ],
    "blobs: s3.generate_presigned_post": [("api_handler", "s3:PutObject", UPLOAD)],
    "blobs: s3.head_object": [
        (name, action, resource)
        for name in ("api_handler", "inbound_mail")
        for action, resource in (("s3:GetObject", UPLOAD), ("s3:ListBucket", BUCKET))
    ],
    # whoever follows a link acts as the function that signed it
    "blobs: s3.generate_presigned_url": [
        ("api_handler", "s3:GetObject", key) for key in (ORIGINAL, SHOWN, PUBLIC)
    ],
    "blobs: s3.get_object": [
        ("media", "s3:GetObject", UPLOAD),
        ("media", "s3:GetObject", SHOWN),
        ("media", "s3:ListBucket", BUCKET),
    ],
    "blobs: s3.delete_object": [
        ("forget", "s3:DeleteObject", key) for key in (UPLOAD, ORIGINAL, SHOWN, PUBLIC)
    ],
    "blobs: s3.put_object": [
        *(("media", "s3:PutObject", key) for key in (ORIGINAL, SHOWN, PUBLIC)),
        # photos that came with an answer
        ("inbound_mail", "s3:PutObject", UPLOAD),
    ],
    # all pictures by their fingerprints
    "photo_index: PhotoRow.batch_write": [("media", "dynamodb:BatchWriteItem", TABLE["photos"])],
    "photo_index: PhotoRow.query": [("media", "dynamodb:Query", TABLE["photos"])],
}
#: What AWS does as the function, without a line of our code.
ON_ITS_BEHALF = [
    *(
        (name, action, OUTPUTS["REPORTS_STREAM_ARN"])
        for name in ("dispatch", "project")
        for action in (
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
        )
    ),
    *(
        (name, f"sqs:{action}", JOB_QUEUE[name])
        for name in sorted(set(JOB_QUEUE) & set(FUNCTIONS))
        for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
    ),
    *((name, "dynamodb:ListStreams", "*") for name in ("dispatch", "project")),
    *(
        (name, "sqs:SendMessage", arn("sqs", "live-room-dev-stream-dead"))
        for name in ("dispatch", "project")
    ),
    *(
        (name, f"sqs:{action}", arn("sqs", f"live-room-dev-{queue}"))
        for name, queue in (
            *(("fire", "wake"), ("arm", "arm"), ("send", "send")),
            ("delivery_events", "receipts"),
            *(("inbound_mail", "inbound-mail"), ("inbound_text", "inbound-text")),
        )
        for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
    ),
    *(
        ("media", f"sqs:{action}", MEDIA_QUEUE)
        for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
    ),
    *(
        (name, f"kms:{action}", OUTPUTS["IDENTITY_KEY_ARN"])
        for name, actions in (
            ("api_handler", ("Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey")),
            ("accept", ("Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey")),
            ("send", ("Decrypt", "DescribeKey")),
            ("reveal", ("Decrypt", "DescribeKey")),
        )
        for action in actions
    ),
    *(
        (name, f"logs:{action}", group + more)
        for name in FUNCTIONS
        for group in [
            arn("logs", "log-group:/aws/lambda/live-room-dev")
            + ("" if name == "api_handler" else f"-{name}")
        ]
        for action, more in (
            ("CreateLogGroup", ""),
            ("CreateLogStream", ""),
            ("PutLogEvents", ":log-stream:2027/01/01/[$LATEST]abc"),
        )
    ),
]
#: The daily erasing: loads, rewrites, overwrites contacts, plans as every writer does.
ERASING = [
    *(("forget", f"dynamodb:{call}", TABLE["reports"]) for call in ("PutItem", "Query", "Scan")),
    *(("forget", f"dynamodb:{call}", TABLE["reference"]) for call in ("GetItem", "Query")),
    ("forget", "dynamodb:PutItem", TABLE["identity"]),
    *(
        ("forget", f"kms:{call}", OUTPUTS["IDENTITY_KEY_ARN"])
        for call in ("Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey")
    ),
]
NEEDED = [need for needs in CALLS.values() for need in needs] + ON_ITS_BEHALF + ERASING

_BOTO = re.compile(r'client\("([\w-]+)"\)\.(\w+)|_call\("(\w+)", "(\w+)"')
_PYNAMO = re.compile(
    r"\b(\w+Row(?:\.(?:due|queue|feed|mail|sms))?\.(?:query|get|scan|count|batch_get|batch_write)"
    r"|row\.(?:save|update|delete|refresh)|transaction\.(?:save|update|delete|get|condition_check)"
    r")\("
)


def calls_in_the_code():
    """Every AWS call that the adapters write down, as ``<module>: <call>``."""
    for path in (ROOT / "chalicelib").rglob("*.py"):
        text = path.read_text()
        for match in _BOTO.finditer(text):
            yield f"{path.stem}: {'.'.join(part for part in match.groups() if part)}"
        for match in _PYNAMO.finditer(text):
            yield f"{path.stem}: {match[1]}"


def statements(name, effect):
    return [one for one in policy(name, PLACE)["Statement"] if one["Effect"] == effect]


def covers(statement, action, resource, context):
    if action not in statement["Action"]:
        return False
    if "NotResource" in statement:
        if any(fnmatchcase(resource, pattern) for pattern in statement["NotResource"]):
            return False
    elif not any(fnmatchcase(resource, pattern) for pattern in statement["Resource"]):
        return False
    conditions = statement.get("Condition", {})
    assert set(conditions) <= {"StringEquals", "StringEqualsIfExists"}
    must = conditions.get("StringEquals", {})
    may = conditions.get("StringEqualsIfExists", {})
    return all(context.get(key) == value for key, value in must.items()) and all(
        context.get(key, value) == value for key, value in may.items()
    )


def allowed(name, action, resource, context=THROUGH_DYNAMODB):
    if any(covers(one, action, resource, context) for one in statements(name, "Deny")):
        return False
    return any(covers(one, action, resource, context) for one in statements(name, "Allow"))


# ---------------------------------------------------------------- complete and no more


def test_every_function_has_a_policy_and_every_policy_a_function():
    assert set(FUNCTIONS) == ROUTES_AND_EVENTS
    assert {source.name for source in app.event_sources} <= set(app.handler_map)
    routes = {entry.view_name for path in app.routes.values() for entry in path.values()}
    events = {source.name for source in app.event_sources}
    assert set(app.handler_map) == routes | events | ASKED
    # A route named as an event's handler is would be called in its place.
    assert routes & (events | ASKED) == set()
    assert {"reveal"} <= ASKED


def test_the_table_of_calls_is_the_codes():
    assert set(calls_in_the_code()) == set(CALLS)


@pytest.mark.parametrize(("name", "action", "resource"), NEEDED)
def test_what_the_code_calls_is_allowed(name, action, resource):
    assert allowed(name, action, resource)


def test_nothing_is_allowed_that_nobody_calls():
    for name in FUNCTIONS:
        needs = [(action, resource) for who, action, resource in NEEDED if who == name]
        for one in statements(name, "Allow"):
            for action in one["Action"]:
                for pattern in one.get("Resource", [""]):
                    used = any(
                        called == action and (not pattern or fnmatchcase(resource, pattern))
                        for called, resource in needs
                    ) or (action.startswith("logs:"))
                    assert used, f"{name}: {action} on {pattern or 'anything but topics'}"


# ---------------------------------------------------------------- the linter


@pytest.mark.parametrize("name", FUNCTIONS)
def test_form(name):
    document = policy(name, PLACE)
    assert document["Version"] == "2012-10-17"
    sids = [one["Sid"] for one in document["Statement"]]
    assert len(set(sids)) == len(sids)
    assert all(re.fullmatch(r"[A-Za-z0-9]+", sid) for sid in sids)
    # An inline policy of a role holds 10,240 characters, white space not counted.
    assert len(json.dumps(document, separators=(",", ":"))) < 10_240


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_action_is_a_pattern(name):
    for one in policy(name, PLACE)["Statement"]:
        assert "NotAction" not in one
        assert all(re.fullmatch(r"[a-z0-9-]+:[A-Za-z]+", action) for action in one["Action"])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_resource_is_a_pattern_but_the_named_ones(name):
    for one in policy(name, PLACE)["Statement"]:
        if "NotResource" in one:
            assert (name, one["Action"]) == ("send", ["sns:Publish"])
            continue
        for resource in one["Resource"]:
            if "*" not in resource and "?" not in resource:
                assert resource.startswith(BUCKET) or (f":{REGION}:{ACCOUNT}:" in resource)
                continue
            start, _, end = resource.partition("*")
            assert not end
            assert (
                (start == "" and one["Action"] == ["dynamodb:ListStreams"])
                or start.endswith("log-group:/aws/lambda/live-room-dev:log-stream:")
                or start.endswith(f"log-group:/aws/lambda/live-room-dev-{name}:log-stream:")
                or start
                in {f"{BUCKET}/{prefix}" for prefix in (*policies.PHOTOS, policies.PRINTED)}
                | {f"{MAIL_BUCKET}/{policies.MAILS}", f"{BOOK_BUCKET}/{policies.BOOKS}"}
                or start in (f"{TEXT_LOGS}:", f"{TEXT_LOGS}/Failure:")
                or start == f"{ENDPOINT}/"
                or start == arn("states", "execution:live-room-dev-timeline:")
            ), resource
            assert any(resource.endswith(pattern) for pattern in policies.PATTERNS)


def test_text_messages_do_not_open_other_topics():
    assert not allowed("send", "sns:Publish", arn("sns", "somebody-elses"))
    for name in set(FUNCTIONS) - {"send"}:
        assert not allowed(name, "sns:Publish", "+6281234567890")


def test_stages_in_one_account_are_apart():
    for name in FUNCTIONS:
        assert "-prod" not in json.dumps(policy(name, PLACE))
        assert not allowed(
            name, "dynamodb:PutItem", arn("dynamodb", "table/live-room-prod-reports")
        )


# ---------------------------------------------------------------- who reported

TOUCHES = [
    "BatchGetItem",
    "BatchWriteItem",
    "ConditionCheckItem",
    "DeleteItem",
    "ExportTableToPointInTime",
    "GetItem",
    "PartiQLDelete",
    "PartiQLInsert",
    "PartiQLSelect",
    "PartiQLUpdate",
    "PutItem",
    "Query",
    "Scan",
    "UpdateItem",
]


def test_who_reported_is_read_by_sender_and_reveal_and_put_by_the_api_alone():
    found = {
        (name, action)
        for name in FUNCTIONS
        for action in TOUCHES
        if allowed(name, f"dynamodb:{action}", TABLE["identity"])
    }
    assert found == {
        ("send", "GetItem"),
        ("reveal", "GetItem"),
        ("api_handler", "PutItem"),
        ("accept", "PutItem"),
        ("forget", "PutItem"),
    }


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_grant_added_by_mistake_still_reads_nobody(name):
    denied = {
        action
        for one in statements(name, "Deny")
        if TABLE["identity"] in one["Resource"] and "Condition" not in one
        for action in one["Action"]
    }
    open_ = {f"dynamodb:{action}" for action in TOUCHES} - denied
    expected = {
        "send": {"dynamodb:GetItem"},
        "reveal": {"dynamodb:GetItem"},
        "api_handler": {"dynamodb:PutItem"},
        "accept": {"dynamodb:PutItem"},
        "forget": {"dynamodb:PutItem"},
    }
    assert open_ == expected.get(name, set())


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("index", policies.IDENTITY_INDEXES)
def test_the_sender_alone_may_search_by_an_address(name, index):
    resource = f"{TABLE['identity']}/index/{index}"
    denied = {
        action
        for one in statements(name, "Deny")
        if resource in one["Resource"] and "Condition" not in one
        for action in one["Action"]
    }
    reads = {"dynamodb:Query", "dynamodb:Scan", "dynamodb:PartiQLSelect"}
    assert reads - denied == ({"dynamodb:Query"} if name == "send" else set())


def test_every_index_of_the_identity_table_is_guarded():
    template = load(str(ROOT / "infra" / "template.yaml"))
    table = template["Resources"]["IdentityTable"]["Properties"]
    indexes = {one["IndexName"] for one in table["GlobalSecondaryIndexes"]}
    assert indexes == set(policies.IDENTITY_INDEXES)


def test_putting_does_not_answer_with_what_was_there():
    old = {"dynamodb:ReturnValues": "ALL_OLD"}
    assert not allowed("api_handler", "dynamodb:PutItem", TABLE["identity"], old)
    new = {"dynamodb:ReturnValues": "NONE"}
    assert allowed("api_handler", "dynamodb:PutItem", TABLE["identity"], new)


def test_the_identity_key_works_through_its_table_only():
    key = OUTPUTS["IDENTITY_KEY_ARN"]
    other = THROUGH_DYNAMODB | {"kms:EncryptionContext:aws:dynamodb:tableName": "another"}
    for name in FUNCTIONS:
        assert not allowed(name, "kms:Decrypt", key, {})
        assert not allowed(name, "kms:Decrypt", key, other)
        assert allowed(name, "kms:Decrypt", key) == (
            name in ("send", "reveal", "api_handler", "accept", "forget")
        )


# ---------------------------------------------------------------- settings


def test_the_queues_outlast_six_times_the_longest_function():
    template = load(str(ROOT / "infra" / "template.yaml"))
    visibility = template["Parameters"]["VisibilitySeconds"]["Default"]
    assert visibility >= 6 * max(
        row.timeout for name, row in FUNCTIONS.items() if name not in SCHEDULED
    )
    assert FUNCTIONS["api_handler"].timeout <= 29


def test_a_queues_function_keeps_room_for_its_pollers():
    for name in ("fire", "arm", "send", *(set(JOB_QUEUE) & set(FUNCTIONS))):
        assert (FUNCTIONS[name].concurrency or 1000) >= 5


def test_the_settings_in_git_are_the_tables_and_name_no_account():
    shown = subprocess.run(
        ["git", "show", ":.chalice/config.json"], cwd=ROOT, capture_output=True, text=True
    )
    if shown.returncode:
        pytest.skip("not a git work tree")
    assert not re.search(r"\d{12}", shown.stdout)
    settings = json.loads(shown.stdout)
    assert settings["autogen_policy"] is False
    for stage, section in settings["stages"].items():
        assert section == policies.stage_settings(None, stage)
    ignored = subprocess.run(
        ["git", "check-ignore", "-q", ".chalice/policies/dev/send.json"], cwd=ROOT
    )
    assert ignored.returncode == 0


@pytest.mark.parametrize(
    ("change", "account", "words"),
    [
        ({"MAIL_FROM": ""}, ACCOUNT, "MAIL_FROM"),
        ({"TOKEN_SECRET_ID": ""}, ACCOUNT, "TOKEN_SECRET_ID"),
        ({}, "210987654321", "is not of account"),
        ({"ALARM_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:x"}, ACCOUNT, "ALARM_TOPIC_ARN"),
        ({}, "123", "twelve digits"),
    ],
)
def test_wrong_variables_are_refused(change, account, words):
    with pytest.raises(Incomplete, match=words):
        Place("dev", account, REGION, ENVIRONMENT | change)


def test_variables_are_those_of_the_outputs():
    assert set(OUTPUTS) == set(VARIABLES.values())


@pytest.fixture
def project(tmp_path):
    """The product with the written settings, and without what pip would have to fetch."""
    shutil.copy(ROOT / "app.py", tmp_path)
    skip = shutil.ignore_patterns("__pycache__", "data", "web")
    shutil.copytree(ROOT / "chalicelib", tmp_path / "chalicelib", ignore=skip)
    (tmp_path / "chalicelib" / "data").symlink_to(ROOT / "chalicelib" / "data")
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / ".chalice").mkdir()
    shutil.copy(ROOT / ".chalice" / "config.json", tmp_path / ".chalice")
    (tmp_path / "variables.json").write_text(json.dumps(ENVIRONMENT))
    command = ["--stage", "dev", "--account", ACCOUNT, "--region", REGION, "--write"]
    command += ["--environment", str(tmp_path / "variables.json")]
    assert policies.main([*command, "--chalice", str(tmp_path / ".chalice")]) == 0
    return tmp_path


def test_writing_twice_and_forgetting_come_to_the_same(project):
    chalice = project / ".chalice"
    once = (chalice / "config.json").read_text()
    prod = json.loads(once)["stages"]["prod"]
    assert prod == policies.stage_settings(None, "prod")
    list(policies.write(PLACE, chalice))
    assert (chalice / "config.json").read_text() == once
    policies.main(["--stage", "dev", "--forget", "--chalice", str(chalice)])
    assert ACCOUNT not in (chalice / "config.json").read_text()


def test_chalice_packages_each_function_with_its_own_policy(project, tmp_path):
    """Chalice takes settings and policies; `chalice deploy` reads them in the same way."""
    environment = {
        name: value for name, value in os.environ.items() if name not in (*ENVIRONMENT, "STAGE")
    } | {"AWS_DEFAULT_REGION": REGION}
    chalice = [str(Path(sys.executable).parent / "chalice"), "--project-dir", str(project)]
    done = subprocess.run(
        [*chalice, "package", "--stage", "dev", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    resources = json.loads((tmp_path / "out" / "sam.json").read_text())["Resources"]
    made = {
        one["Properties"]["Handler"]: one["Properties"]
        for one in resources.values()
        if one["Type"] == "AWS::Serverless::Function"
    }
    assert len(made) == len(FUNCTIONS)
    for name, row in FUNCTIONS.items():
        (properties,) = (
            found
            for handler, found in made.items()
            if handler.rpartition(".")[2] == ("app" if name == "api_handler" else name)
        )
        assert properties["MemorySize"] == row.memory
        assert properties["Timeout"] == row.timeout
        assert properties.get("ReservedConcurrentExecutions") == row.concurrency
        assert properties["Environment"]["Variables"] == ENVIRONMENT
        assert properties["Architectures"] == ["arm64"]
        role = resources[properties["Role"]["Fn::GetAtt"][0]]["Properties"]
        assert [one["PolicyDocument"] for one in role["Policies"]] == [policy(name, PLACE)]
        assert not role.get("ManagedPolicyArns")
    streams = {
        event["Properties"]["Stream"]
        for properties in made.values()
        for event in properties.get("Events", {}).values()
        if event["Type"] == "DynamoDB"
    }
    assert streams == {OUTPUTS["REPORTS_STREAM_ARN"]}
