"""The infra stack: valid, keyed as the code expects, protected, and knowing no Lambda."""

from __future__ import annotations

import json
import re
from pathlib import Path

import boto3
import pytest
from cfnlint.api import lint_file
from cfnlint.decode.cfn_yaml import load
from moto import mock_aws

from chalicelib.adapters import alarms, metrics
from chalicelib.handlers.audience import STAFF_ROLES
from chalicelib.services.measuring import UNITS
from infra import stack
from infra.outputs import SIGN_IN, VARIABLES
from infra.stack import compact

INFRA = Path(__file__).parents[2] / "infra"
TEMPLATE = INFRA / "template.yaml"
FUNCTION_TIMEOUT_SECONDS = 60

KEYS = {
    "followers": [("topic", "HASH"), ("follower", "RANGE")],
    "reports": [("pk", "HASH"), ("sk", "RANGE")],
    "views": [("pk", "HASH"), ("sk", "RANGE")],
    "reference": [("pk", "HASH"), ("sk", "RANGE")],
    "identity": [("pk", "HASH")],
    "photos": [("pk", "HASH"), ("sk", "RANGE")],
    "accounts": [("pk", "HASH"), ("sk", "RANGE")],
    "books": [("pk", "HASH"), ("sk", "RANGE")],
}
INDEXES = {
    ("reports", "due"): (
        [("due_shard", "HASH"), ("due_at", "RANGE")],
        {
            "ProjectionType": "INCLUDE",
            "NonKeyAttributes": ["kind", "epoch", "armed_epoch", "number"],
        },
    ),
    ("reports", "queue"): (
        [("queue_key", "HASH"), ("queue_sort", "RANGE")],
        {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["summary"]},
    ),
    ("identity", "mail"): (
        [("mail_mark", "HASH"), ("since", "RANGE")],
        {"ProjectionType": "KEYS_ONLY"},
    ),
    ("identity", "sms"): (
        [("sms_mark", "HASH"), ("since", "RANGE")],
        {"ProjectionType": "KEYS_ONLY"},
    ),
    ("views", "feed"): (
        [("feed_key", "HASH"), ("feed_sort", "RANGE")],
        {"ProjectionType": "ALL"},
    ),
}


@pytest.fixture(scope="module")
def template():
    return load(str(TEMPLATE))


@pytest.fixture(scope="module")
def tables(template):
    return {
        properties["TableName"]["Fn::Sub"].removeprefix("live-room-${Stage}-"): properties
        for properties in of_type(template, "AWS::DynamoDB::Table").values()
    }


def of_type(template, kind):
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def keys(schema):
    return [(key["AttributeName"], key["KeyType"]) for key in schema]


def test_the_template_is_clean_to_cfn_lint():
    assert [str(match) for match in lint_file(TEMPLATE)] == []


def test_tables_have_the_keys_that_the_code_uses(tables):
    assert {name: keys(table["KeySchema"]) for name, table in tables.items()} == KEYS


def test_indexes_have_the_keys_and_projections_that_the_code_uses(tables):
    found = {
        (name, index["IndexName"]): (keys(index["KeySchema"]), dict(index["Projection"]))
        for name, table in tables.items()
        for index in table.get("GlobalSecondaryIndexes", [])
    }
    assert found == INDEXES


def test_every_key_is_text_and_no_attribute_is_declared_in_vain(tables):
    for name, table in tables.items():
        schemas = [table["KeySchema"]]
        schemas += [index["KeySchema"] for index in table.get("GlobalSecondaryIndexes", [])]
        used = {attribute for schema in schemas for attribute, _ in keys(schema)}
        declared = {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]}
        assert declared == dict.fromkeys(used, "S"), name


def test_every_table_is_on_demand_encrypted_and_restorable(tables):
    for name, table in tables.items():
        assert table["BillingMode"] == "PAY_PER_REQUEST", name
        assert table["SSESpecification"]["SSEEnabled"] is True, name
        recovery = table["PointInTimeRecoverySpecification"]
        assert recovery["PointInTimeRecoveryEnabled"] is True, name


def test_only_reports_has_a_stream_and_it_expires_rows(tables):
    assert {name for name, table in tables.items() if "StreamSpecification" in table} == {"reports"}
    reports = tables["reports"]
    assert reports["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert reports["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_identities_have_a_key_of_their_own(tables):
    specification = tables["identity"]["SSESpecification"]
    assert specification["SSEType"] == "KMS"
    assert specification["KMSMasterKeyId"] == {"Fn::GetAtt": ["IdentityKey", "Arn"]}


def test_what_holds_data_outlives_the_stack(template):
    holding = {
        "AWS::DynamoDB::Table",
        "AWS::S3::Bucket",
        "AWS::KMS::Key",
        "AWS::SecretsManager::Secret",
    }
    for name, resource in template["Resources"].items():
        if resource["Type"] in holding:
            assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name
            assert resource["UpdateReplacePolicy"] == "Retain", name


def test_nothing_names_a_lambda(template):
    kinds = {resource["Type"] for resource in template["Resources"].values()}
    assert not [kind for kind in kinds if kind.startswith(("AWS::Lambda", "AWS::Serverless"))]
    for file in (TEMPLATE, INFRA / "timeline.asl.json"):
        text = file.read_text().lower()
        assert "arn:aws:lambda" not in text
        assert ":::lambda" not in text
        assert "lambda:" not in text


#: Nobody's promise hangs on these, and what is to be done about a failure is the same for all.
CAN_WAIT = {"ReplayQueue", "DocumentQueue", "CrowdQueue", "HookQueue", "AnnounceQueue"}


def test_every_queue_has_a_dead_letter_queue_after_five_tries(template):
    queues = of_type(template, "AWS::SQS::Queue")
    working = {name: queue for name, queue in queues.items() if "Dead" not in name}
    jobs = {"ReplanQueue", "ReplayQueue", "DocumentQueue", "CrowdQueue", "HookQueue", "ReferQueue"}
    assert set(working) == {
        "WakeQueue",
        "ArmQueue",
        "SendQueue",
        "ReceiptsQueue",
        "AnnounceQueue",
        "MediaQueue",
        "InboundMailQueue",
        "InboundTextQueue",
        "AcceptQueue",
        *jobs,
    }
    for name, queue in working.items():
        dead = "LaterDeadQueue" if name in CAN_WAIT else name.replace("Queue", "DeadQueue")
        assert queue["RedrivePolicy"] == {
            "deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]},
            "maxReceiveCount": 5,
        }
        assert queues[dead]["MessageRetentionPeriod"] > queue["MessageRetentionPeriod"]
    alarms = of_type(template, "AWS::CloudWatch::Alarm").values()
    watched = [one.get("Dimensions") for one in alarms]
    for dead in set(queues) - set(working):
        assert [{"Name": "QueueName", "Value": {"Fn::GetAtt": [dead, "QueueName"]}}] in watched


def test_every_queue_is_encrypted_and_hides_messages_long_enough(template):
    default = template["Parameters"]["VisibilitySeconds"]["Default"]
    assert default >= 6 * FUNCTION_TIMEOUT_SECONDS
    for name, queue in of_type(template, "AWS::SQS::Queue").items():
        assert queue["SqsManagedSseEnabled"] is True, name
        if "Dead" not in name:
            assert queue["VisibilityTimeout"] == {"Ref": "VisibilitySeconds"}, name


def test_every_dead_letter_queue_has_an_alarm(template):
    watched = {
        dimension["Value"]["Fn::GetAtt"][0]
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
        for dimension in alarm["Dimensions"]
    }
    dead = {name for name in of_type(template, "AWS::SQS::Queue") if "Dead" in name}
    assert watched == dead


def test_a_silent_sweeper_raises_an_alarm_for_want_of_data(template):
    alarm = of_type(template, "AWS::CloudWatch::Alarm")["SweeperSilentAlarm"]
    assert alarm["TreatMissingData"] == "breaching"


def test_every_alarm_tells_someone(template):
    for name, alarm in of_type(template, "AWS::CloudWatch::Alarm").items():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}], name
        assert alarm["AlarmDescription"], name


def test_the_clock_may_send_to_the_wake_queue_and_nothing_else(template):
    policy = of_type(template, "AWS::IAM::Policy")["TimelinePolicy"]
    statements = {s["Sid"]: s for s in policy["PolicyDocument"]["Statement"]}
    assert set(statements) == {"SendWakeUps", "DeliverLogs"}
    assert statements["SendWakeUps"]["Action"] == "sqs:SendMessage"
    assert statements["SendWakeUps"]["Resource"] == {"Fn::GetAtt": ["WakeQueue", "Arn"]}
    actions = statements["DeliverLogs"]["Action"]
    assert all(action.startswith("logs:") and "*" not in action for action in actions)


def test_every_metric_that_an_alarm_watches_is_counted_by_the_code(template):
    watched = {
        alarm["MetricName"]
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm["Namespace"] == metrics.NAMESPACE
    }
    code = "".join(path.read_text() for path in (INFRA.parent / "chalicelib").rglob("*.py"))
    counted = set(re.findall(r'metrics\.count\(\s*"(\w+)"', code))
    assert watched == counted | set(alarms.METRICS.values()) | {alarms.GIVEN_UP} | set(UNITS)


def dashboard(template):
    """The dashboard's widgets, with the stage and the machine named."""
    (board,) = of_type(template, "AWS::CloudWatch::Dashboard").values()
    body = board["DashboardBody"]["Fn::Sub"]
    for name, value in (("Stage", "dev"), ("AWS::Region", "r"), ("TimelineMachine", "m")):
        body = body.replace(f"${{{name}}}", value)
    return json.loads(body)["widgets"]


def test_the_dashboard_shows_every_metric_of_ours_that_has_an_alarm(template):
    shown = {
        metric[1]
        for widget in dashboard(template)
        for metric in widget["properties"]["metrics"]
        if metric[0] == metrics.NAMESPACE
    }
    watched = {
        alarm["MetricName"]
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm["Namespace"] == metrics.NAMESPACE
    }
    assert watched - {"CalendarUnknown"} == shown


def test_the_widgets_of_the_dashboard_stand_beside_each_other(template):
    taken = [
        (widget["x"] + column, widget["y"] + row)
        for widget in dashboard(template)
        for column in range(widget["width"])
        for row in range(widget["height"])
    ]
    assert len(taken) == len(set(taken))
    assert max(column for column, _ in taken) == 23


def test_the_costs_on_the_dashboard_are_reckoned_with_the_dated_prices(template):
    prices = json.loads((INFRA.parent / "chalicelib" / "data" / "prices.json").read_text())
    known = {(one["amount"], str(one["per"])) for one in prices["items"].values()}
    used = {
        found
        for widget in dashboard(template)
        for metric in widget["properties"]["metrics"]
        if "expression" in metric[0]
        for found in re.findall(r"\*([0-9.]+)/(\d+)", metric[0]["expression"])
    }
    assert len(used) == 5
    assert used <= known


def test_what_is_sent_to_cloudformation_means_the_same_and_is_shorter(template):
    sent = compact(TEMPLATE.read_text())
    assert json.loads(sent) == json.loads(json.dumps(template))
    assert len(sent) < len(TEMPLATE.read_text())


def test_a_template_too_long_for_a_request_goes_through_a_bucket(monkeypatch):
    monkeypatch.setattr(stack, "MAX_TEMPLATE", 1000)
    with mock_aws():
        session = boto3.Session("a", "b", region_name="ap-southeast-3")
        source = stack._source(session, "live-room-dev-infra", TEMPLATE.read_text())
        again = stack._source(session, "live-room-dev-infra", TEMPLATE.read_text())
        bucket = "live-room-dev-infra-template-123456789012"
        kept = session.client("s3").get_object(Bucket=bucket, Key="template.json")["Body"].read()
    assert source == again
    assert source["TemplateURL"].endswith(f".amazonaws.com/{bucket}/template.json")
    assert kept.decode() == compact(TEMPLATE.read_text())


def test_staff_are_invited_and_show_a_second_factor(template):
    (pool,) = of_type(template, "AWS::Cognito::UserPool").values()
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["MfaConfiguration"] == "ON"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12
    invitation = pool["AdminCreateUserConfig"]["InviteMessageTemplate"]["EmailMessage"]
    assert "{username}" in invitation
    assert "{####}" in invitation


def test_clients_of_staff_use_the_code_flow_and_keep_no_secret(template):
    for name, client in of_type(template, "AWS::Cognito::UserPoolClient").items():
        assert client["AllowedOAuthFlows"] == ["code"], name
        assert client["GenerateSecret"] is False, name
        assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"], name


def test_groups_are_the_roles_of_staff(template):
    groups = of_type(template, "AWS::Cognito::UserPoolGroup").values()
    assert sorted(group["GroupName"] for group in groups) == sorted(STAFF_ROLES)


def test_every_output_that_the_functions_get_is_there(template):
    wanted = {*VARIABLES, *SIGN_IN, "StaffMobileClientId", "ReleaseBucketName"}
    assert wanted <= set(template["Outputs"])


def test_buckets_are_private(template):
    for name, bucket in of_type(template, "AWS::S3::Bucket").items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, name
        assert bucket["BucketEncryption"], name
        assert "PublicRead" not in str(bucket), name


def test_every_output_is_exported_under_the_stage(template):
    for name, output in template["Outputs"].items():
        if not name.startswith("MailDkim"):
            assert output["Export"]["Name"] == {"Fn::Sub": f"live-room-${{Stage}}-{name}"}
