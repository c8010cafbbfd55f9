"""The settings of one stage, from `stages/<stage>.toml`; see stages/example.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from infra.deploy.findings import Finding
from infra.deploy.layers import MACHINES

STAGES = Path(__file__).resolve().parents[2] / "stages"
HOME_REGION = "ap-southeast-3"
APP = "live-room"
#: No hyphen: ``live-room-dev-fire`` is a function of the stage dev, and of no stage dev-fire.
_STAGE = re.compile(r"[a-z][a-z0-9]{0,11}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
_MAIL = re.compile(r"[^<>@\s]+@([^<>@\s]+)")
_ADDRESS = re.compile(r"https?://[^/\s]+(/[^/\s]+)*")
_ACCOUNT = re.compile(r"\d{12}")
_ORIGIN = re.compile(r"https?://[^/\s]+|\*")
#: The issuers' tables and the variables that they become.
_ISSUERS = {
    "staff": {
        "issuer": "OIDC_ISSUER",
        "audience": "OIDC_AUDIENCE",
        "other_audiences": "OIDC_OTHER_AUDIENCES",
        "keys": "OIDC_JWKS_URL",
        "client_secret": "OIDC_CLIENT_SECRET_ID",
    },
    "citizens": {
        "issuer": "CITIZEN_OIDC_ISSUER",
        "audience": "CITIZEN_OIDC_AUDIENCE",
        "keys": "CITIZEN_OIDC_JWKS_URL",
    },
}


class SettingsWrong(ValueError):
    """The stage's settings cannot be used; the findings say what to mend."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(finding.code for finding in findings))
        self.findings = findings


@dataclass(frozen=True)
class Settings:
    """What a city decides about one stage."""

    stage: str
    mail_from: str
    account: str = ""
    region: str = HOME_REGION
    alarm_email: str = ""
    domain: str = ""
    certificate: str = ""
    public_url: str = ""
    cors_origin: str = ""
    inbound_domain: str = ""
    protect: bool = True
    demo: bool = False
    reserve_concurrency: bool = True
    architecture: str = "arm64"
    log_days: int = 90
    api_rate: int = 100
    api_burst: int = 200
    firewall_rate: int = 0
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def mail_domain(self) -> str:
        """The domain that mail comes from."""
        found = _MAIL.fullmatch(self.mail_from)
        return found[1] if found else ""

    @property
    def address(self) -> str:
        """Where the pages are, as far as the settings say; empty if API Gateway makes it up."""
        return self.public_url or (f"https://{self.domain}" if self.domain else "")

    @property
    def own_issuer(self) -> bool:
        """Whether staff sign in somewhere else than through Amazon Cognito."""
        return "OIDC_ISSUER" in self.variables

    def name(self, thing: str) -> str:
        """Name of one of the stage's resources."""
        return f"{APP}-{self.stage}-{thing}" if thing else f"{APP}-{self.stage}"


def read(stage: str, folder: Path = STAGES) -> Settings:
    """Return the settings of *stage*; raise SettingsWrong."""
    if not _STAGE.fullmatch(stage):
        raise SettingsWrong([Finding.of("stage_name", stage=stage)])
    path = folder / f"{stage}.toml"
    try:
        table = tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise SettingsWrong([Finding.of("settings_missing", stage=stage)]) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsWrong(
            [Finding.of("settings_unreadable", path=path.name, why=error)]
        ) from None
    return parse(stage, table)


def parse(stage: str, table: Mapping[str, Any]) -> Settings:
    """Return the settings that *table* holds; raise SettingsWrong with everything wrong in it."""
    known = {one.name: one.type for one in fields(Settings) if one.name not in ("stage",)}
    plain = {name: value for name, value in table.items() if name not in (*_ISSUERS, "variables")}
    wrong = [
        Finding.of("setting_unknown", name=name)
        for name in sorted(set(plain) - set(known) - {"variables"})
    ]
    wrong += _of_other_kinds(plain, known)
    if wrong:
        raise SettingsWrong(wrong)
    variables = {name: str(value) for name, value in table.get("variables", {}).items()}
    for issuer, names in _ISSUERS.items():
        given = table.get(issuer, {})
        wrong += [
            Finding.of("setting_unknown", name=f"{issuer}.{k}") for k in set(given) - set(names)
        ]
        variables |= {names[key]: str(value) for key, value in given.items() if key in names}
    settings = Settings(
        stage=stage, mail_from=plain.pop("mail_from", ""), variables=variables, **plain
    )
    wrong += _contradictions(settings)
    if wrong:
        raise SettingsWrong(wrong)
    return settings


_KINDS = {"str": str, "bool": bool, "int": int}


def _of_other_kinds(plain: Mapping[str, Any], known: Mapping[str, Any]) -> list[Finding]:
    return [
        Finding.of("setting_kind", name=name, kind=known[name])
        for name, value in plain.items()
        if name in known and type(value) is not _KINDS[str(known[name])]
    ]


_Rule = tuple[str, Callable[[Settings], bool], Callable[[Settings], dict[str, Any]]]
#: finding → when it applies, and what its text names.
_RULES: tuple[_Rule, ...] = (
    (
        "mail_from",
        lambda s: not _DOMAIN.fullmatch(s.mail_domain),
        lambda s: {"given": s.mail_from},
    ),
    ("domain_and_certificate", lambda s: bool(s.domain) != bool(s.certificate), lambda s: {}),
    (
        "domain_form",
        lambda s: bool(s.domain) and not _DOMAIN.fullmatch(s.domain),
        lambda s: {"given": s.domain},
    ),
    (
        "domain_form",
        lambda s: bool(s.inbound_domain) and not _DOMAIN.fullmatch(s.inbound_domain),
        lambda s: {"given": s.inbound_domain},
    ),
    (
        "certificate_region",
        lambda s: bool(s.certificate) and f":{s.region}:" not in s.certificate,
        lambda s: {"region": s.region},
    ),
    (
        "public_url",
        lambda s: bool(s.public_url) and not _ADDRESS.fullmatch(s.public_url),
        lambda s: {"given": s.public_url},
    ),
    (
        "cors_origin",
        lambda s: bool(s.cors_origin) and not _ORIGIN.fullmatch(s.cors_origin),
        lambda s: {"given": s.cors_origin},
    ),
    (
        "account_form",
        lambda s: bool(s.account) and not _ACCOUNT.fullmatch(s.account),
        lambda s: {"given": s.account},
    ),
    (
        "audience_missing",
        lambda s: s.own_issuer and "OIDC_AUDIENCE" not in s.variables,
        lambda s: {},
    ),
    (
        "architecture",
        lambda s: s.architecture not in MACHINES,
        lambda s: {"given": s.architecture},
    ),
    (
        "firewall_rate",
        lambda s: s.firewall_rate != 0 and s.firewall_rate < 1000,
        lambda s: {"given": s.firewall_rate},
    ),
    ("demo_and_protect", lambda s: s.demo and s.protect, lambda s: {}),
)


def _contradictions(settings: Settings) -> list[Finding]:
    return [
        Finding.of(code, **facts(settings)) for code, applies, facts in _RULES if applies(settings)
    ]
