"""Creating and updating a CloudFormation stack, and what became of it."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping
from typing import Any, Protocol

import yaml
from botocore.exceptions import ClientError

#: CloudFormation takes no longer text in a request.
MAX_TEMPLATE = 51_200
#: A first creation that failed; it can only be deleted and made again.
NEVER_BORN = frozenset(
    {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "REVIEW_IN_PROGRESS"}
)
GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
CLEANING_UP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"


class StackFailed(RuntimeError):
    """CloudFormation refused the stack; the text has its reasons."""


class Clients(Protocol):
    """Whoever makes clients for AWS."""

    def client(self, service: str) -> Any:
        """Return a client for *service*."""


def put_stack(
    aws: Clients,
    name: str,
    template: str,
    parameters: Mapping[str, str],
    *,
    seconds: float = 60,
    pause: float = 0.1,
) -> dict[str, str]:
    """Create or update stack *name*, wait for it, and return its outputs; raise StackFailed."""
    client = aws.client("cloudformation")
    request = {
        "StackName": name,
        **_source(aws, name, template),
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    }
    before = describe(client, name)
    if before and before["StackStatus"] in NEVER_BORN:
        delete_stack(aws, name, seconds=seconds, pause=pause)
        before = None
    if before is None:
        client.create_stack(**request)
    else:
        _update(client, request)
    stack = _settled(client, name, seconds, pause)
    if stack is None or stack["StackStatus"] not in GOOD:
        raise StackFailed(_reasons(client, name, stack))
    return outputs_of(stack)


def delete_stack(aws: Clients, name: str, *, seconds: float = 60, pause: float = 0.1) -> None:
    """Delete stack *name* and wait; what it retains stays. Raise StackFailed."""
    client = aws.client("cloudformation")
    client.delete_stack(StackName=name)
    stack = _settled(client, name, seconds, pause)
    if stack is not None and stack["StackStatus"] != "DELETE_COMPLETE":
        raise StackFailed(_reasons(client, name, stack))


def describe(client: Any, name: str) -> dict[str, Any] | None:
    """Return what CloudFormation says of stack *name*; None if there is none."""
    try:
        stack: dict[str, Any] = client.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return None if stack["StackStatus"] == "DELETE_COMPLETE" else stack


def outputs_of(stack: Mapping[str, Any]) -> dict[str, str]:
    """Return the stack's outputs."""
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def compact(template: str) -> str:
    """Return the YAML *template* as the shortest JSON of the same meaning."""
    return json.dumps(yaml.load(template, Loader=_Template), separators=(",", ":"))  # noqa: S506


class _Template(yaml.SafeLoader):  # type: ignore[misc]
    """YAML with CloudFormation's short forms of its functions (``!Ref``, ``!GetAtt`` …)."""


def _function(loader: _Template, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Template.add_multi_constructor("!", _function)


def template_bucket(aws: Clients, name: str) -> str:
    """The bucket through which stack *name*'s text goes when it is too long for a request."""
    account = aws.client("sts").get_caller_identity()["Account"]
    return f"{name}-template-{account}"


def _source(aws: Clients, name: str, template: str) -> dict[str, str]:
    """The template in the request, or, where it is too long for that, in a bucket of its own."""
    text = compact(template)
    if len(text.encode()) <= MAX_TEMPLATE:
        return {"TemplateBody": text}
    s3, bucket = aws.client("s3"), template_bucket(aws, name)
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        region = s3.meta.region_name
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    s3.put_object(Bucket=bucket, Key="template.json", Body=text.encode())
    return {"TemplateURL": f"{s3.meta.endpoint_url}/{bucket}/template.json"}


def _update(client: Any, request: dict[str, Any]) -> None:
    try:
        client.update_stack(**request)
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise


def _settled(client: Any, name: str, seconds: float, pause: float) -> dict[str, Any] | None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        stack = describe(client, name)
        if stack is None:
            return None
        status = stack["StackStatus"]
        if status == CLEANING_UP:
            return stack | {"StackStatus": "UPDATE_COMPLETE"}
        if not status.endswith("_IN_PROGRESS"):
            return stack
        time.sleep(pause)
    raise StackFailed(f"{name} did not settle within {seconds:.0f} s")


def _reasons(client: Any, name: str, stack: Mapping[str, Any] | None) -> str:
    if stack is None:
        return f"{name} is gone"
    events = client.describe_stack_events(StackName=name)["StackEvents"]
    failed = {
        event["LogicalResourceId"]: event.get("ResourceStatusReason", "")
        for event in events
        if event["ResourceStatus"].endswith("FAILED")
    }
    reason = stack.get("StackStatusReason", "")
    return f"{name} is {stack['StackStatus']} {reason}: {json.dumps(failed)}"
