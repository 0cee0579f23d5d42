"""The schema of `distribution.yml` says what the product says, and the page has every key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from action_patterns.distribution.distribution_file import read_distribution
from action_patterns.errors import InputError
from action_patterns.metadata import distribution_reference
from action_patterns.metadata.schemas import address

ROOT = Path(__file__).parents[3]
SCHEMA: dict[str, Any] = json.loads(distribution_reference.schema())
LINE = f"# yaml-language-server: $schema={address(distribution_reference.SCHEMA)}\n"
LEAST = "name: a\ntargets: {owners: [acme]}\nfiles: [a]\npull-request: {title: t}\n"


def fits(text: str) -> bool:
    return not list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(yaml.safe_load(text)))


def is_read(text: str) -> bool:
    try:
        read_distribution(text, name="d.yml")
    except InputError:
        return False
    return True


def examples() -> Iterator[Path]:
    for folder in (".github", "actions", "benchmarks", "docs", "src", "tests"):
        yield from sorted((ROOT / folder).rglob("distribution*.yml"))


@pytest.mark.parametrize("path", list(examples()), ids=str)
def test_every_example_names_the_schema_and_fits_it(path: Path) -> None:
    text = path.read_text()
    assert fits(text)
    assert is_read(text)
    assert text.startswith(LINE)


@pytest.mark.parametrize(
    "text",
    [
        LEAST,
        LEAST.replace("[a]", "[{source: a, target: b, mode: 755, if: missing, template: true, exclude: [x]}]"),
        LEAST.replace("[a]", "[{target: b, absent: true}]"),
        LEAST + "values: {a: 1, b: [x, 2], c: true}\ngroups: {g: {files: [b], values: {d: 3.10}}}\n",
        LEAST.replace(
            "title: t", "title: t, labels: [a], reviewers: '2 of [a, b]', draft: always-true, auto-merge: off"
        ),
        LEAST.replace("title: t", "title: t, labels: 'a, b', signoff: false"),
    ],
)
def test_the_schema_takes_what_the_product_takes(text: str) -> None:
    assert (fits(text), is_read(text)) == (True, True)


@pytest.mark.parametrize(
    "text",
    [
        LEAST.replace("name: a", "nmae: a"),
        LEAST.replace("owners", "owner"),
        LEAST.replace("[a]", "[{source: a, tagret: b}]"),
        LEAST.replace("[a]", "[{source: a, if: never}]"),
        LEAST.replace("[a]", "[{source: a, absent: maybe}]"),
        LEAST.replace("title: t", "titel: t"),
        LEAST.replace("title: t", "title: t, draft: 1"),
        LEAST + "groups: {g: {file: [b]}}\n",
        LEAST + "groups: {g: {files: [b], pull-request: {title: x}}}\n",
    ],
)
def test_the_schema_refuses_what_the_product_refuses(text: str) -> None:
    assert (fits(text), is_read(text)) == (False, False)


def test_every_key_of_the_schema_is_on_the_page_with_its_meaning() -> None:
    page = distribution_reference.page()
    sections = [SCHEMA, *SCHEMA["$defs"].values()]
    objects = [part for each in sections for part in (each, *each.get("anyOf", ())) if "properties" in part]
    assert len(objects) >= 6
    for section in objects:
        for key, value in section["properties"].items():
            assert f"| `{key}` |" in page
            assert value.get("description") or "$ref" in value, key


def test_the_page_names_the_schema_as_examples_do() -> None:
    assert LINE in distribution_reference.page()
