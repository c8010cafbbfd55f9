"""The stage's data: what a new one is given, and what goes when a stage is dropped for good.

    python -m infra.deploy.data [--demo]

loads the catalogue into the stage named by the environment.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.settings import Settings

#: Addresses that reach nobody (RFC 2606): mail to them would only bounce.
_NOWHERE = ".example"
#: How long a key and a secret can still be called back.
_LATER_DAYS = 30
#: The output with the bucket whose files are under a lock.
LOCKED = "BookBucketName"


def load(*, demo: bool) -> tuple[int, int]:
    """Put in what the catalogue lacks; return how much that was, and of how many documents."""
    from chalicelib.adapters.documents import FileDocuments, put_absent

    return put_absent(
        (kind, id, body if demo else without_demo(id, body))
        for kind, id, body in FileDocuments().all()
    )


def readiness(*, demo: bool, at: datetime | None = None) -> str:
    """Say whether the stage's catalogue and people are ready: what a deployment cannot give it."""
    from chalicelib.adapters.documents import TableDocuments
    from chalicelib.config import stage
    from chalicelib.doctor import findings

    found = findings(TableDocuments(), live=not demo, at=at)
    grave = sorted({one.code for one in found if one.severity == "error"})
    if not grave:
        return "the catalogue and its people are ready"
    return f"not ready for citizens ({', '.join(grave)}): make ready STAGE={stage()}"


def without_demo(id: str, body: bytes) -> bytes:
    """Return a shipped document without demo people and without addresses that reach nobody."""
    name = id.partition("@")[0]
    if name in ("staff", "holders", "rota"):
        return b"[]"
    if name != "positions":
        return body
    rows = json.loads(body)
    for row in rows:
        row["contacts"] = {
            channel: address
            for channel, address in row.get("contacts", {}).items()
            if row["contacts"].get("mail", "").endswith(_NOWHERE) is False
        }
    return json.dumps(rows, ensure_ascii=False).encode()


def enable_expiry(aws: Any, outputs: Mapping[str, str]) -> None:
    """Have expired rows removed, where the stack's own word for it was not taken (an emulator)."""
    client = aws.client("dynamodb")
    for output in ("ReportsTableName",):
        table = outputs[output]
        found = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if found["TimeToLiveStatus"] == "DISABLED":
            client.update_time_to_live(
                TableName=table,
                TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": True},
            )


def empty_buckets(aws: Any, outputs: Mapping[str, str]) -> None:
    """Delete every object of the stage's buckets, in all its versions."""
    for name, bucket in sorted(outputs.items()):
        if not name.endswith("BucketName"):
            continue
        # Closed days are under a lock, which GOVERNANCE lets go of for whoever may lift it.
        lifted = {"BypassGovernanceRetention": True} if name == LOCKED else {}
        with contextlib.suppress(aws.client("s3").exceptions.NoSuchBucket):
            for key in ("Versions", "DeleteMarkers"):
                _delete_objects(aws, bucket, key, lifted)


def drop(aws: Any, outputs: Mapping[str, str], settings: Settings) -> Iterator[str]:
    """Delete what the deleted stack retained; yield what was deleted.

    Keys and secrets have a waiting period in which somebody may still change their mind.
    """
    pools, secrets, keys = map(aws.client, ("cognito-idp", "secretsmanager", "kms"))
    dynamodb, s3 = aws.client("dynamodb"), aws.client("s3")
    deletions: list[tuple[str, str, Callable[[str], bool]]] = [
        ("table", "TableName", lambda name: _gone(dynamodb.delete_table, TableName=name)),
        ("bucket", "BucketName", lambda name: _gone(s3.delete_bucket, Bucket=name)),
        ("staff accounts", "StaffPoolId", lambda id: _drop_pool(pools, id, settings)),
        (
            f"in {_LATER_DAYS} days: secret",
            "SecretArn",
            lambda id: _gone(secrets.delete_secret, SecretId=id, RecoveryWindowInDays=_LATER_DAYS),
        ),
        (
            f"in {_LATER_DAYS} days: key",
            "KeyArn",
            lambda id: _gone(keys.schedule_key_deletion, KeyId=id, PendingWindowInDays=_LATER_DAYS),
        ),
    ]
    tables = _tables(aws, settings)
    for what, end, delete in deletions:
        for name in tables if end == "TableName" else _named(outputs, end):
            if delete(name):
                yield f"{what} {name}"


def _tables(aws: Any, settings: Settings) -> list[str]:
    """The stage's tables by their names; a stage's name runs into no other's."""
    listed = aws.pages("dynamodb", "list_tables", "TableNames")
    return [name for name in listed if name.startswith(f"{settings.name('')}-")]


def _drop_pool(client: Any, pool: str, settings: Settings) -> bool:
    domain = f"{settings.name('')}-{settings.account}" if settings.account else ""
    if domain:
        _gone(client.delete_user_pool_domain, Domain=domain, UserPoolId=pool)
    return _gone(client.delete_user_pool, UserPoolId=pool)


def _named(outputs: Mapping[str, str], end: str) -> list[str]:
    return [value for name, value in sorted(outputs.items()) if name.endswith(end)]


def _delete_objects(aws: Any, bucket: str, key: str, lifted: Mapping[str, Any]) -> None:
    batch: list[dict[str, str]] = []
    for one in aws.pages("s3", "list_object_versions", key, Bucket=bucket):
        batch.append({"Key": one["Key"], "VersionId": one["VersionId"]})
        if len(batch) == 1000:
            aws.client("s3").delete_objects(Bucket=bucket, Delete={"Objects": batch}, **lifted)
            batch = []
    if batch:
        aws.client("s3").delete_objects(Bucket=bucket, Delete={"Objects": batch}, **lifted)


def _gone(call: Any, **request: Any) -> bool:
    """Whether *call* deleted something; what is gone already is no fault."""
    try:
        call(**request)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if "NotFound" in code or "NoSuch" in code or "InvalidRequest" in code:
            return False
        raise
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Load the catalogue."""
    parser = argparse.ArgumentParser(prog="infra.deploy.data", description="Load the catalogue.")
    parser.add_argument("--demo", action="store_true", help="demo officials too")
    demo = parser.parse_args(arguments).demo
    added, count = load(demo=demo)
    sys.stdout.write(f"{added} documents added, {count - added} were there\n")
    sys.stdout.write(f"{readiness(demo=demo)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
