"""Performing a plan's steps on AWS. What shall be done is decided in `infra.deploy.plan`."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from infra import streams
from infra.deploy import alarms, data, gateway, layers, mail, plan, project, smoke, state
from infra.deploy.facts import Aws, Facts, collect, credentials_for_chalice
from infra.deploy.releases import Kept
from infra.deploy.settings import Settings
from infra.stack import delete_stack, put_stack, template_bucket

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "infra" / "template.yaml"
BUILD = ROOT / "build"
STAGE_OF_API = "api"
_STACK_SECONDS = 1800
_TRIES_OF_A_RECORD = 5
_LONGEST_AGE = 3600
_HALF_MINUTE = 30
_TRIES_TO_DELETE = 3


class StepFailed(RuntimeError):
    """A step could not be done; the text says why. Mend that and run the same command again."""


@dataclass
class Executor:
    """Performs steps one after the other."""

    settings: Settings
    aws: Aws
    facts: Facts
    say: Callable[[str], None]
    build: Path = BUILD
    #: Seconds between two looks at what CloudFormation is doing.
    pause: float = 3.0
    made: dict[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where the stage's project is put together."""
        return self.build / self.settings.stage

    def run(self, steps: list[plan.Step]) -> None:
        """Perform *steps*; raise StepFailed at the first that cannot be done."""
        for number, step in enumerate(steps, 1):
            self.say(f"[{number}/{len(steps)}] {step}")
            _PERFORM[type(step)](self, step)

    def look_again(self) -> None:
        """Look up anew what the last step changed."""
        self.facts = collect(self.settings, self.aws)

    def note(self, text: str) -> None:
        """Say something about the running step."""
        self.say(f"      {text}")


def _apply_stack(doing: Executor, step: plan.ApplyStack) -> None:
    text = TEMPLATE.read_text()
    patience = {"seconds": _STACK_SECONDS, "pause": doing.pause}
    put_stack(doing.aws, step.name, text, step.parameters, **patience)
    doing.look_again()
    data.enable_expiry(doing.aws, doing.facts.outputs)


def _publish_layer(doing: Executor, step: plan.PublishLayer) -> None:
    built = layers.build(step.layer, doing.build / "layers", doing.settings.architecture)
    arn, fresh = layers.publish(
        doing.aws.client("lambda"), step.published, built, doing.settings.architecture
    )
    doing.made[step.layer] = arn
    size = f"{built.zipped / 1e6:.1f} MB zipped, {built.unpacked / 1e6:.0f} MB unpacked"
    doing.note(f"{'published' if fresh else 'unchanged'}: {arn} ({size})")


def _write_project(doing: Executor, step: plan.WriteProject) -> None:
    where = project.place(doing.settings, doing.facts, doing.made)
    project.write(doing.folder, where, doing.settings.architecture)


def _fetch_release(doing: Executor, step: plan.FetchRelease) -> None:
    project.clear(doing.folder)
    Kept(doing.aws, doing.facts.outputs["ReleaseBucketName"]).fetch(step.release, doing.folder)


def _run_chalice(doing: Executor, step: plan.RunChalice) -> None:
    state.write(doing.settings, doing.facts, doing.folder)
    _chalice(doing, "deploy", "--connection-timeout", "300")
    doing.look_again()
    if not doing.facts.api:
        raise StepFailed("chalice deploy made no REST API")
    package = max((doing.folder / ".chalice" / "deployments").glob("*.zip"), key=_modified)
    doing.note(f"each function's package: {package.stat().st_size / 1e6:.2f} MB zipped")
    doing.note(f"address: {address(doing)}")


def _chalice(doing: Executor, *arguments: str) -> None:
    command = [str(Path(sys.executable).parent / "chalice"), "--project-dir", str(doing.folder)]
    command += [arguments[0], "--stage", doing.settings.stage, *arguments[1:]]
    environment = credentials_for_chalice(doing.settings.region)
    done = subprocess.run(  # noqa: S603 - our own interpreter
        command, capture_output=True, text=True, check=False, env=environment
    )
    for line in done.stdout.splitlines():
        doing.note(line)
    if done.returncode:
        raise StepFailed(f"chalice {arguments[0]} failed:\n{done.stderr.strip()[-3000:]}")


def _tune_source(doing: Executor, step: plan.TuneSource) -> None:
    client = doing.aws.client("lambda")
    own = [one for one in doing.facts.mappings if one.function == step.function]
    if not own:
        raise StepFailed(f"{step.function} has no event source; run the deployment again")
    for mapped in own:
        request: dict[str, Any] = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
        if step.kind == "stream":
            request |= {
                "MaximumRetryAttempts": _TRIES_OF_A_RECORD,
                "MaximumRecordAgeInSeconds": _LONGEST_AGE,
                "BisectBatchOnFunctionError": True,
                "DestinationConfig": {
                    "OnFailure": {"Destination": doing.facts.outputs["StreamDeadQueueArn"]}
                },
                "FilterCriteria": streams.criteria(step.function) or {},
            }
        else:
            request |= {"ScalingConfig": {"MaximumConcurrency": step.concurrency}}
        update = partial(client.update_event_source_mapping, UUID=mapped.id, **request)
        _patiently(client.exceptions.ResourceInUseException, update)


def _keep_logs(doing: Executor, step: plan.KeepLogs) -> None:
    client = doing.aws.client("logs")
    for group in step.groups:
        with contextlib.suppress(client.exceptions.ResourceAlreadyExistsException):
            client.create_log_group(logGroupName=group)
        client.put_retention_policy(logGroupName=group, retentionInDays=step.days)


def _shape_gateway(doing: Executor, step: plan.ShapeGateway) -> None:
    client = doing.aws.client("apigateway")
    origin = doing.settings.cors_origin
    gateway.shape(client, doing.facts.api, STAGE_OF_API, origin, step.rate, step.burst)
    # Chalice calls the API of every stage alike; CloudWatch counts by this name.
    gateway.rename(client, doing.facts.api, doing.settings.name(""))


def _watch(doing: Executor, step: plan.Watch) -> None:
    stage = doing.settings.name("")
    topic = doing.facts.outputs["AlarmTopicArn"]
    wanted = alarms.alarms(stage, step.streams)
    doing.note(f"{alarms.put(doing.aws.client('cloudwatch'), stage, topic, wanted)} alarms")


def _shield_gateway(doing: Executor, step: plan.ShieldGateway) -> None:
    firewall = doing.facts.outputs.get("FirewallArn", "")
    if not firewall:
        raise StepFailed("the infra stack has no web ACL")
    client = doing.aws.client("wafv2")
    gateway.shield(client, firewall, doing.settings.region, doing.facts.api, STAGE_OF_API)


def _serve_domain(doing: Executor, step: plan.ServeDomain) -> None:
    client = doing.aws.client("apigateway")
    target = gateway.serve_domain(
        client, doing.facts.api, STAGE_OF_API, step.domain, step.certificate
    )
    doing.note(f"DNS: {step.domain} CNAME {target}")


def _receive_mail(doing: Executor, step: plan.ReceiveMail) -> None:
    bucket = doing.facts.outputs.get("InboundBucketName", "")
    if not bucket:
        raise StepFailed("the infra stack has no bucket for inbound mail")
    topic = doing.facts.outputs["InboundMailTopicArn"]
    doing.note(mail.receive(doing.aws.client("ses"), doing.settings, bucket, topic))


def _load_catalogue(doing: Executor, step: plan.LoadCatalogue) -> None:
    doing.note(_as_the_stage(doing, "infra.deploy.data", *(["--demo"] if step.demo else [])))


def _invite_administrator(doing: Executor, step: plan.InviteAdministrator) -> None:
    who = ["--id", step.id, "--name", step.name, "--mail", step.mail]
    doing.note(_as_the_stage(doing, "infra.deploy.people", *who))


def _as_the_stage(doing: Executor, module: str, *arguments: str) -> str:
    """Run *module* with the variables that the stage's functions have; return what it said."""
    if not doing.facts.outputs:
        raise StepFailed(f"stage {doing.settings.stage} is not deployed yet")
    environment = credentials_for_chalice(doing.settings.region)
    environment |= project.variables(doing.settings, doing.facts)
    environment |= {"STAGE": doing.settings.stage, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=ROOT,
    )
    if done.returncode:
        raise StepFailed(f"{module} failed:\n{done.stderr.strip()[-2000:]}")
    return done.stdout.strip()


def _switch_alarms(doing: Executor, step: plan.SwitchAlarms) -> None:
    client = doing.aws.client("cloudwatch")
    prefix = f"{doing.settings.name('')}-"
    names = [
        one["AlarmName"]
        for one in doing.aws.pages(
            "cloudwatch", "describe_alarms", "MetricAlarms", AlarmNamePrefix=prefix
        )
    ]
    switch = client.enable_alarm_actions if step.on else client.disable_alarm_actions
    for start in range(0, len(names), 100):
        switch(AlarmNames=names[start : start + 100])


def _keep_release(doing: Executor, step: plan.KeepRelease) -> None:
    kept = Kept(doing.aws, doing.facts.outputs["ReleaseBucketName"])
    kept.keep(step.release, doing.folder)


def _smoke_test(doing: Executor, step: plan.SmokeTest) -> None:
    failed = []
    for check in smoke.checks(address(doing), doing.settings, doing.aws):
        doing.note(f"{'✓' if check.good else '✗'} {check.name}: {check.found}")
        if not check.good:
            failed.append(check.name)
    if failed:
        raise StepFailed(f"the smoke test failed: {', '.join(failed)}")


def _remove_functions(doing: Executor, step: plan.RemoveFunctions) -> None:
    if not doing.facts.functions:
        doing.note("there are none")
        return
    delete_what_is_left(doing, _delete_functions)
    doing.look_again()


def _delete_functions(doing: Executor) -> None:
    where = project.place(doing.settings, doing.facts, {})
    project.write(doing.folder, where, doing.settings.architecture)
    state.write(doing.settings, doing.facts, doing.folder)
    _chalice(doing, "delete")


def delete_what_is_left(doing: Executor, delete: Callable[[Executor], None]) -> None:
    """Let *delete* remove all functions; after a failure again, of those that are still there.

    A request that was lost after its effect is repeated by its client, which then finds nothing:
    Chalice gives up on that, though nothing is wrong.

    :raises StepFailed: if the last of a few attempts failed and functions are left.
    """
    for attempt in range(1, _TRIES_TO_DELETE + 1):
        try:
            return delete(doing)
        except StepFailed as failed:
            doing.look_again()
            if not doing.facts.functions:
                return None
            if attempt == _TRIES_TO_DELETE:
                raise
            doing.note(f"{str(failed).splitlines()[-1]}; again, for the functions still there")
    return None


def _remove_leftovers(doing: Executor, step: plan.RemoveLeftovers) -> None:
    for name in step.layers:
        layers.remove(doing.aws, name)
    alarms.take_away(doing.aws.client("cloudwatch"), doing.settings.name(""))
    if step.inbound:
        mail.stop(doing.aws.client("ses"), doing.settings)
    if step.domain:
        gateway.drop_domain(doing.aws.client("apigateway"), step.domain)


def _drop_data(doing: Executor, step: plan.DropData) -> None:
    if not doing.facts.outputs:
        doing.note("there is no stack")
        return
    text = TEMPLATE.read_text()
    patience = {"seconds": _STACK_SECONDS, "pause": doing.pause}
    put_stack(doing.aws, step.name, text, {**step.parameters, "Protect": "no"}, **patience)
    data.empty_buckets(doing.aws, doing.facts.outputs)
    delete_stack(doing.aws, step.name, **patience)
    # The stack's own text, where that was too long for a request.
    outputs = {**doing.facts.outputs, "TemplateBucketName": template_bucket(doing.aws, step.name)}
    data.empty_buckets(doing.aws, outputs)
    for what in data.drop(doing.aws, outputs, doing.settings):
        doing.note(what)


def address(doing: Executor) -> str:
    """Where the REST API answers, on AWS or an emulator of it."""
    endpoint = doing.aws.client("apigateway").meta.endpoint_url
    if "amazonaws.com" not in endpoint:
        return f"{endpoint}/_aws/execute-api/{doing.facts.api}/{STAGE_OF_API}"
    host = f"{doing.facts.api}.execute-api.{doing.facts.region}.amazonaws.com"
    return f"https://{host}/{STAGE_OF_API}"


def _patiently(busy: type[Exception], call: Callable[[], Any]) -> None:
    """Call until AWS is done with what it was doing to the same thing."""
    deadline = time.monotonic() + _HALF_MINUTE
    while True:
        try:
            call()
            return
        except busy:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


def _modified(path: Path) -> float:
    return path.stat().st_mtime


_PERFORM: Mapping[type, Callable[[Executor, Any], None]] = {
    plan.ApplyStack: _apply_stack,
    plan.PublishLayer: _publish_layer,
    plan.WriteProject: _write_project,
    plan.FetchRelease: _fetch_release,
    plan.RunChalice: _run_chalice,
    plan.TuneSource: _tune_source,
    plan.KeepLogs: _keep_logs,
    plan.ShapeGateway: _shape_gateway,
    plan.Watch: _watch,
    plan.ShieldGateway: _shield_gateway,
    plan.ServeDomain: _serve_domain,
    plan.ReceiveMail: _receive_mail,
    plan.LoadCatalogue: _load_catalogue,
    plan.InviteAdministrator: _invite_administrator,
    plan.SwitchAlarms: _switch_alarms,
    plan.KeepRelease: _keep_release,
    plan.SmokeTest: _smoke_test,
    plan.RemoveFunctions: _remove_functions,
    plan.RemoveLeftovers: _remove_leftovers,
    plan.DropData: _drop_data,
}
