"""Content that may be proposed: no file of the runner, no document of ours, no secret."""

from __future__ import annotations

import pytest

from action_patterns.content.admission import Admitted, admit
from action_patterns.content.changes import FileChange
from action_patterns.content.temporary_files import temporary_name
from action_patterns.errors import InputError

TOKEN = "ghs_" + "a1B2c3D4" * 3
PLAN = b'{"schema_version": 1, "plan_id": "1-1-x", "roster": [], "packing": []}'


def change(path: str, content: bytes = b"x", **fields: object) -> FileChange:
    return FileChange(path=path, mode="100644", content=content, **fields)  # type: ignore[arg-type]


def problems(*changes: FileChange, **options: object) -> list[tuple[str, str | None, int | None]]:
    with pytest.raises(InputError) as refused:
        admit(changes, **options)  # type: ignore[arg-type]
    return [(problem.what, problem.file, problem.line) for problem in refused.value.problems]


def test_a_secret_is_named_by_file_line_and_kind_and_never_shown() -> None:
    ((what, file, line),) = problems(change("src/a.env", f"A=1\nB=2\nTOKEN={TOKEN}\n".encode()))
    assert (file, line) == ("src/a.env", 3)
    assert "a token of GitHub" in what
    assert TOKEN not in what


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (f"\0\1\2{TOKEN}\xff".encode("latin-1"), "a token of GitHub"),
        (TOKEN.encode("utf-16"), "a token of GitHub"),
        (TOKEN.encode("utf-16-be"), "a token of GitHub"),
        (b"github_pat_" + b"a1" * 20, "a token of GitHub"),
        (b"  extraheader = AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46Z2hzX2FiY2RlZmdo", "as git is configured with it"),
        (b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "a JSON Web Token"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----", "a private key"),
        (b"postgres://admin:s3cret@db.example", "a URL with a password"),
        (b"Authorization: Bearer 0123456789abcdef", "a bearer token"),
    ],
)
def test_every_shape_in_text_and_in_binary(content: bytes, kind: str) -> None:
    ((what, _, _),) = problems(change("a", content))
    assert kind in what


@pytest.mark.parametrize(
    "content",
    [
        b"https://x-access-token:${{ secrets.TOKEN }}@github.com",
        b"https://user:$PASSWORD@host",
        b"https://<user>:<password>@host",
        b"use bearer authentication",
        b"Authorization: Bearer $TOKEN",
        b"https://host:8080/a@b",
        b"ghp_short",
        b"",
    ],
)
def test_a_placeholder_is_no_secret(content: bytes) -> None:
    assert admit([change("a", content)]).changes


def test_content_that_is_meant_is_named() -> None:
    secret = change("tests/key.pem", TOKEN.encode())
    for bypass in ("tests/key.pem", "tests", "tests/"):
        assert admit([secret], bypass=[bypass]).changes == (secret,)
    for bypass in ("test", "tests/key", "key.pem", ""):
        assert problems(secret, bypass=[bypass])


def test_a_secret_that_is_committed_already_is_no_news() -> None:
    both = change("a", f"{TOKEN}\nmore\n".encode())
    assert admit([both], committed=lambda _: TOKEN.encode()).changes == (both,)
    other = TOKEN.replace("a1", "z9")
    ((_, _, line),) = problems(change("a", f"{TOKEN}\n{other}\n".encode()), committed=lambda _: TOKEN.encode())
    assert line == 2


@pytest.mark.parametrize(
    "path",
    [
        "git-credentials-1b2c.config",
        "deep/GIT-credentials-x",
        "_runner_file_commands/set_output_1",
        "temp/_runner_file_commands/add_path_1",
        "_github_workflow/event.json",
    ],
)
def test_a_file_of_the_runner_is_refused_wherever_it_lies(path: str) -> None:
    ((what, _, _),) = problems(change(path), bypass=[path])
    assert "is a file of the runner or of actions/checkout" in what


def test_a_document_of_ours_is_left_out_and_refused_where_it_is_named() -> None:
    plan, other = change("any/name.txt", PLAN), change("event.json", b'{"a": 1}')
    admitted = admit([plan, other])
    assert admitted == Admitted((other,), ("any/name.txt",))
    assert "any/name.txt" in (admitted.notice() or "")
    assert Admitted((other,)).notice() is None
    ((what, _, _),) = problems(plan, other, named=["any/name.txt", "event.json"])
    assert "any/name.txt is a plan of action-patterns" in what


def test_every_problem_is_named_at_once() -> None:
    assert len(problems(change("a", TOKEN.encode()), change("git-credentials-x"), change("b", TOKEN.encode()))) == 3


def test_what_is_deleted_or_a_submodule_has_no_content() -> None:
    gone = FileChange(path="git-credentials-x", mode=None)
    module = FileChange(path="module", mode="160000", gitlink="a" * 40)
    assert admit([gone, module]).changes == (gone, module)


def test_a_temporary_file_of_a_killed_process_is_left_out() -> None:
    left = change(f"d/{temporary_name(bytes(8))}", TOKEN.encode())
    assert admit([change("a"), left]) == Admitted((change("a"),))
