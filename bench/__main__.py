"""Run the whole benchmark: ``python -m bench [--scale 1000 10000]``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench import cases, processor, routes, surface
from bench.cases import CASES, MIX, Case, price, price_list
from chalicelib.domain.costs import Prices
from infra.deploy.alarms import alarms as put_after_functions

#: What the city is promised (docs/operations.md).
TARGETS = {"cold": 6.0, "warm_ms": 10.0, "mail": 0.85, "bare": 0.40, "idle": 10.0, "mb": 20.0}
MINUTES_A_MONTH = 30 * 24 * 60
#: SQS asks for each queue's messages whether there are any or not: requests a month and queue.
POLLS = 650_000


def idle(prices: Prices, template: str) -> dict[str, Any]:
    """Return what a month costs in which nobody reports anything, line by line."""
    queues = template.count("Type: AWS::SQS::Queue") - template.count("DeadQueue:")
    alarms = template.count("Type: AWS::CloudWatch::Alarm")
    alarms += len(put_after_functions("live-room", ("dispatch", "project")))
    sweeps = Decimal(MINUTES_A_MONTH)
    polls = max(0, queues * POLLS - 1_000_000)
    lines = {
        "alarms (10 free)": price(prices, "alarm_month") * max(0, alarms - 10),
        "queues asked (1 M free)": price(prices, "queue_request") * polls,
        "sweeper: reads": price(prices, "read_unit") * sweeps * 16 * Decimal("0.5"),
        "sweeper: calls": (
            price(prices, "function_call")
            + price(prices, "function_gb_second") * Decimal("0.3") * Decimal("0.5")
        ) * sweeps,
        "key": price(prices, "key_month"),
        "secrets": price(prices, "secret_month") * template.count("AWS::SecretsManager::Secret"),
        "dashboard (3 free)": Decimal(0),
    }  # fmt: skip
    return {name: round(float(amount), 2) for name, amount in lines.items()}


def mixed(found: dict[str, Case], prices: Prices, *, mail: bool, sms: bool) -> Decimal:
    """Return what 1,000 reports of the usual mix cost."""
    parts = (share * found[name].cost(prices, mail=mail, sms=sms) for name, share in MIX.items())
    return sum(parts, Decimal(0)) / 100


def _with_sms(found: dict[str, Case], prices: Prices, *, sms: bool) -> Decimal:
    return mixed(found, prices, mail=True, sms=sms)


def forecast(found: dict[str, Case], prices: Prices, base: float) -> dict[str, Any]:
    """Return USD a month by reports a day, of the usual mix, with and without text messages."""
    rows = {}
    for daily in (40, 500, 20_000):
        monthly = Decimal(daily * 30) / 1000
        rows[str(daily)] = {
            "without SMS": round(base + float(monthly * _with_sms(found, prices, sms=False))),
            "with SMS": round(base + float(monthly * _with_sms(found, prices, sms=True))),
        }  # fmt: skip
    return rows


def run(scale: tuple[int, ...]) -> dict[str, Any]:
    """Measure everything and return it."""
    prices = price_list()
    found = {name: cases.run(name) for name in CASES}
    lines = idle(prices, Path("infra/template.yaml").read_text())
    base = round(sum(lines.values()), 2)
    return {
        "prices_as_of": prices.as_of,
        "routes": {
            name: [one.to_dict() for one in many] for name, many in routes.measure().items()
        },
        "surface": surface.calls(),
        "warm_ms": surface.warm(),
        "unplayed": dict(surface.UNPLAYED),
        "cases": {name: case.to_dict(prices) for name, case in found.items()},
        "per_1000_of_the_mix": {
            "mix": MIX,
            "without messages": round(float(mixed(found, prices, mail=False, sms=False)), 3),
            "with mail": round(float(mixed(found, prices, mail=True, sms=False)), 3),
        },
        "idle_month": {**lines, "all": base},
        "month": forecast(found, prices, base),
        "scale": routes.growth(scale) if scale else {},
        "cold": processor.cold(),
        "warm": processor.warm(),
        "package": processor.package(),
    }


def table(found: dict[str, Any]) -> str:
    """Return what is printed."""
    lines = [f"{'route or function':40}{'calls':>6}{'WRU':>7}{'RRU':>7}{'largest':>9}  which"]
    for name, many in found["routes"].items():
        for one in many:
            if one["calls"]:
                which = ", ".join(f"{n} {call.split(':')[1]}" for call, n in one["calls"].items())
                lines.append(
                    f"{name:40}{sum(one['calls'].values()):>6}{one['write_units']:>7g}"
                    f"{one['read_units']:>7g}{one['largest_item']:>9}  {which}"
                )
    lines += _surface(found)
    lines.append(
        f"\n{'case':24}{'trans.':>7}{'mail':>6}{'sms':>5}{'WRU':>7}{'bare $':>9}{'mail $':>9}"
    )
    for name, one in found["cases"].items():
        said = one["messages"]
        lines.append(
            f"{name:24}{one['transitions']:>7}{said['mail']:>6}{said['sms']:>5}"
            f"{one['write_units']:>7g}{one['usd_per_1000_without_messages']:>9.2f}"
            f"{one['usd_per_1000_with_mail']:>9.2f}"
        )
    lines += _spending(found)
    lines.append(f"\nper 1,000 of the mix: {found['per_1000_of_the_mix']}")
    lines.append(f"idle month, USD: {found['idle_month']}")
    lines.append(f"a month by reports a day, USD: {found['month']}")
    for name, sizes in found["scale"].items():
        lines.append(f"stored reports: {name}: {sizes}")
    lines.append(f"cold start: {found['cold']}\nwarm: {found['warm']}\npackage: {found['package']}")
    return "\n".join([*lines, "", *verdicts(found)])


def _surface(found: dict[str, Any]) -> Iterator[str]:
    """Every route and page: its answer, calls, units, and CPU once warm (without AWS)."""
    yield f"\n{'every route and page':58}{'answer':>7}{'calls':>6}{'WRU':>6}{'RRU':>7}{'CPU ms':>8}"
    for name, one in sorted(found["surface"].items(), key=lambda row: row[0].split(" ")[::-1]):
        spent = found["warm_ms"].get(name, "")
        yield (
            f"{name:58}{one['status']:>7}{sum(one['calls'].values()):>6}"
            f"{one['write_units']:>6g}{one['read_units']:>7g}{spent:>8}"
        )
    for name, why in found["unplayed"].items():
        yield f"function {name:49} not played: {why}"


def _spending(found: dict[str, Any]) -> Iterator[str]:
    """Where the dollars of 1,000 of each case go, without messages."""
    names = list(next(iter(found["cases"].values()))["spent"])
    yield f"\n{'USD per 1,000':24}" + "".join(f"{name.split('_')[0][:8]:>9}" for name in names)
    for name, case in found["cases"].items():
        yield f"{name:24}" + "".join(f"{case['spent'][one]:>9.4f}" for one in names)


def verdicts(found: dict[str, Any]) -> list[str]:
    """Say of each target whether it is met, and by how much not."""
    mix = found["per_1000_of_the_mix"]
    measured = {
        "cold": found["cold"]["times_bare"]["app.py and filing"],
        "warm_ms": found["warm"]["filing_ms"],
        "mail": mix["with mail"],
        "bare": mix["without messages"],
        "idle": found["idle_month"]["all"],
        "mb": found["package"]["own_code_mb"] + found["package"].get("base_layer_mb", 0),
    }
    return [
        f"{name:10}{value:>8g} of {TARGETS[name]:g}: "
        + ("met" if value <= TARGETS[name] else f"missed, {value / TARGETS[name]:.1f} times")
        for name, value in measured.items()
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--scale", type=int, nargs="*", default=[0, 1000])
    found = run(tuple(parser.parse_args().scale))
    Path("bench.json").write_text(json.dumps(found, indent=1) + "\n")
    print(table(found))
