"""Which repository of a server a URL names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.worktree.remote import is_elsewhere, repository_at, without_credentials

GITHUB = "https://github.com"
GHES = "https://ghe.example:8443"
LOCAL = "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("url", "server", "name"),
    [
        ("https://github.com/acme/api", GITHUB, "acme/api"),
        ("https://github.com/acme/api.git", GITHUB, "acme/api"),
        ("https://github.com/acme/api.git/", GITHUB, "acme/api"),
        ("https://GitHub.com./Acme/API/", GITHUB, "Acme/API"),
        ("https://github.com:443/acme/api", GITHUB, "acme/api"),
        ("http://github.com/acme/api", GITHUB, "acme/api"),
        ("https://www.github.com/acme/api", GITHUB, "acme/api"),
        ("https://x-access-token:ghs_a@github.com/acme/api", GITHUB, "acme/api"),
        ("https://user:p/w@github.com/acme/api", GITHUB, None),
        ("https://user:a@b#c?d@github.com/acme/api", GITHUB, "acme/api"),
        ("git@github.com:acme/api.git", GITHUB, "acme/api"),
        ("github.com:acme/api", GITHUB, "acme/api"),
        ("git@github.com:/acme/api", GITHUB, "acme/api"),
        ("ssh://git@github.com/acme/api.git", GITHUB, "acme/api"),
        ("ssh://git@ssh.github.com:443/acme/api.git", GITHUB, "acme/api"),
        ("git://github.com/acme/api.git", GITHUB, "acme/api"),
        ("git+ssh://git@github.com/acme/api.git", GITHUB, "acme/api"),
        ("https://github.com/acme/api.wiki.git", GITHUB, "acme/api.wiki"),
        ("https://github.com/acme/.github", GITHUB, "acme/.github"),
        ("https://ghe.example:8443/acme/api", GHES, "acme/api"),
        ("https://ghe.example/acme/api", GHES, "acme/api"),
        ("ssh://git@ghe.example:122/acme/api", GHES, "acme/api"),
        ("git@ghe.example:acme/api", GHES, "acme/api"),
        ("http://127.0.0.1:8080/acme/api", LOCAL, "acme/api"),
        ("http://127.0.0.1:8081/acme/api", LOCAL, "acme/api"),
        ("http://[::1]:8080/acme/api", "http://[::1]:8080", "acme/api"),
        ("git@[::1]:acme/api", "http://[::1]:8080", "acme/api"),
        ("https://[::1]/acme/api", "http://[::1]:8080", "acme/api"),
        ("https://[::2]:8080/acme/api", "http://[::1]:8080", None),
        ("https://github.com/acme/api", GHES, None),
        ("https://github.com.evil.example/acme/api", GITHUB, None),
        ("https://evil.example/github.com/acme/api", GITHUB, None),
        ("https://github.com@evil.example/acme/api", GITHUB, None),
        ("git@github.com-work:acme/api", GITHUB, None),
        ("https://github.com/acme", GITHUB, None),
        ("https://github.com/acme/api/tree/main", GITHUB, None),
        ("https://github.com/../acme/api", GITHUB, None),
        ("https://github.com/acme/..", GITHUB, None),
        ("file:///srv/acme/api", GITHUB, None),
        ("/srv/acme/api", GITHUB, None),
        ("./a:b/api", GITHUB, None),
        ("../github.com:acme/api", GITHUB, None),
        ("", GITHUB, None),
    ],
)
def test_the_repository_that_a_url_names(url: str, server: str, name: str | None) -> None:
    assert repository_at(url, server) == name


@pytest.mark.parametrize(
    ("url", "elsewhere"),
    [
        ("https://gitlab.com/acme/api", True),
        ("git@gitlab.com:acme/api", True),
        ("/srv/acme/api", False),
        ("../acme/api", False),
        ("file:///srv/acme/api", False),
    ],
)
def test_a_path_of_this_machine_is_no_other_server(url: str, elsewhere: bool) -> None:
    assert is_elsewhere(url) is elsewhere


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@github.com/a/b", "https://github.com/a/b"),
        ("https://user:se@cret@github.com/a@b/c", "https://github.com/a@b/c"),
        ("git@github.com:a/b", "git@github.com:a/b"),
        ("/srv/a@b", "/srv/a@b"),
    ],
)
def test_a_message_shows_no_credentials(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


@given(st.text(max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    for url in (text, f"https://{text}", f"https://github.com/{text}", f"git@github.com:{text}"):
        assert (repository_at(url, GITHUB) or "a/b").count("/") == 1
        without_credentials(url)
        is_elsewhere(url)
