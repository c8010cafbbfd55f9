"""`python -m infra.deploy <what> --stage <stage>`: what `make deploy` and its fellows run."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy import doctor, plan, settings
from infra.deploy.facts import Aws, Facts, collect
from infra.deploy.findings import Finding, printed
from infra.deploy.layers import LayerFailed, build
from infra.deploy.perform import BUILD, Executor, StepFailed, address
from infra.deploy.settings import Settings, SettingsWrong
from infra.stack import StackFailed

ROOT = Path(__file__).resolve().parents[2]
TIMELINE = ROOT / "infra" / "timeline.asl.json"
CALENDARS = ROOT / "chalicelib" / "data" / "calendars"
#: An emulator needs no patience; AWS counts the questions.
_PAUSE, _EMULATOR_PAUSE = 3.0, 0.1


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked; 0 when done, 1 when something must be mended first."""
    options = _options(arguments)
    try:
        return _run(options)
    except SettingsWrong as wrong:
        _say(printed(wrong.findings))
    except (plan.Refused, StepFailed, StackFailed, LayerFailed) as error:
        _say(f"\n✗ {error}")
    except (ClientError, BotoCoreError) as error:
        _say(f"\n✗ AWS: {error}")
    return 1


def _run(options: argparse.Namespace) -> int:
    chosen = settings.read(options.stage, options.settings)
    aws = Aws(chosen.region)
    facts = collect(chosen, aws)
    findings = _examined(chosen, facts, building=options.what in ("doctor", "deploy"))
    if options.what == "doctor" or doctor.stops(findings):
        _say(printed(findings))
        return 1 if doctor.stops(findings) else 0
    steps = _steps(options, chosen, facts)
    if options.plan:
        _say(printed(findings))
        _say("\n".join(f"  {number}. {step}" for number, step in enumerate(steps, 1)))
        return 0
    if options.what in ("deploy", "rollback"):
        _say(printed(findings))
    return _perform(options, chosen, aws, facts, steps)


def _perform(
    options: argparse.Namespace,
    chosen: Settings,
    aws: Aws,
    facts: Facts,
    steps: list[plan.Step],
) -> int:
    if options.what == "remove" and not _confirmed(options, chosen):
        _say("✗ Dibatalkan; tidak ada yang dihapus. | Given up; nothing was deleted.")
        return 1
    pause = _EMULATOR_PAUSE if os.environ.get("AWS_ENDPOINT_URL") else _PAUSE
    executor = Executor(chosen, aws, facts, _say, options.build, pause)
    executor.run(steps)
    if options.what == "deploy" and plan.needs_its_address(chosen, facts):
        _say("The API has its address now; once more, so that everything knows it:")
        executor.run(_steps(options, chosen, executor.facts))
    if options.what in ("deploy", "rollback"):
        _say(f"\n✓ {options.stage}: {address(executor)}")
        _say(_records(executor.facts))
    return 0


def _steps(options: argparse.Namespace, chosen: Settings, facts: Facts) -> list[plan.Step]:
    timeline = TIMELINE.read_text()
    if options.what == "deploy":
        return plan.deployment(chosen, facts, _release(facts), event_sources(), timeline)
    if options.what == "rollback":
        release = plan.release_before(facts, options.release)
        return plan.rollback(chosen, release, event_sources())
    if options.what == "admin":
        return [plan.InviteAdministrator(options.id, options.name, options.mail)]
    return plan.removal(chosen, facts, drop_data=options.drop_data, timeline=timeline)


def event_sources() -> dict[str, str]:
    """Which function is fed by a queue, a stream or a schedule, read off the app itself."""
    from chalice.app import DynamoDBEventConfig, ScheduledEventConfig, SQSEventConfig

    from app import app

    kinds = {
        SQSEventConfig: "queue",
        DynamoDBEventConfig: "stream",
        ScheduledEventConfig: "schedule",
    }
    return {source.name: kinds[type(source)] for source in app.event_sources}


def _examined(chosen: Settings, facts: Facts, *, building: bool) -> list[Finding]:
    findings = doctor.examine(chosen, facts, datetime.now(UTC).date(), _calendars())
    if building and not doctor.stops(findings):
        findings += _built_layers(chosen)
    return findings


def _built_layers(chosen: Settings) -> list[Finding]:
    """Whether all wheels exist for Lambda's machine: by building the layers."""
    found = []
    for name in plan.layers_in_use():
        try:
            built = build(name, BUILD / "layers", chosen.architecture)
        except LayerFailed as error:
            found.append(Finding.of("layer_failed", name=name, why=error))
            continue
        sizes = {"zipped": built.zipped / 1e6, "unpacked": built.unpacked / 1e6}
        found.append(Finding.of("layer", name=name, architecture=chosen.architecture, **sizes))
    return found


def _calendars() -> dict[str, date]:
    """The last day that each shipped calendar knows; one that never closes knows them all."""
    found = {}
    for path in sorted(CALENDARS.glob("*.json")):
        until = json.loads(path.read_text()).get("known_until")
        if until:
            found[path.stem] = date.fromisoformat(until)
    return found


def _release(facts: Facts) -> str:
    """A name that sorts by time and says which commit it was made of."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return "-".join(part for part in (now, facts.commit, "dirty" if facts.dirty else "") if part)


def _confirmed(options: argparse.Namespace, chosen: Settings) -> bool:
    """Whether the words that drop data were typed; without data to drop, nothing is asked."""
    if not options.drop_data:
        return True
    words = plan.confirmation(chosen)
    typed = options.confirm or input(f"Ketik untuk menghapus / type to delete: {words}\n> ")
    return str(typed).strip() == words


def _records(facts: Facts) -> str:
    """The DNS records that the mail domain needs, while it is not verified."""
    if facts.mail.verified:
        return ""
    records = [
        value for name, value in sorted(facts.outputs.items()) if name.startswith("MailDkim")
    ]
    lines = "\n".join(f"    {record}" for record in records)
    return f"  DNS untuk surel | DNS records for mail:\n{lines}" if records else ""


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="infra.deploy", description=__doc__)
    parser.add_argument("what", choices=["doctor", "deploy", "rollback", "remove", "admin"])
    parser.add_argument("--stage", required=True)
    parser.add_argument(
        "--plan", action="store_true", help="say what would be done, and do nothing"
    )
    parser.add_argument("--release", default="", help="rollback: to this one, not the one before")
    parser.add_argument("--drop-data", action="store_true", help="remove: all data too")
    parser.add_argument("--confirm", default="", help="remove: the words, without being asked")
    parser.add_argument("--settings", type=Path, default=settings.STAGES, help="folder of settings")
    parser.add_argument("--build", type=Path, default=BUILD, help="folder to build in")
    for name in ("--id", "--name", "--mail"):
        parser.add_argument(name, default="", help="admin: of the first administrator")
    options = parser.parse_args(arguments)
    if options.what == "admin" and not (options.id and options.name and options.mail):
        parser.error("--id, --name and --mail are needed")
    return options


def _say(text: str) -> None:
    if text:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
