"""What messages and waiting cost, from a dated list of unit prices: an estimate, never a bill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_SMALLEST = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Price:
    """*amount* for *per* pieces. verified_on: when it was read in an official list, or None."""

    amount: Decimal
    per: int
    source: str
    verified_on: str | None = None


@dataclass(frozen=True, slots=True)
class Prices:
    """The unit prices of one day, in one currency."""

    currency: str
    as_of: str
    items: Mapping[str, Price]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Prices:
        """Read prices.json; raises KeyError or ArithmeticError for what is not of the form."""
        return cls(
            currency=data["currency"],
            as_of=data["as_of"],
            items={
                name: Price(Decimal(row["amount"]), row["per"], row["source"], row["verified_on"])
                for name, row in data["items"].items()
            },
        )

    def cost(self, counts: Mapping[str, int]) -> Decimal:
        """Return what *counts* pieces cost together; raises KeyError for a piece without price."""
        total = sum(
            (self.items[name].amount * count / self.items[name].per)
            for name, count in counts.items()
            if count
        )
        return Decimal(total).quantize(_SMALLEST)

    def to_dict(self, names: Mapping[str, int]) -> dict[str, Any]:
        """Return the prices of *names* with their sources, as an estimate shows them."""
        return {
            "currency": self.currency,
            "as_of": self.as_of,
            "items": [
                {
                    "name": name,
                    "amount": str(self.items[name].amount),
                    "per": self.items[name].per,
                    "source": self.items[name].source,
                    "verified_on": self.items[name].verified_on,
                }
                for name in sorted(names)
            ],
        }
