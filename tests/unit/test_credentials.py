"""TokenInputs.credentials: the App, or a token, or the job's own; every contradiction at once."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.action.inputs import TokenInputs
from action_patterns.errors import InputError
from action_patterns.ports.credentials import AppKey, Credentials

PEM = "-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"token": "t"}, Credentials("t")),
        ({"token": "t", "job_token": "j"}, Credentials("t", "j")),
        ({"job_token": "j"}, Credentials("j", "j")),
        (
            {"app_client_id": "Iv1", "app_private_key": PEM, "job_token": "j"},
            Credentials("", "j", AppKey("Iv1", PEM)),
        ),
    ],
)
def test_what_to_work_with(inputs: dict[str, Any], expected: Credentials) -> None:
    assert TokenInputs(**inputs).credentials() == expected


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({}, ["There is no token"]),
        ({"app_client_id": "Iv1"}, ["`app-private-key` is empty"]),
        ({"app_private_key": PEM}, ["`app-client-id` is empty"]),
        ({"app_client_id": "Iv1", "app_private_key": "PEM"}, ["no PEM private key"]),
        ({"app_private_key": "PEM"}, ["`app-client-id` is empty", "no PEM private key"]),
        ({"token": "t", "app_client_id": "Iv1", "app_private_key": PEM}, ["Both `token` and a GitHub App"]),
        ({"token": "t", "app_client_id": "Iv1"}, ["Both `token`", "`app-private-key` is empty"]),
        (
            {"token": "t", "app_private_key": "PEM"},
            ["Both `token`", "`app-client-id` is empty", "no PEM private key"],
        ),
    ],
)
def test_contradictions_are_told_all_at_once(inputs: dict[str, Any], said: list[str]) -> None:
    with pytest.raises(InputError) as refused:
        TokenInputs(**inputs).credentials()
    found = [problem.what for problem in refused.value.problems]
    assert len(found) == len(said)
    assert all(text in what for text, what in zip(said, found, strict=True))
    assert PEM not in str(refused.value)


@pytest.mark.parametrize(
    ("credentials", "its"),
    [
        (Credentials("j", "j"), True),
        (Credentials("t", "j"), False),
        (Credentials("t"), False),
        (Credentials("", "", AppKey("Iv1", PEM)), False),
    ],
)
def test_the_jobs_own_token_is_known_when_it_is_passed_on(credentials: Credentials, its: bool) -> None:
    assert credentials.is_job_token is its
    assert "PEM" not in repr(credentials)
    assert PEM not in repr(credentials)
