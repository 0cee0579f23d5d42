"""JSON of others is read as far as it can be used, and refused in one way."""

from __future__ import annotations

import json

import pytest

from action_patterns.content.bounded_json import MAX_DEPTH, loads


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_the_depth_has_a_bound(opening: str, closing: str) -> None:
    levels = MAX_DEPTH // opening.count("[") if opening == "[" else MAX_DEPTH // len(closing)
    assert repr(loads(opening * levels + "1" + closing * levels))
    for deeper in (levels + 1, 500, 100_000):
        with pytest.raises(ValueError, match="nested too deeply"):
            loads(opening * deeper + "1" + closing * deeper)


@pytest.mark.parametrize("value", [[[]] * 1_000, {"a": "[" * 1_000}, "{" * 1_000, 1, None, [], {}])
def test_what_is_wide_or_a_text_is_not_deep(value: object) -> None:
    text = json.dumps(value)
    assert loads(text) == loads(text.encode()) == value


@pytest.mark.parametrize("text", ["", "[" * 100_000, "[1" * 100_000, '{"a":' * 50_000, "1" * 5_000, "{}{}"])
def test_what_is_no_json_is_an_error_of_one_kind(text: str) -> None:
    with pytest.raises(ValueError):
        loads(text)
