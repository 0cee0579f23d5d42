"""What a token's prefix tells."""

from __future__ import annotations

import pytest

from action_patterns.github_api.transport.token_kind import is_a_persons, token_kind


@pytest.mark.parametrize(
    ("token", "kind", "person"),
    [
        ("ghp_x", "classic personal access token", True),
        ("github_pat_11A", "fine-grained personal access token", True),
        ("gho_x", "OAuth token", True),
        ("ghu_x", "user access token of a GitHub App", True),
        ("ghs_x", "installation access token", False),
        ("0123456789abcdef", "token of an unknown kind", False),
        ("xghp_", "token of an unknown kind", False),
        ("", "token of an unknown kind", False),
    ],
)
def test_the_kind_of_a_token(token: str, kind: str, person: bool) -> None:
    assert token_kind(token) == kind
    assert is_a_persons(token_kind(token)) is person
