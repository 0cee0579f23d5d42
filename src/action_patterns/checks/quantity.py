"""Numbers with units: `10 MiB`, `30 s`, `80 %`. Pure."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

_SECONDS = {"ms": "0.001", "s": "1", "min": "60", "h": "3600", "d": "86400"}
_BYTES = {"B": 1} | {
    f"{prefix}{unit}": base**power
    for unit, base, prefixes in (("B", 1000, "kMGT"), ("iB", 1024, "KMGT"))
    for power, prefix in enumerate(prefixes, 1)
}
UNITS: dict[str, tuple[str, Decimal]] = {
    "": ("", Decimal(1)),
    "%": ("percent", Decimal(1)),
    **{unit: ("seconds", Decimal(factor)) for unit, factor in _SECONDS.items()},
    **{unit: ("bytes", Decimal(factor)) for unit, factor in _BYTES.items()},
}
"""Unit to what it measures, and to how many of the base unit it is."""
SYNTAX = f"a number, with or without one of the units {', '.join(unit for unit in UNITS if unit)}"

_QUANTITY = re.compile(r"([-+]?[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?)\s*([A-Za-z%]*)")
_MOST_CHARACTERS = 100


class Quantity(NamedTuple):
    """A number in its base unit. `measure` is empty for a bare number."""

    amount: Decimal
    measure: str = ""


def parse(text: str) -> Quantity:
    """Return the quantity that a text is.

    Raises:
        ValueError: it is none. The message is a clause that says what it must be.
    """
    found = _QUANTITY.fullmatch(text.strip()) if len(text) <= _MOST_CHARACTERS else None
    if found is None or found[2] not in UNITS:
        raise ValueError(f"must be {SYNTAX}")
    measure, factor = UNITS[found[2]]
    try:
        return Quantity(Decimal(found[1].replace("_", "")) * factor, measure)
    except InvalidOperation:
        raise ValueError(f"must be {SYNTAX}") from None


def of_value(value: object) -> Quantity | None:
    """Return the quantity that a value of a document, or a text, is. None: it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Quantity(Decimal(str(value)))
    if isinstance(value, str):
        try:
            return parse(value)
        except ValueError:
            return None
    return None
