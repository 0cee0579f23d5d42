"""The three addresses of GitHub: one that is given leads to the others."""

from __future__ import annotations

import pytest

from action_patterns.errors import InputError
from action_patterns.runner.addresses import Addresses, addresses

NAMES = ("GITHUB_SERVER_URL", "GITHUB_API_URL", "GITHUB_GRAPHQL_URL")
DOTCOM = ("https://github.com", "https://api.github.com", "https://api.github.com/graphql")
GHES = ("https://ghes.corp:8443", "https://ghes.corp:8443/api/v3", "https://ghes.corp:8443/api/graphql")
RESIDENCY = ("https://octo.ghe.com", "https://api.octo.ghe.com", "https://api.octo.ghe.com/graphql")
IPV6 = ("http://[::1]:80", "http://[::1]:80/api/v3", "http://[::1]:80/api/graphql")


@pytest.mark.parametrize("every", [DOTCOM, GHES, RESIDENCY, IPV6])
@pytest.mark.parametrize("given", [(0,), (1,), (0, 1), (1, 2), (0, 1, 2)])
def test_one_address_leads_to_the_others(every: tuple[str, ...], given: tuple[int, ...]) -> None:
    variables = {NAMES[index]: f" {every[index]}/ " for index in given}
    assert addresses(variables) == Addresses(*every)


def test_without_any_it_is_github_com() -> None:
    assert addresses({}) == addresses(dict.fromkeys(NAMES, "")) == Addresses(*DOTCOM)


def test_what_is_given_is_kept() -> None:
    given = ("https://a.corp", "https://b.corp/rest", "https://c.corp/graph")
    assert addresses(dict(zip(NAMES, given, strict=True))) == Addresses(*given)


@pytest.mark.parametrize(
    "odd",
    ["ghes.corp", "ftp://ghes.corp", "https://", "https://h:x", "https://h:99999", "https://[::1", "https://u:p@h/api/v3",
     "https://h/api v3", "https://h/?a=b", "https://h/#x", "//h", "https://h\n/api"],
)  # fmt: skip
def test_every_address_that_is_none_is_named_at_once(odd: str) -> None:
    with pytest.raises(InputError) as raised:
        addresses(dict.fromkeys(NAMES, odd))
    assert [problem.what.split()[2] for problem in raised.value.problems] == list(NAMES)
    assert "u:p" not in str(raised.value.problems)
