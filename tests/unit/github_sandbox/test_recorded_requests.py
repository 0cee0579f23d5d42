"""The recorded requests of ``tests/e2e/test_the_requests_of_create_pull_request_work.py``, played without node."""

from __future__ import annotations

import json

import pytest
import requests

from support import proposals
from support.proposals import BRANCH, CONTENT, MODES, PATH, TITLE, TOKEN


@pytest.mark.parametrize("mode", MODES)
def test_they_end_as_they_did(mode: str) -> None:
    sandbox = proposals.sandbox()
    if mode == "push":
        sandbox.repository(proposals.REPOSITORY).commit_files(BRANCH, {PATH: CONTENT}, message=TITLE)
    with sandbox.serve() as server, requests.Session() as session:
        session.headers["Authorization"] = f"token {TOKEN}"
        for entry in (entry for run in proposals.recorded()[mode] for entry in run):
            headers = {"Accept": entry["accept"], "Content-Type": "application/json"}
            body = None if entry["body"] is None else json.dumps(entry["body"])
            answer = session.request(
                entry["method"], server.api_url + entry["path"], headers=headers, data=body, timeout=10
            )
            assert answer.status_code == entry["status"], (entry, answer.text)
    proposals.is_proposed(sandbox, mode)
