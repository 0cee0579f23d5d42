from __future__ import annotations

import pytest

from action_patterns.contracts.durations import age_text, number_meant, seconds_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10m", 600),
        ("10 min", 600),
        ("1h30m", 5_400),
        ("1h 30m", 5_400),
        ("1.5 hours", 5_400),
        ("90s", 90),
        ("7D", 604_800),
        ("2 weeks", 1_209_600),
        ("PT5M", 300),
        ("P1DT2H", 93_600),
        ("P2W", 1_209_600),
    ],
)
def test_a_duration_is_read_as_people_write_it(text: str, expected: float) -> None:
    assert seconds_of(text) == expected


@pytest.mark.parametrize(("seconds", "text"), [(604_800, "7d"), (5_400, "90m"), (90, "90s"), (7_200, "2h")])
def test_an_age_has_one_unit(seconds: float, text: str) -> None:
    assert age_text(seconds) == text


@pytest.mark.parametrize("text", ["", "10", "P", "PT", "m", "10x", "-5m", "ten minutes", "5 months", "10m!", "1e3"])
def test_another_text_is_no_duration(text: str) -> None:
    assert seconds_of(text) is None


@pytest.mark.parametrize(
    ("name", "text", "meant"),
    [
        ("wait-seconds", "10m", "600"),
        ("max-minutes", "1h", "60"),
        ("pending-timeout-hours", "2 days", "48"),
        ("ttl-days", "2w", "14"),
        ("ttl-days", "12h", None),
        ("attempts", "10m", None),
        ("attempts", "1e3", "1000"),
        ("wait-seconds", "soon", None),
    ],
)
def test_the_number_that_is_meant_has_the_unit_of_the_name(name: str, text: str, meant: str | None) -> None:
    assert number_meant(name, text) == meant
