"""Numbers with units."""

from __future__ import annotations

from decimal import Decimal

import pytest

from action_patterns.checks.quantity import of_value, parse


@pytest.mark.parametrize(
    ("text", "amount", "measure"),
    [
        ("3", "3", ""),
        ("-2.5", "-2.5", ""),
        ("1_000", "1000", ""),
        ("1e3", "1000", ""),
        ("10 MiB", "10485760", "bytes"),
        ("10MB", "10000000", "bytes"),
        ("1 kB", "1000", "bytes"),
        ("1.5 KiB", "1536", "bytes"),
        ("90 s", "90", "seconds"),
        ("1 min", "60", "seconds"),
        ("250 ms", "0.25", "seconds"),
        ("2 h", "7200", "seconds"),
        ("80 %", "80", "percent"),
    ],
)
def test_a_quantity_is_read(text: str, amount: str, measure: str) -> None:
    assert parse(text) == (Decimal(amount), measure)


@pytest.mark.parametrize("text", ["", "many", "3 parsecs", "0x10", "1e9999", "1,000", "٣", "3 mib", "NaN", "1" * 200])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a number"):
        parse(text)


@pytest.mark.parametrize("value", [True, None, [], {}, "many"])
def test_a_value_that_is_no_number_has_no_quantity(value: object) -> None:
    assert of_value(value) is None


def test_a_number_of_a_document_has_no_unit() -> None:
    assert of_value(3) == (Decimal(3), "")
    assert of_value(0.1) == (Decimal("0.1"), "")
