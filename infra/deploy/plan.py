"""What a deployment, a rollback and a removal do, step by step. Pure: the executor performs it.

Each step can be repeated: it says what shall be, and changes nothing where that is so already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from infra.deploy.facts import Facts
from infra.deploy.layers import LAYERS
from infra.deploy.settings import Settings
from infra.policies import FUNCTIONS


@dataclass(frozen=True)
class ApplyStack:
    """Create or update the infra stack."""

    name: str
    parameters: Mapping[str, str]

    def __str__(self) -> str:
        return f"infra stack {self.name}: create or update"


@dataclass(frozen=True)
class PublishLayer:
    """Build a layer and publish it, unless AWS has the same bytes already."""

    layer: str
    published: str

    def __str__(self) -> str:
        return f"layer {self.published}: build, publish if changed"


@dataclass(frozen=True)
class WriteProject:
    """Put the code, the settings with the stack's outputs, and the policies together."""

    release: str

    def __str__(self) -> str:
        return f"release {self.release}: code, settings and policies put together"


@dataclass(frozen=True)
class FetchRelease:
    """Bring back a release's package as it was deployed."""

    release: str

    def __str__(self) -> str:
        return f"release {self.release}: fetch what was deployed"


@dataclass(frozen=True)
class RunChalice:
    """`chalice deploy`: functions, roles, event sources, REST API."""

    def __str__(self) -> str:
        return "chalice deploy: functions, roles, event sources, REST API"


@dataclass(frozen=True)
class TuneSource:
    """The settings of a function's event sources that Chalice cannot express."""

    function: str
    kind: str
    concurrency: int | None = None

    def __str__(self) -> str:
        if self.kind == "stream":
            return f"{self.function}: partial failures, 5 tries, halving, on-failure queue"
        return f"{self.function}: partial failures, at most {self.concurrency} at once"


@dataclass(frozen=True)
class KeepLogs:
    """How long the functions' logs are kept."""

    groups: tuple[str, ...]
    days: int

    def __str__(self) -> str:
        return f"{len(self.groups)} log groups: kept {self.days} days"


@dataclass(frozen=True)
class ShapeGateway:
    """The gateway's own errors as problem documents, its limits, and a deployment with them."""

    rate: int
    burst: int

    def __str__(self) -> str:
        return f"gateway: problem documents, {self.rate} requests a second, new API deployment"


@dataclass(frozen=True)
class Watch:
    """Alarms about the functions and the REST API, which the stack does not know."""

    streams: tuple[str, ...]

    def __str__(self) -> str:
        return "alarms: errors, throttling and lag of functions, faults of the API"


@dataclass(frozen=True)
class ShieldGateway:
    """AWS WAF before the API, where a stage asks for it."""

    rate: int

    def __str__(self) -> str:
        return f"gateway: web ACL, {self.rate} requests of one address in five minutes"


@dataclass(frozen=True)
class ServeDomain:
    """The stage's own address in front of the REST API."""

    domain: str
    certificate: str

    def __str__(self) -> str:
        return f"gateway: address {self.domain}"


@dataclass(frozen=True)
class ReceiveMail:
    """The stage's rule in the account's active SES rule set."""

    domain: str

    def __str__(self) -> str:
        return f"inbound mail for {self.domain}: rule in the active rule set"


@dataclass(frozen=True)
class LoadCatalogue:
    """Put in what the catalogue lacks; nothing that the city changed is touched."""

    demo: bool

    def __str__(self) -> str:
        return f"catalogue: what is missing{', demo officials too' if self.demo else ''}"


@dataclass(frozen=True)
class InviteAdministrator:
    """The first administrator, who invites everybody else."""

    id: str
    name: str
    mail: str

    def __str__(self) -> str:
        return f"administrator {self.id}: invite"


@dataclass(frozen=True)
class SwitchAlarms:
    """Whether alarms tell anybody."""

    on: bool

    def __str__(self) -> str:
        return f"alarms: {'on' if self.on else 'off'}"


@dataclass(frozen=True)
class KeepRelease:
    """Keep what was deployed, for a rollback."""

    release: str

    def __str__(self) -> str:
        return f"release {self.release}: kept for rollback"


@dataclass(frozen=True)
class SmokeTest:
    """Whether it works, from outside."""

    def __str__(self) -> str:
        return "smoke test"


@dataclass(frozen=True)
class RemoveFunctions:
    """`chalice delete`: everything but the infra stack and its data."""

    def __str__(self) -> str:
        return "chalice delete: functions, roles, event sources, REST API"


@dataclass(frozen=True)
class RemoveLeftovers:
    """What a deployment made beside Chalice and the stack: layers, mail rule, address, alarms."""

    layers: tuple[str, ...]
    inbound: bool
    domain: str

    def __str__(self) -> str:
        return "layers, mail rule, address and alarms beside the stack: remove"


@dataclass(frozen=True)
class DropData:
    """Delete the stack with every table, bucket, account and key. There is no way back."""

    name: str
    parameters: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.name}: DELETE ALL DATA, tables, photos, accounts"


Step = (
    ApplyStack
    | PublishLayer
    | WriteProject
    | FetchRelease
    | RunChalice
    | TuneSource
    | KeepLogs
    | ShapeGateway
    | Watch
    | ShieldGateway
    | ServeDomain
    | ReceiveMail
    | LoadCatalogue
    | InviteAdministrator
    | SwitchAlarms
    | KeepRelease
    | SmokeTest
    | RemoveFunctions
    | RemoveLeftovers
    | DropData
)


class Refused(RuntimeError):
    """What was asked is not done; the text says why."""


def deployment(
    settings: Settings, facts: Facts, release: str, sources: Mapping[str, str], timeline: str
) -> list[Step]:
    """Return the steps of a deployment.

    *sources* says which function is fed by a ``queue``, a ``stream`` or a ``schedule``; *timeline*
    is the state machine's text.
    """
    return [
        ApplyStack(settings.name("infra"), parameters(settings, facts, timeline)),
        *(PublishLayer(layer, settings.name(layer)) for layer in layers_in_use()),
        WriteProject(release),
        RunChalice(),
        *_after_chalice(settings, sources),
        LoadCatalogue(settings.demo),
        SwitchAlarms(on=True),
        KeepRelease(release),
        SmokeTest(),
    ]


def rollback(settings: Settings, release: str, sources: Mapping[str, str]) -> list[Step]:
    """Return the steps back to an earlier release's code; data and infra stack stay as they are."""
    return [
        FetchRelease(release),
        RunChalice(),
        *_after_chalice(settings, sources),
        SwitchAlarms(on=True),
        KeepRelease(release),
        SmokeTest(),
    ]


def release_before(facts: Facts, wanted: str = "") -> str:
    """Return the release to go back to: *wanted*, or the one before what runs; raise Refused."""
    if wanted and wanted in facts.releases:
        return wanted
    earlier = [one for one in sorted(facts.releases) if one < facts.release]
    if wanted or not earlier:
        there = ", ".join(sorted(facts.releases)) or "-"
        raise Refused(
            f"Rilis {wanted or 'sebelumnya'} tidak ada. Yang tersimpan: {there}\n"
            f"There is no {wanted or 'earlier'} release. Kept: {there}"
        )
    return earlier[-1]


def removal(settings: Settings, facts: Facts, *, drop_data: bool, timeline: str) -> list[Step]:
    """Return the steps that end a stage; data go only with *drop_data*, where nothing protects."""
    steps: list[Step] = [
        SwitchAlarms(on=False),
        RemoveFunctions(),
        RemoveLeftovers(
            tuple(settings.name(layer) for layer in LAYERS),
            bool(settings.inbound_domain),
            settings.domain,
        ),
    ]
    if not drop_data:
        return steps
    if settings.protect:
        raise Refused(
            f"Tahap {settings.stage} dilindungi. Isi protect = false di "
            f"stages/{settings.stage}.toml dan jalankan make deploy dahulu.\n"
            f"Stage {settings.stage} is protected. Set protect = false in "
            f"stages/{settings.stage}.toml and run make deploy first."
        )
    return [*steps, DropData(settings.name("infra"), parameters(settings, facts, timeline))]


def confirmation(settings: Settings) -> str:
    """What somebody has to type before data are dropped."""
    return f"hapus data {settings.name('')}"


def parameters(settings: Settings, facts: Facts, timeline: str) -> dict[str, str]:
    """Return the stack's parameters."""
    address = address_of(settings, facts)
    origins = [address, *([settings.cors_origin] if settings.cors_origin else [])]
    return {
        "Stage": settings.stage,
        "TimelineDefinition": timeline,
        "MailDomain": settings.mail_domain,
        "AlarmEmail": settings.alarm_email,
        "PublicUrl": address,
        "PhotoOrigins": ",".join(sorted({origin_of(one) for one in origins})),
        # Amazon Cognito refuses a sender that SES has not verified.
        "StaffMailFrom": settings.mail_from if facts.mail.verified else "",
        "Protect": "yes" if settings.protect else "no",
        "FirewallRate": str(settings.firewall_rate),
    }


def address_of(settings: Settings, facts: Facts) -> str:
    """Where the stage's pages are; a placeholder before API Gateway has made an address up."""
    made_up = f"https://{facts.api}.execute-api.{facts.region}.amazonaws.com/api"
    return settings.address or (made_up if facts.api else "http://localhost:8000")


def origin_of(address: str) -> str:
    """The origin of *address*.

    >>> origin_of("https://lapor.example.go.id/api")
    'https://lapor.example.go.id'
    """
    return "/".join(address.split("/")[:3])


def needs_its_address(settings: Settings, facts: Facts) -> bool:
    """Whether the stage learns its address from its first deployment, and must have it set then."""
    return not settings.address and not facts.api


def layers_in_use() -> list[str]:
    """The layers that some function gets."""
    used = {name for row in FUNCTIONS.values() for name in row.layers}
    return [name for name in LAYERS if name in used]


def _after_chalice(settings: Settings, sources: Mapping[str, str]) -> Iterator[Step]:
    for function, kind in sources.items():
        if kind == "queue":
            yield TuneSource(function, kind, FUNCTIONS[function].concurrency or 50)
        elif kind == "stream":
            yield TuneSource(function, kind)
    things = ("" if name == "api_handler" else name for name in FUNCTIONS)
    groups = tuple(f"/aws/lambda/{settings.name(thing)}" for thing in things)
    yield KeepLogs(groups, settings.log_days)
    yield ShapeGateway(settings.api_rate, settings.api_burst)
    yield Watch(tuple(sorted(name for name, kind in sources.items() if kind == "stream")))
    if settings.firewall_rate:
        yield ShieldGateway(settings.firewall_rate)
    if settings.domain:
        yield ServeDomain(settings.domain, settings.certificate)
    if settings.inbound_domain:
        yield ReceiveMail(settings.inbound_domain)
