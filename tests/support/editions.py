"""The GitHubs that the same scenarios are played on."""

from __future__ import annotations

import pytest

from github_sandbox import Edition

EDITIONS = {
    "full": Edition(),
    "no-graphql": Edition(graphql="absent"),
    "graphql-refused": Edition(graphql="refused"),
    "no-updateRefs": Edition(unknown_mutations=frozenset({"updateRefs"})),
}
WITHOUT_LEASES = ("no-graphql", "no-updateRefs")
"""One for each way to do without; that GraphQL may be refused as well is `test_tiers`' to prove."""

on_every_edition = pytest.mark.parametrize("edition", ["full", *WITHOUT_LEASES])
without_leases = pytest.mark.parametrize("edition", WITHOUT_LEASES)


def has_leases(edition: str) -> bool:
    return edition == "full"


def has_graphql(edition: str) -> bool:
    return edition in ("full", "no-updateRefs")
