"""The check of exchanges against the description: a valid one is known again by its form, and a wrong one never is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from github_sandbox import contract as checked
from github_sandbox.contract import Contract
from github_sandbox.schemas import openapi_document

PULL = {"title": "A", "head": "b", "base": "main", "body": "Text"}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract(openapi_document())


def problems(contract: Contract, place: str = "acme/api", **sent: Any) -> list[str]:
    """Return the problems of a request for a pull request, which GitHub refuses."""
    body = json.dumps({name: value for name, value in (PULL | sent).items() if value is not None}).encode()
    path = f"/repos/{place}/issues/1" if "state" in sent else f"/repos/{place}/pulls"
    return contract.check(
        "PATCH" if "state" in sent else "POST", path, "", body, 201 if "state" not in sent else 200, b""
    )


def test_what_is_wrong_is_found_after_a_right_one_of_the_same_form(contract: Contract) -> None:
    assert not problems(contract)
    for wrong in ({"base": None}, {"head": 3}, {"title": {}}, {"body": 1}, {"maintainer_can_modify": "x"}):
        assert problems(contract, **wrong), wrong
    assert not problems(contract, state="open")
    assert problems(contract, state="opened"), "a value of an enum is no free text"


def test_what_the_description_does_not_restrict_makes_no_other_exchange(
    contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not problems(contract)
    looked = []
    monkeypatch.setattr(contract, "_problems", lambda *arguments: looked.append(arguments) or [])
    assert not problems(contract, "acme/web", body='Another, with "quotes"')
    assert not looked
    assert not problems(contract, body=None)
    assert len(looked) == 1, "a property that is not there is another exchange"


def test_a_property_is_free_where_each_of_its_schemas_is() -> None:
    document = {
        "a": {"properties": {"name": {"type": "string"}, "state": {"type": "string"}, "id": {"type": "integer"}}},
        "b": [{"properties": {"name": {"type": "string", "nullable": True}, "state": {"enum": ["open"]}}}],
        "c": {"properties": {"date": {"type": "string", "format": "date"}, "size": {"type": "integer", "minimum": 1}}},
        "d": {"properties": {"id": {"type": "integer"}, "any": {}, "both": {"type": "string"}}},
        "e": {"properties": {"both": {"type": "integer"}}},
    }
    assert checked._unrestricted(document) == {"string": {"name"}, "integer": {"id"}}
