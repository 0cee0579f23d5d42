from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.redaction import Secrets, redact

SECRETS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=8, max_size=40).filter(
    lambda value: value == value.strip() and "*" not in value and len(set(value)) > 4
)


def knowing(*values: str) -> Secrets:
    secrets = Secrets()
    for value in values:
        secrets.add(value)
    return secrets


@given(SECRETS, st.binary(max_size=5), st.binary(max_size=5))
def test_no_spelling_of_a_secret_survives(secret: str, before: bytes, after: bytes) -> None:
    secrets = knowing(secret)
    raw = secret.encode()
    for text in (
        f"x{secret}y",
        json.dumps({"key": secret}),
        json.dumps({"key": secret}, ensure_ascii=False),
        f"https://host/?q={quote(secret, safe='')}",
    ):
        assert secrets.found_in(text)
        assert secret not in secrets.redact(text)
        assert not secrets.found_in(secrets.redact(text).replace("***", ""))
    # Wherever the value starts in the encoded bytes, the runs of characters it alone decides are gone.
    encoded = base64.b64encode(before + raw + after).decode()
    assert secrets.found_in(encoded)
    left = secrets.redact(encoded).replace("***", "").rstrip("=")
    assert len(left) <= (len(before) + len(after)) * 8 / 6 + 4


def test_of_a_multi_line_secret_every_line_is_announced_and_redacted_but_no_lone_brace() -> None:
    announced: list[str] = []
    secrets = Secrets(announced.append)
    secrets.add("{\nline one\n  line two\n}\n")
    assert announced == ["line one", "line two"]
    assert secrets.redact("got line two, {}") == "got ***, {}"
    assert secrets.redact(json.dumps("{\nline one\n  line two\n}")) == '"***"'


def test_a_secret_that_is_no_utf_8_is_redacted_too() -> None:
    secret = b"s3cr\xff\xfe-value".decode(errors="surrogateescape")
    secrets = knowing(secret)
    for text in (secret, json.dumps(secret), "?q=s3cr%FF%FE-value"):
        assert "value" not in secrets.redact(f"x {text} y")


def test_the_longer_of_two_secrets_is_redacted_first() -> None:
    assert knowing("abcd", "abcdefgh").redact("abcdefgh abcd") == "*** ***"


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_blank_value_is_no_secret(blank: str) -> None:
    announced: list[str] = []
    secrets = Secrets(announced.append)
    secrets.add(blank)
    assert announced == []
    assert secrets.redact("a b\nc") == "a b\nc"


def test_a_value_is_announced_once() -> None:
    announced: list[str] = []
    secrets = Secrets(announced.append)
    secrets.add("hush")
    secrets.add("hush")
    assert announced == ["hush"]


@pytest.mark.parametrize(
    "secret",
    [
        "ghp_0123456789abcdefghij0123456789abcdef",
        "ghs_0123456789abcdefghij0123456789abcdef",
        "github_pat_11ABCDEFG0123456789_abcdefghij",
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjMifQ.c2lnbmF0dXJl",
        "token_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjMifQ.c2lnbmF0dXJl",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIE",
    ],
)
def test_what_looks_like_a_secret_is_replaced(secret: str) -> None:
    assert redact(f"see {secret}", ()) == "see ***"


def test_secrets_in_addresses_and_headers_are_replaced() -> None:
    assert redact("https://bot:hunter2@example.com/x", ()) == "https://***@example.com/x"
    assert redact("Authorization: Bearer abcdef123456", ()) == "Authorization: Bearer ***"


def test_known_secrets_are_replaced_and_the_rest_is_kept() -> None:
    assert redact("used hush for v1.0.0 (https://x/runs/7)", ["hush", ""]) == "used *** for v1.0.0 (https://x/runs/7)"


def test_a_known_secret_is_replaced_in_every_spelling() -> None:
    basic = base64.b64encode(b"bot:hush-hush").decode()
    assert redact(f"sent {basic} to /?q={quote('hush/hush', safe='')}", ["hush-hush", "hush/hush"]) == (
        "sent Ym90Om***A== to /?q=***"
    )


LABELS = {"acme/takeover": "private repository #5", "Acme/web.js": "private repository #6"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("acme/takeover", "private repository #5"),
        ("ACME/Takeover: created.", "private repository #5: created."),
        ("See acme/takeover.", "See private repository #5."),
        ("(acme/takeover), acme/web.js!", "(private repository #5), private repository #6!"),
        ("https://github.com/acme/takeover/pull/3: open", "private repository #5: open"),
        ("git@github.com:acme/takeover.git", "git@github.com:private repository #5"),
        ("GET /repos/acme/takeover/git/ref/x", "GET /repos/private repository #5/git/ref/x"),
        ("acme%2Ftakeover", "private repository #5"),
        ("acme/takeover-2 acme/take xacme/takeover", "acme/takeover-2 acme/take xacme/takeover"),
        ("acme/takeoveracme/takeover", "acme/takeoveracme/takeover"),
        ("", ""),
    ],
)
def test_a_concealed_repository_is_shown_as_its_label(text: str, shown: str) -> None:
    secrets = knowing("hush-hush")
    secrets.conceal(LABELS)
    assert secrets.redact(text) == shown
    assert secrets.redact("hush-hush acme/takeover") == "*** private repository #5"
    assert not secrets.found_in("acme/takeover"), "a label is no mask: an output with a name is written"


def test_without_labels_every_name_stays() -> None:
    assert knowing("x" * 9).redact("https://github.com/acme/takeover") == "https://github.com/acme/takeover"
