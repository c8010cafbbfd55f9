"""What a deployment examines and plans, and what it writes: all without AWS."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from chalicelib.handlers.audience import PAGES, ROUTES
from infra.deploy import data, doctor, gateway, plan, project, settings, state
from infra.deploy.__main__ import event_sources
from infra.deploy.facts import Facts, Function, Mail, Mapped
from infra.deploy.findings import TEXTS, Finding
from infra.deploy.settings import Settings, SettingsWrong
from infra.outputs import SIGN_IN, VARIABLES
from infra.policies import FUNCTIONS
from tests.infra.test_policies import ACCOUNT, OUTPUTS, REGION, arn

TODAY = date(2027, 4, 5)
STAGE = Settings(stage="dev", mail_from="lapor@lapor.example.go.id", account=ACCOUNT)
HERE = Facts(
    account=ACCOUNT,
    caller=f"arn:aws:iam::{ACCOUNT}:user/it",
    region=REGION,
    python="3.12",
    services={"dynamodb": "", "sqs": ""},
    concurrency=1000,
    unreserved=1000,
    mail=Mail(verified=True, sandbox=False, per_day=50_000),
    text_limit=100,
)
STACK = {output: OUTPUTS[variable] for output, variable in VARIABLES.items()} | {
    output: f"the {output}" for output in (*SIGN_IN, "StaffMobileClientId", "ReleaseBucketName")
}


def codes(findings, level=None):
    return [one.code for one in findings if level is None or one.level == level]


# ---------------------------------------------------------------- settings


def test_the_example_is_right_and_every_setting_is_in_it():
    example = (settings.STAGES / "example.toml").read_text()
    found = settings.read("example", settings.STAGES)
    assert found.mail_domain == "lapor.example.go.id"
    for name in Settings.__dataclass_fields__:
        if name not in ("stage", "variables", "public_url"):
            assert f"\n{name} = " in example or f"\n# {name} = " in example, name


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"mail_from": "nobody"}, "mail_from"),
        # The sender's name is the messages' own; a second one would be refused at sending.
        ({"mail_from": "LIVE Room <lapor@a.go.id>"}, "mail_from"),
        ({"domain": "lapor.example.go.id"}, "domain_and_certificate"),
        ({"domain": "https://x", "certificate": f"arn:{REGION}:x:{REGION}:"}, "domain_form"),
        (
            {"domain": "a.go.id", "certificate": "arn:aws:acm:us-east-1:1:certificate/x"},
            "certificate_region",
        ),
        ({"public_url": "https://a.go.id/"}, "public_url"),
        ({"cors_origin": "a.go.id"}, "cors_origin"),
        ({"account": "12"}, "account_form"),
        ({"staff": {"issuer": "https://sso.go.id"}}, "audience_missing"),
        ({"demo": True}, "demo_and_protect"),
        ({"architecture": "sparc"}, "architecture"),
        ({"firewall_rate": 100}, "firewall_rate"),
        ({"protect": "yes"}, "setting_kind"),
        ({"mail_form": "x"}, "setting_unknown"),
        ({"staff": {"isuer": "x"}}, "setting_unknown"),
    ],
)
def test_a_wrong_setting_is_named(change, code):
    with pytest.raises(SettingsWrong) as wrong:
        settings.parse("dev", {"mail_from": "lapor@a.go.id"} | change)
    assert codes(wrong.value.findings) == [code]


@pytest.mark.parametrize("stage", ["Dev", "dev-fire", "", "x" * 13, "../dev"])
def test_a_stages_name_cannot_run_into_anothers(stage):
    with pytest.raises(SettingsWrong) as wrong:
        settings.read(stage)
    assert codes(wrong.value.findings) == ["stage_name"]


def test_a_stage_without_settings_is_told_where_they_go(tmp_path):
    with pytest.raises(SettingsWrong) as wrong:
        settings.read("dev", tmp_path)
    assert "stages/dev.toml" in wrong.value.findings[0].english


def test_another_issuer_of_staff_and_the_citys_app_become_variables():
    given = {
        "mail_from": "lapor@a.go.id",
        "staff": {"issuer": "https://sso.go.id", "audience": "live-room"},
        "citizens": {"issuer": "https://app.go.id", "audience": "app"},
        "variables": {"LOG_LEVEL": "DEBUG"},
    }
    found = settings.parse("dev", given)
    assert found.own_issuer
    assert found.variables == {
        "LOG_LEVEL": "DEBUG",
        "OIDC_ISSUER": "https://sso.go.id",
        "OIDC_AUDIENCE": "live-room",
        "CITIZEN_OIDC_ISSUER": "https://app.go.id",
        "CITIZEN_OIDC_AUDIENCE": "app",
    }


# ---------------------------------------------------------------- the doctor


def test_a_healthy_account_is_told_so():
    found = doctor.examine(STAGE, HERE, TODAY)
    assert codes(found) == ["account", "services", "mail_ready"]
    assert not doctor.stops(found)


@pytest.mark.parametrize(
    ("change", "code", "level"),
    [
        ({"account": "210987654321"}, "other_account", "stop"),
        ({"region": "ap-southeast-1"}, "other_region", "warn"),
        ({"python": "3.9"}, "python_unknown", "stop"),
        ({"services": {"kms": "denied"}}, "service_denied", "stop"),
        ({"services": {"sesv2": "Could not connect"}}, "service_absent", "stop"),
        ({"stack": "UPDATE_ROLLBACK_FAILED"}, "stack_stuck", "stop"),
        ({"stack": "UPDATE_IN_PROGRESS"}, "stack_busy", "stop"),
        ({"concurrency": 10, "unreserved": 10}, "concurrency", "stop"),
        ({"mail": Mail(True, True, 200)}, "mail_sandbox", "warn"),
        ({"mail": Mail(False, False, 50_000)}, "mail_unverified", "warn"),
        ({"mail": Mail(True, False, 50_000, "theirs")}, "inbound_elsewhere", "warn"),
        ({"text_sandbox": True}, "text_sandbox", "warn"),
        ({"text_limit": 1.0}, "text_limit", "warn"),
        ({"dirty": True}, "dirty", "warn"),
        ({"orphans": {"abc": "live-room"}}, "orphan_api", "warn"),
        (
            {"functions": (Function("fire", "arn", "python3.11", "role"),)},
            "python_changes",
            "warn",
        ),
    ],
)
def test_what_is_wrong_is_found(change, code, level):
    found = doctor.examine(STAGE, replace(HERE, **change), TODAY)
    assert code in codes(found, level)
    assert doctor.stops(found) == (level == "stop")


def test_without_credentials_nothing_else_is_said():
    found = doctor.examine(STAGE, Facts("", "", REGION, refusal="ExpiredToken"), TODAY)
    assert codes(found) == ["no_credentials"]


def test_a_small_account_may_go_without_reservations():
    small = replace(HERE, concurrency=10, unreserved=10)
    assert not doctor.stops(doctor.examine(replace(STAGE, reserve_concurrency=False), small, TODAY))


def test_a_calendar_that_ends_soon_is_named():
    found = doctor.examine(STAGE, HERE, TODAY, {"kantor": date(2027, 5, 1)})
    assert codes(found, "warn") == ["calendar_ends"]
    assert "calendar_ends" not in codes(
        doctor.examine(STAGE, HERE, TODAY, {"kantor": date(2027, 12, 31)})
    )


def test_every_finding_speaks_both_languages():
    for code, (level, indonesian, english) in TEXTS.items():
        assert level in ("stop", "warn", "ok"), code
        assert indonesian != english, code
        assert set(_fields(indonesian)) == set(_fields(english)), code


def _fields(text):
    import string

    return [name for _, name, _, _ in string.Formatter().parse(text) if name]


# ---------------------------------------------------------------- the plan

SOURCES = {"dispatch": "stream", "fire": "queue", "sweep": "schedule"}


def test_a_deployment_goes_infra_layers_code_settings_data_test():
    steps = plan.deployment(STAGE, HERE, "r1", SOURCES, "{}")
    kinds = [type(step).__name__ for step in steps]
    layers = ["PublishLayer"] * len(plan.layers_in_use())
    assert kinds == [
        "ApplyStack",
        *layers,
        "WriteProject",
        "RunChalice",
        "TuneSource",
        "TuneSource",
        "KeepLogs",
        "ShapeGateway",
        "Watch",
        "LoadCatalogue",
        "SwitchAlarms",
        "KeepRelease",
        "SmokeTest",
    ]


def test_what_is_not_asked_for_is_not_planned_and_what_is_asked_is():
    asked = replace(
        STAGE, domain="a.go.id", certificate=f"arn:x:{REGION}:", inbound_domain="in.a.go.id"
    )
    steps = plan.deployment(asked, HERE, "r1", SOURCES, "{}")
    assert plan.ServeDomain("a.go.id", f"arn:x:{REGION}:") in steps
    assert plan.ReceiveMail("in.a.go.id") in steps


def test_every_step_has_a_performer_and_says_what_it_does():
    from typing import get_args

    from infra.deploy.perform import _PERFORM

    assert set(_PERFORM) == set(get_args(plan.Step))


def test_every_event_source_of_the_app_is_tuned_but_schedules():
    sources = event_sources()
    assert set(sources) <= set(FUNCTIONS)
    steps = plan.deployment(STAGE, HERE, "r1", sources, "{}")
    tuned = {step.function for step in steps if isinstance(step, plan.TuneSource)}
    assert tuned == {name for name, kind in sources.items() if kind != "schedule"}


def test_the_address_is_the_citys_or_api_gateways_or_not_known_yet():
    assert plan.address_of(replace(STAGE, domain="a.go.id"), HERE) == "https://a.go.id"
    made_up = f"https://abc.execute-api.{REGION}.amazonaws.com/api"
    assert plan.address_of(STAGE, replace(HERE, api="abc")) == made_up
    assert plan.needs_its_address(STAGE, HERE)
    assert not plan.needs_its_address(STAGE, replace(HERE, api="abc"))
    assert not plan.needs_its_address(replace(STAGE, domain="a.go.id"), HERE)


def test_staff_are_invited_from_the_citys_address_once_that_is_verified():
    given = plan.parameters(STAGE, HERE, "{}")
    assert given["StaffMailFrom"] == STAGE.mail_from
    unverified = replace(HERE, mail=Mail())
    assert plan.parameters(STAGE, unverified, "{}")["StaffMailFrom"] == ""


def test_a_rollback_goes_to_the_release_before_or_the_one_named():
    there = replace(HERE, releases=("20270101-a", "20270102-b", "20270103-c"), release="20270103-c")
    assert plan.release_before(there) == "20270102-b"
    assert plan.release_before(there, "20270101-a") == "20270101-a"
    again = replace(there, release="20270102-b")
    assert plan.release_before(again) == "20270101-a"
    with pytest.raises(plan.Refused):
        plan.release_before(there, "20260101-z")
    with pytest.raises(plan.Refused):
        plan.release_before(replace(there, release="20270101-a"))


def test_a_rollback_changes_neither_infra_nor_data():
    steps = plan.rollback(STAGE, "r0", SOURCES)
    assert not any(isinstance(step, plan.ApplyStack | plan.LoadCatalogue) for step in steps)
    assert steps[0] == plan.FetchRelease("r0")


def test_a_removal_keeps_the_data():
    steps = plan.removal(STAGE, HERE, drop_data=False, timeline="{}")
    assert [type(step) for step in steps] == [
        plan.SwitchAlarms,
        plan.RemoveFunctions,
        plan.RemoveLeftovers,
    ]


def test_a_protected_stage_never_drops_its_data():
    with pytest.raises(plan.Refused, match="protect = false"):
        plan.removal(STAGE, HERE, drop_data=True, timeline="{}")
    open_ = replace(STAGE, protect=False)
    assert isinstance(plan.removal(open_, HERE, drop_data=True, timeline="{}")[-1], plan.DropData)
    assert plan.confirmation(open_) == "hapus data live-room-dev"


# ---------------------------------------------------------------- what is written


def test_the_functions_variables_come_from_the_stack_and_the_settings_win():
    facts = replace(HERE, outputs=STACK, api="abc")
    found = project.variables(replace(STAGE, variables={"MAIL_FROM": "x@y.go.id"}), facts)
    assert found["TOKEN_SECRET_ID"] == OUTPUTS["TOKEN_SECRET_ID"]
    assert found["OIDC_ISSUER"] == "the StaffIssuer"
    assert found["OIDC_AUDIENCE"] == found["STAFF_CLIENT_ID"] == "the StaffClientId"
    assert found["MAIL_FROM"] == "x@y.go.id"
    assert "CORS_ORIGIN" not in found


def test_with_another_issuer_nothing_of_cognito_reaches_the_functions():
    own = replace(STAGE, variables={"OIDC_ISSUER": "https://sso.go.id", "OIDC_AUDIENCE": "x"})
    found = project.variables(own, replace(HERE, outputs=STACK))
    assert found["OIDC_ISSUER"] == "https://sso.go.id"
    assert not [name for name in found if name.startswith("STAFF_")]


def test_the_project_holds_the_code_and_the_bytecode_that_lambda_cannot_write(tmp_path):
    facts = replace(HERE, outputs=STACK)
    layers = {name: arn("lambda", f"layer:live-room-dev-{name}:1") for name in ("base", "media")}
    where = project.place(replace(STAGE, reserve_concurrency=False), facts, layers)
    project.write(tmp_path / "dev", where, "arm64")
    config = json.loads((tmp_path / "dev" / ".chalice" / "config.json").read_text())
    assert list(config["stages"]) == ["dev"]
    assert config["lambda_architecture"] == "arm64"
    assert "reserved_concurrency" not in json.dumps(config)
    assert (tmp_path / "dev" / "requirements.txt").read_text() == ""
    found = list((tmp_path / "dev").rglob("*.py"))
    assert found
    for source in found:
        bytecode = Path(cache_from_source(source)).read_bytes()
        # Not held against its source, whose time a zip does not keep (PEP 552).
        assert bytecode[4:8] == bytes([1, 0, 0, 0])
        assert str(tmp_path).encode() not in bytecode
    assert (tmp_path / "dev" / ".chalice" / "policies" / "dev" / "fire.json").exists()


def test_what_chalice_remembers_is_told_by_aws():
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:live-room-dev"
    role = f"arn:aws:iam::{ACCOUNT}:role/live-room-dev"
    facts = replace(
        HERE,
        functions=(
            Function("api_handler", function, "python3.12", f"{role}-api_handler"),
            Function("fire", f"{function}-fire", "python3.12", f"{role}-fire"),
        ),
        mappings=(Mapped("u-1", "fire", arn("sqs", "live-room-dev-wake")),),
        rules=("live-room-dev-sweep-event",),
        api="abc",
    )
    found = {one["name"]: one for one in state.deployed(STAGE, facts)["resources"]}
    assert set(found) == {
        "api_handler",
        "api_handler_role",
        "fire",
        "fire_role",
        "fire-sqs-event-source",
        "sweep-event",
        "rest_api",
    }
    assert found["fire-sqs-event-source"] == {
        "name": "fire-sqs-event-source",
        "resource_type": "sqs_event",
        "event_uuid": "u-1",
        "lambda_arn": f"{function}-fire",
        "queue": "live-room-dev-wake",
        "queue_arn": arn("sqs", "live-room-dev-wake"),
    }
    assert found["rest_api"]["rest_api_id"] == "abc"


def test_methods_that_cost_more_get_less_and_filing_gets_all():
    found = gateway.throttles(100, 200)
    assert found["/*/*/throttling/rateLimit"] == "100"
    assert found["/~1v1~1subscriptions/POST/throttling/rateLimit"] == "5"
    assert all(pair in {**ROUTES, **PAGES} for pair in gateway.SHARES)
    never = {"/v1/reports", "/lapor", "/darurat", "/panggilan-112", "/tempat"}
    assert not never & {path for _, path in gateway.SHARES}


def test_a_stage_may_have_a_firewall_before_its_api():
    class Firewalls:
        def __init__(self):
            self.asked = []

        def associate_web_acl(self, **given):
            self.asked.append(given)

    client = Firewalls()
    gateway.shield(client, "arn:of:acl", "ap-southeast-3", "a1b2", "api")
    stage = "arn:aws:apigateway:ap-southeast-3::/restapis/a1b2/stages/api"
    assert client.asked == [{"WebACLArn": "arn:of:acl", "ResourceArn": stage}]


@pytest.mark.parametrize("kind", gateway.RESPONSES)
def test_the_gateways_own_answers_are_problem_documents(kind):
    made = gateway.response(gateway.RESPONSES[kind], "https://a.go.id")
    body = json.loads(made["responseTemplates"]["application/json"])
    assert body["code"] == gateway.RESPONSES[kind]
    assert made["statusCode"] == str(body["status"])
    headers = made["responseParameters"]
    assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
    assert headers["gatewayresponse.header.Access-Control-Allow-Origin"] == "'https://a.go.id'"
    assert (
        "gatewayresponse.header.Access-Control-Allow-Origin"
        not in (gateway.response("not_found")["responseParameters"])
    )


def test_a_real_stage_starts_without_demo_people_or_addresses_that_bounce():
    from chalicelib.adapters.documents import FileDocuments

    shipped = {id: body for _, id, body in FileDocuments().all()}
    for name in ("staff@1", "holders@1", "rota@1"):
        assert data.without_demo(name, shipped[name]) == b"[]"
    assert ".example" not in data.without_demo("positions@1", shipped["positions@1"]).decode()
    assert len(json.loads(data.without_demo("positions@1", shipped["positions@1"]))) == len(
        json.loads(shipped["positions@1"])
    )
    assert data.without_demo("categories@1", shipped["categories@1"]) == shipped["categories@1"]


def test_a_finding_prints_indonesian_first():
    from infra.deploy.findings import printed

    lines = printed([Finding.of("demo")]).splitlines()
    assert lines[0].startswith("  ! demo = true: pejabat")
    assert lines[1].startswith("    demo = true: demo officials")
