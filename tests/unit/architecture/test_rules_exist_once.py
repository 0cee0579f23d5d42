"""A rule that two modules state is a rule that will differ: each of these texts is in one module of the product."""

from __future__ import annotations

from pathlib import Path

import pytest

PRODUCT = Path(__file__).resolve().parents[3] / "src/action_patterns"

HOMES = {
    "4b825dc642cb6eb9a060e54bf8d69288fbee4904": "content/blob.py",
    "[A-Za-z0-9._-]{1,100}": "contracts/repository.py",
    "[A-Za-z0-9._-]+/": None,
    "[a-z0-9][a-z0-9-]{0,62}": "contracts/artifact.py",
    "[a-z0-9]+(-[a-z0-9]+)*": "content/text.py",
    "-records-{": "contracts/artifact.py",
    "-report-a{": "contracts/artifact.py",
    "-plan-a{": "contracts/artifact.py",
    "another campaign's, so": "actions/report/gather.py",
    '.replace("\\r", "\\n")': "content/text.py",
    'r"[^a-z0-9]+", "-"': "content/text.py",
    "Window(60, 900)": "limits/published.py",
    "return min(cap_seconds": "resilience/backoff.py",
    "eyJ[": "redaction.py",
    "\\\\u003e": "pull_request/ownership/html_comment.py",
    'FALLBACK_NAME = "': "contracts/artifact.py",
    'separators=(",", ":"), ensure_ascii=False': "contracts/document.py",
}


@pytest.mark.parametrize("text", HOMES)
def test_a_rule_has_one_home(text: str) -> None:
    found = [str(path.relative_to(PRODUCT)) for path in sorted(PRODUCT.rglob("*.py")) if text in path.read_text()]
    assert found == ([HOMES[text]] if HOMES[text] else [])
