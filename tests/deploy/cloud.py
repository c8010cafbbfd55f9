"""An emulated AWS in which IAM counts, and the commands of `make deploy` run against it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import botocore

from chalicelib.adapters import keys
from infra.local.issuer import AUDIENCE, ISSUER, LocalIssuer
from infra.local.ministack import MiniStack

ROOT = Path(__file__).parents[2]
REGION, ACCOUNT = "ap-southeast-3", "000000000000"
MACHINE = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[os.uname().machine]
#: What the emulator asks IAM about without naming the resource, as AWS does.
UNNAMED_IN_THE_EMULATOR = [
    "cloudwatch:EnableAlarmActions",
    "cloudwatch:DisableAlarmActions",
    "events:*",
    "lambda:CreateFunction",
]
#: Two minutes of the city's time in a second: a fire's ladder climbs while one looks.
SPEED = "120"
SETTINGS = """
account = "{account}"
mail_from = "lapor@lapor.example.go.id"
public_url = "https://lapor.example.go.id"
protect = false
demo = true
architecture = "{machine}"

[staff]
issuer = "{issuer}"
audience = "{audience}"

[variables]
OIDC_JWKS = '{keys}'
CLOCK_START = "2027-04-05T09:00:00+07:00"
CLOCK_SPEED = "{speed}"
CLOCK_ANCHOR = "{now}"
"""


class Cloud:
    """The emulator, its deployer and the stage's folders."""

    def __init__(self, home: Path, endpoint: str, transcript: Path) -> None:
        self.home, self.endpoint, self.transcript = home, endpoint, transcript
        self.issuer = LocalIssuer(home)
        self._root = boto3.Session("test", "test", region_name=REGION)
        self.deployer = self._new_deployer()

    def root(self, service: str) -> Any:
        """A client of the account's owner, whom IAM does not bind."""
        return self._root.client(service, endpoint_url=self.endpoint)

    def put_settings(self, stage: str, *, own_issuer: bool = True) -> None:
        """Write the stage's settings as a city engineer does; staff of ours, or of Cognito."""
        keys = (self.home / "jwks.json").read_text()
        text = SETTINGS.format(
            account=ACCOUNT,
            machine=MACHINE,
            issuer=ISSUER,
            audience=AUDIENCE,
            keys=keys,
            speed=SPEED,
            now=datetime.now(UTC).isoformat(),
        )
        if not own_issuer:
            text = re.sub(r"\[staff\]\n.*\n.*\n", "", text)
            text = re.sub(r"OIDC_JWKS = .*\n", "", text)
        folder = self.home / "stages"
        folder.mkdir(exist_ok=True)
        (folder / f"{stage}.toml").write_text(text)

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run one of the deployment's commands as the deployer; return its code and words."""
        command = [sys.executable, "-m", "infra.deploy", *arguments]
        folders = ["--settings", str(self.home / "stages"), "--build", str(self.home / "build")]
        done = subprocess.run(
            [*command, *folders],
            cwd=ROOT,
            env=self._environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.write(f"$ python -m infra.deploy {' '.join(arguments)}\n{done.stdout}")
        return done.returncode, done.stdout

    def kept(self, stage: str, number: str) -> bool:
        """Whether the reports table of *stage* has the row of report *number*, read past our code.

        Noted in the transcript.
        """
        key = {"pk": {"S": keys.report_key(number)}, "sk": {"S": keys.CURRENT}}
        table = f"live-room-{stage}-reports"
        found = self.root("dynamodb").get_item(TableName=table, Key=key).get("Item", {})
        shown = {name: found[name] for name in ("pk", "sk", "version") if name in found}
        asked = f"aws dynamodb get-item --table-name {table} --key {json.dumps(key)}"
        self.write(f"{asked}\n  {json.dumps(shown)}")
        return bool(found)

    def write(self, text: str) -> None:
        """Add to the transcript."""
        with self.transcript.open("a") as out:
            out.write(text + "\n")

    def keep_logs(self, target: Path) -> None:
        """Write what the functions logged, for whoever looks why a test failed."""
        logs = self.root("logs")
        with target.open("w") as out:
            for group in logs.describe_log_groups()["logGroups"]:
                found = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
                out.writelines(f"{group['logGroupName']} {row['message']}\n" for row in found)

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "CLOCK_"))}
        return {
            **kept,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.deployer["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": self.deployer["SecretAccessKey"],
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
            "AWS_DATA_PATH": str(impatient(self.home / "waiters")),
            "NO_PROXY": "127.0.0.1",
        }

    def _new_deployer(self) -> dict[str, str]:
        """A user with the rights that the guide gives the deployer, and no more."""
        iam = self.root("iam")
        text = (ROOT / "docs" / "deployer-policy.json").read_text()
        document = json.loads(text.replace("ACCOUNT", ACCOUNT).replace("REGION", REGION))
        document["Statement"].append(
            {"Effect": "Allow", "Action": UNNAMED_IN_THE_EMULATOR, "Resource": "*"}
        )
        policy = json.dumps(document, separators=(",", ":"))
        made = iam.create_policy(PolicyName="live-room-deployer", PolicyDocument=policy)
        iam.create_user(UserName="it")
        iam.attach_user_policy(UserName="it", PolicyArn=made["Policy"]["Arn"])
        return dict(iam.create_access_key(UserName="it")["AccessKey"])


@contextmanager
def emulated(home: Path, transcript: Path, *, iam: bool) -> Iterator[Cloud]:
    """Start the patched emulator under *home*; IAM is enforced if *iam*."""
    server = MiniStack(home / "aws", ROOT / ".venv-ministack", REGION)
    server.program = (str(Path(__file__).with_name("emulator.py")),)
    server.extras = {"AUTH": "true" if iam else "false"}
    server.start()
    try:
        # Layers are kept from one run of the tests to the next, as from one deployment to the next.
        (home / "build").mkdir()
        cache = ROOT / "build" / "layers"
        cache.mkdir(parents=True, exist_ok=True)
        (home / "build" / "layers").symlink_to(cache)
        yield Cloud(home, server.endpoint, transcript)
    finally:
        server.stop()


def impatient(folder: Path) -> Path:
    """botocore's waiters for Lambda look every 5 seconds; an emulator is ready at once."""
    shipped = Path(botocore.__file__).parent / "data" / "lambda" / "2015-03-31" / "waiters-2.json"
    target = folder / "lambda" / "2015-03-31" / "waiters-2.json"
    if not target.exists():
        waiters = json.loads(shipped.read_text())
        for waiter in waiters["waiters"].values():
            waiter["delay"] = 0.1
        target.parent.mkdir(parents=True)
        target.write_text(json.dumps(waiters))
    return folder
