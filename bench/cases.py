"""Whole cases from filing to their end, each with everything it made the system do."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bench.city import READERS, City
from bench.meter import Metered
from chalicelib.adapters.documents import FileDocuments
from chalicelib.domain.costs import Prices
from chalicelib.services.catalogue import Catalogue

MONDAY = "2027-04-05T10:00:00+07:00"
#: What a call of a function is taken to last, in seconds, and its memory in GB: measured CPU at
#: this memory lies far below; waiting for DynamoDB and a share of cold starts are in it.
SECONDS, GIGABYTES = "0.15", "0.5"
#: Bytes of log that one call leaves.
LOGGED = 700
MESSAGES = {"sesv2:SendEmail": "mail", "sns:Publish": "sms"}


@dataclass
class Case:
    """One kind of case and what one of it came to."""

    name: str
    totals: Metered
    functions: int
    requests: int
    transitions: int
    wakes: int
    #: Runs of functions that read a queue, and reads of who reported (under a key of their own).
    batches: int
    read_identity: int

    def counts(self) -> dict[str, Decimal]:
        """Return pieces by the names of the price list."""
        calls = self.totals.calls
        sent = sum(count for name, count in calls.items() if name.startswith("sqs:"))
        # Step Functions sends a wake-up; each batch is received and deleted.
        queue = sent + self.wakes + 2 * self.batches
        return {
            "api_request": Decimal(self.requests),
            "function_call": Decimal(self.functions),
            "function_gb_second": self.functions * Decimal(SECONDS) * Decimal(GIGABYTES),
            "write_unit": Decimal(str(self.totals.written)),
            "read_unit": Decimal(str(self.totals.read)),
            "queue_request": Decimal(queue),
            "key_request": Decimal(self.read_identity),
            "log_gb": Decimal(self.functions * LOGGED) / 10**9,
            "transition": Decimal(self.transitions),
        }

    def messages(self) -> dict[str, int]:
        return {name: self.totals.calls[call] for call, name in MESSAGES.items()}

    def cost(self, prices: Prices, *, mail: bool = True, sms: bool = False) -> Decimal:
        """Return what 1,000 of it cost."""
        wanted = {"mail": mail, "sms": sms}
        counts: dict[str, Any] = {
            **self.counts(),
            **{name: n for name, n in self.messages().items() if wanted[name]},
        }
        return (
            sum(
                (price(prices, name) * Decimal(count) for name, count in counts.items()), Decimal(0)
            )
            * 1000
        )

    def to_dict(self, prices: Prices) -> dict[str, Any]:
        return {
            "transitions": self.transitions,
            "messages": self.messages(),
            "functions": self.functions,
            "api_requests": self.requests,
            "spent": {
                name: round(float(price(prices, name) * count * 1000), 4)
                for name, count in self.counts().items()
            },
            "write_units": self.totals.written,
            "read_units": self.totals.read,
            "usd_per_1000_without_messages": round(float(self.cost(prices, mail=False)), 4),
            "usd_per_1000_with_mail": round(float(self.cost(prices)), 4),
            "usd_per_1000_with_mail_and_sms": round(float(self.cost(prices, sms=True)), 2),
        }


def price_list() -> Prices:
    return Prices.from_dict(Catalogue(FileDocuments(), lambda: 0.0).prices())


def price(prices: Prices, name: str) -> Decimal:
    """Return the price of one piece."""
    return prices.items[name].amount / prices.items[name].per


def _filed(city: City, category: str = "INF-01") -> str:
    body = {
        "category": category,
        "description": "Lubang besar di depan sekolah",
        "location": {"lat": -6.1783, "lon": 106.6319},
        "reporter": {"email": "warga@example.org"},
    }
    answer = city.measured("POST /v1/reports", "POST", "/v1/reports", body)
    assert answer.status == 201, answer.body
    city.settle()
    return str(answer.json["number"])


def act(city: City, number: str, action: str, user: str = "", **body: Any) -> None:
    """Do one action over the API, and whatever follows from it."""
    who = {"user": user} if user else {"token": city.token_of(number)}
    route = "POST /v1/reports/{number}/{action}"
    answer = city.measured(route, "POST", f"/v1/reports/{number}/{action}", body, **who)
    assert answer.status == 200, answer.body
    city.settle()


def _finish(city: City, number: str) -> None:
    act(city, number, "submit", "petugas.pupr", outcome="nothing_found", note="Tidak ada lagi",
        reason="Sudah ditambal warga")  # fmt: skip
    city.pass_until(city.later(minutes=30))
    act(city, number, "validate", "verifikator")
    city.pass_until(city.later(minutes=30))
    act(city, number, "confirm")
    city.pass_until(city.later(days=1))


def answered(city: City) -> None:
    number = _filed(city)
    city.pass_until(city.later(minutes=5))
    act(city, number, "verify", "operator")
    city.pass_until(city.later(minutes=15))
    act(city, number, "acknowledge", "petugas.pupr")
    city.pass_until(city.later(minutes=40))
    _finish(city, number)


def one_escalation(city: City) -> None:
    number = _filed(city)
    city.pass_until(city.later(minutes=5))
    act(city, number, "verify", "operator")
    city.pass_until("2027-04-05T15:30:00+07:00")
    act(city, number, "acknowledge", "petugas.pupr")
    city.pass_until(city.later(minutes=20))
    _finish(city, number)


def every_level(city: City) -> None:
    number = _filed(city)
    city.pass_until(city.later(minutes=5))
    act(city, number, "verify", "operator")
    city.pass_until("2027-05-01T00:00:00+07:00")


def emergency(city: City) -> None:
    number = _filed(city, "DRT-01")
    city.pass_until(city.later(minutes=1))
    act(city, number, "acknowledge", "petugas.bpbd")
    city.pass_until(city.later(minutes=9))
    act(city, number, "arrive", "petugas.bpbd", lat=-6.1783, lon=106.6319)
    city.pass_until(city.later(days=1))


def sixty_days(city: City) -> None:
    number = _filed(city, "WAS-01")
    city.pass_until("2027-07-15T16:00:00+07:00")
    assert number


CASES = {
    "answered in time": answered,
    "one escalation": one_escalation,
    "every level breached": every_level,
    "emergency": emergency,
    "60 working days": sixty_days,
}
#: What a city's reports are taken to be made of, in per cent.
MIX = {"answered in time": 70, "one escalation": 20, "every level breached": 10}


def run(name: str) -> Case:
    """Play one case in a city of its own."""
    city = City(MONDAY)
    with city.open():
        CASES[name](city)
    functions = sum(len(many) for many in city.ran.values())
    requests = sum(len(many) for key, many in city.ran.items() if " " in key)
    batches = sum(len(many) for key, many in city.ran.items() if key in READERS.values())
    return Case(
        name,
        city.total(),
        functions,
        requests,
        city.executions.transitions,
        city.executions.wakes,
        batches,
        city.meter.identity,
    )
