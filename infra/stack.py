"""Creating and updating a CloudFormation stack, and what became of it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Protocol

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
        "TemplateBody": _compact(template),
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


def _compact(template: str) -> str:
    """*template* without the lines that are comments alone, which count against the limit."""
    lines = (line for line in template.splitlines() if not line.lstrip().startswith("#"))
    compact = "\n".join(lines) + "\n"
    if len(compact.encode()) > MAX_TEMPLATE:
        raise StackFailed(f"the template is longer than {MAX_TEMPLATE} bytes")
    return compact


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
