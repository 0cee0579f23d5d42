"""Every problem of the inputs of `state` is named at once, before a token is used."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.actions.state import run
from action_patterns.actions.state.interface import TAKES, StateInputs
from action_patterns.actions.state.validate import gather
from action_patterns.errors import InputError
from action_patterns.redaction import Secrets
from action_patterns.state.json_value import read_json, secrets_in
from support.memory_ports import MemoryFiles, World

TOKEN = "ghp_0123456789abcdefghij0123456789"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----\n"
VERSION = "a" * 40 + ".R_kgDO1"


def problems(files: dict[str, str | bytes] | None = None, **inputs: Any) -> list[str]:
    """Return the problems of a step, which asked for no token."""
    world = World(files=MemoryFiles(files))
    with pytest.raises(InputError) as caught:
        run(StateInputs(**({"mode": "put", "key": "k", "token": "t0ken-of-the-step"} | inputs)), world.ports())
    assert world.tokens == []
    return [problem.what for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"key": None, "value": "1"}, "`key` is not given"),
        ({"key": "", "value": "1"}, "`key` is not given"),
        ({"key": "é" * 34, "value": "1"}, "`key` takes 204 bytes as a ref's name; at most 200"),
        ({"key": "a\udc80", "value": "1"}, "no text in UTF-8"),
        ({"key": f"of {TOKEN}", "value": "1"}, "`key` holds a token of GitHub"),
        ({"mode": "list", "key": None, "prefix": "x" * 201}, "`prefix` takes 201 bytes"),
        ({}, "Neither `value` nor `value-path` is given"),
        ({"value": "1", "value_path": "fine.json"}, "both given"),
        ({"value": "v1"}, "`value` is no JSON"),
        ({"value": "NaN"}, "NaN, Infinity"),
        ({"value": "[1e999]"}, "NaN, Infinity"),
        ({"value": "[" * 200 + "]" * 200}, "nested too deeply"),
        ({"value": '"\\ud800"'}, "half of a surrogate pair"),
        ({"value_path": "none.json"}, "Input `value-path`: there is no file 'none.json'"),
        ({"value_path": "v.json"}, "`value-path` is no JSON"),
        ({"value_path": "latin.json"}, "is not UTF-8"),
        ({"mode": "get", "default": "none"}, "`default` is no JSON"),
        ({"value": "1", "ttl_days": 1, "ttl_seconds": 1}, "`ttl-days` and `ttl-seconds` are both given"),
        ({"mode": "compare-and-swap", "value": "1"}, "`version` is not given"),
        ({"value": "1", "version": "v1"}, "`version` is 'v1', which is no version"),
        ({"value": "1", "version": "ABSENT"}, "which is no version"),
        ({"value": "[1]", "version": VERSION, "merge": "append"}, "`version` and `merge: append` are both given"),
        ({"value": "1", "repository": "api"}, "`repository` is 'api'"),
        ({"value": json.dumps("x" * 60_000)}, "bytes (JSON in ASCII); at most 60,000 are kept"),
        ({"value": json.dumps("é" * 10_000)}, "at most 60,000 are kept"),
    ],
)
def test_a_bad_input_is_named_before_anything_is_asked(inputs: dict[str, Any], said: str) -> None:
    (found,) = problems({"fine.json": "1", "v.json": "{", "latin.json": b'"\xe9"'}, **inputs)
    assert said in found


@pytest.mark.parametrize(
    ("value", "place", "kind"),
    [
        (TOKEN, "''", "a token of GitHub"),
        ({"a/b": [0, {"note": f"used {TOKEN}"}]}, "'/a~1b/1/note'", "a token of GitHub"),
        ({"deploy": KEY}, "'/deploy'", "a private key"),
        ({"url": "https://bot:hunter22@example.com/x"}, "'/url'", "a URL with a password"),
        ({"n": {TOKEN: 1}}, "'/n'", "a name that is a token of GitHub"),
        (["of t0ken-of-the-step"], "'/0'", "a secret of this step"),
    ],
)
def test_a_secret_in_a_value_is_refused_with_its_place_and_not_shown(value: Any, place: str, kind: str) -> None:
    (found,) = problems(value=json.dumps(value))
    assert found == f"The value holds {kind}, at {place} (JSON Pointer)."


def test_a_place_below_a_name_that_is_a_secret_does_not_show_it() -> None:
    said = problems(value=json.dumps({TOKEN: TOKEN}))
    assert len(said) == 2
    assert TOKEN not in "".join(said)


def test_all_problems_are_named_at_once() -> None:
    said = problems(
        key="k" * 201, value=json.dumps([TOKEN, "x" * 60_000]), ttl_days=1, ttl_seconds=1, version="v1",
        repository="api", limit=5,
    )  # fmt: skip
    assert len(said) == 7


@pytest.mark.parametrize("mode", TAKES)
def test_an_input_without_effect_on_the_mode_is_an_error(mode: str) -> None:
    given: dict[str, Any] = {
        "key": "k", "value": "1", "merge": "replace", "version": VERSION, "default": "1", "ttl_days": 1,
        "prefix": "p", "limit": 1, "after": "a",
    }  # fmt: skip
    names = {each.partition("`")[2].partition("`")[0] for each in problems(mode=mode, **given) if "no effect" in each}
    taken = {name.replace("_", "-") for name in TAKES[mode]}  # type: ignore[index]
    assert names == {name.replace("_", "-") for name in given} - taken


def test_a_key_of_this_run_is_legitimate() -> None:
    world = World()
    inputs = StateInputs(mode="put", key=f"run/{world.context.run_id}", value="1", token="t")
    assert gather(inputs, world.ports()).asked.value == 1


def test_a_value_of_a_file_may_have_a_byte_order_mark() -> None:
    world = World(files=MemoryFiles({"v.json": b'\xef\xbb\xbf{"a": 1}\n'}))
    inputs = StateInputs(mode="put", key="k", value_path="v.json", token="t")
    assert gather(inputs, world.ports()).asked.value == {"a": 1}


def test_the_jobs_token_is_not_taken_elsewhere() -> None:
    world = World()
    with pytest.raises(InputError, match="GITHUB_TOKEN"):
        run(StateInputs(mode="get", key="k", job_token="j", repository="acme/elsewhere"), world.ports())
    assert world.tokens == []


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_json_is_read_and_looked_through(value: Any) -> None:
    try:
        text = json.dumps(value, ensure_ascii=False)
        text.encode()
    except UnicodeError:
        return
    assert read_json(text) == value
    assert list(secrets_in(value, Secrets())) == []
