"""A query that cannot find what it means is refused before the first request, with what to write instead."""

from __future__ import annotations

import pytest

from action_patterns.discovery.patterns import refuse_team
from action_patterns.discovery.search_query import owner_of, refuse_search


@pytest.mark.parametrize(
    ("query", "owner"),
    [
        ("org:acme", "acme"),
        ("user:alice language:go", "alice"),
        ("api in:name,description ORG:Acme -topic:legacy", "Acme"),
        ('org:"acme" "two words" archived:false', "acme"),
        ("org:acme org:ACME", "acme"),
        ("org:acme props.tier:one stars:>=10 created:2020-01-01..* NOT legacy", "acme"),
        ("topics:>3 is:internal license:mit org:acme", "acme"),
    ],
)
def test_a_sound_query(query: str, owner: str) -> None:
    assert refuse_search(query) is None
    assert owner_of(query) == owner


@pytest.mark.parametrize(
    ("query", "why", "fix"),
    [
        ("topic:go", "'topic:go' would select repositories of strangers", "Narrow it to one owner"),
        ("", "'' would select repositories of strangers", "Narrow it to one owner"),
        ("-org:acme topic:go", "would select repositories of strangers", "Narrow it to one owner"),
        ('"org:acme"', "would select repositories of strangers", "Narrow it to one owner"),
        ("org:acme org:beta", "names 2 owners", "Write one search for each owner"),
        ("org:acme user:beta", "names 2 owners", "Write one search for each owner"),
        ("org:acme sort:stars", "`sort:` changes the order", "Remove it"),
        ("org:acme SORT:stars", "`sort:` changes the order", "Remove it"),
        ("repo:acme/api", "`repo:` names a repository", "under `repositories`"),
        ("org:acme path:src", "it searches code", "Remove it"),
        ("org:acme author:alice", "it searches issues", "Remove it"),
        ("org:acme is:pr", "`is:pr` searches issues", "Remove it"),
        ("org:acme languages:go", "`languages:` is no qualifier", "Write `language:`"),
        ("org:acme tpoic:go", "`tpoic:` is no qualifier", "Write `topic:`"),
        ("org:acme xyzzy:1", "`xyzzy:` is no qualifier", "Write one of archived, created"),
        ("org:acme topic: go", "`topic:` has no value", "without a space"),
        ('org:acme topic:""', "`topic:` has no value", "without a space"),
        ('org:acme "open', "a quotation mark without its pair", "a text with spaces"),
        ("org:acme\ntopic:go", "has several lines", "as one item"),
        ("org:acme/api", "'acme/api' is no name of an organization or user", "Write the login alone"),
        ("org:acme a OR b", "has `OR`", "one search for each alternative"),
        ("org:acme " + "NOT a " * 6, "more than 5 of AND and NOT", "several searches"),
        ("org:acme " + "word " * 60, "more than 256 characters of text", "several searches"),
        ("enterprise:e", "an enterprise has many organizations", "one search for each organization"),
    ],
)
def test_a_query_that_cannot_find_what_it_means(query: str, why: str, fix: str) -> None:
    refusal = refuse_search(query)
    assert refusal is not None
    assert why in refusal.why
    assert fix in refusal.fix


@pytest.mark.parametrize("name", ["acme/platform", "Acme-Inc/web_2", "a/b"])
def test_a_team(name: str) -> None:
    assert refuse_team(name) is None


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("@acme/platform", "Write 'acme/platform'"),
        ("acme/Platform Team", "Write 'acme/platform-team'"),
        ("https://github.com/orgs/acme/teams/platform", "Write 'acme/platform'"),
        ("platform", "Write each team as 'organization/team'"),
        ("acme/*", "Write each team as 'organization/team'"),
        ("acme/platform/x", "Write each team as 'organization/team'"),
        ("acme/", "Write each team as 'organization/team'"),
        ("", "Write each team as 'organization/team'"),
    ],
)
def test_a_text_that_names_no_team(name: str, fix: str) -> None:
    refusal = refuse_team(name)
    assert refusal is not None
    assert refusal.fix.startswith(fix)
