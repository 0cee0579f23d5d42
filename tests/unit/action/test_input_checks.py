from __future__ import annotations

import pytest

from action_patterns.action.input_checks import choice_problems, repository_problems


@pytest.mark.parametrize(
    "value",
    [
        "https://github.com/acme/api",
        "https://github.com/acme/api.git",
        "http://ghe.acme.example:8443/acme/api/",
        "https://github.com/acme/api/tree/main/docs",
        "github.com/acme/api",
        "git@github.com:acme/api.git",
        "ssh://git@github.com/acme/api.git",
        "/acme/api/",
        "acme/api/docs",
    ],
)
def test_an_address_of_a_repository_is_answered_with_its_name(value: str) -> None:
    (found,) = repository_problems("repository", value)
    assert (found.what, found.fix) == (f"`repository` is {value!r}.", "Write `acme/api`.")


@pytest.mark.parametrize("value", ["acme", "", "https://github.com/acme", "https://github.com", "acme\\api", "a b/c"])
def test_another_text_is_answered_with_the_form(value: str) -> None:
    assert [found.fix for found in repository_problems("state-repository", value)] == ["Write it as `owner/name`."]


def test_a_name_has_no_problem() -> None:
    assert list(repository_problems("repository", "acme/api")) == []


@pytest.mark.parametrize("value", ["Branch", "[branch", "- branch", "'branch'", "brnach"])
def test_a_word_of_a_list_is_answered_with_the_nearest(value: str) -> None:
    (found,) = choice_problems("same", (value, "event"), ("branch", "event"))
    assert found.what == f"`same` has {value!r}; did you mean `branch`?"
    assert found.fix.startswith("Possible are `branch`, `event`.")
