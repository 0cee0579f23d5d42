"""The Accept header decides the representation; HEAD has none; a gap of the sandbox is named."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from github_sandbox_bench import Bench

R = "/repos/acme/api"


def accepting(bench: Bench, path: str, kind: str, **arguments: Any) -> Any:
    return bench.send("GET", path, headers={"Accept": kind}, **arguments)


@pytest.mark.parametrize("kind", [
    "application/vnd.github.raw", "application/vnd.github.v3.raw", "application/vnd.github.raw+json",
    "application/vnd.github.x-preview.raw+json; q=1, application/json",
])  # fmt: skip
def test_the_raw_content_of_a_file(bench: Bench, kind: str) -> None:
    answer = accepting(bench, f"{R}/contents/logo.bin", kind)
    assert answer.content == b"\0\1\2"
    assert answer.headers["Content-Type"] == kind.partition(";")[0] + "; charset=utf-8"
    assert answer.headers["X-GitHub-Media-Type"] == "github.v3; param=raw"
    blob = bench.get(f"{R}/contents/README.md").json()["sha"]
    assert accepting(bench, f"{R}/git/blobs/{blob}", kind).text == "hello\n"
    assert accepting(bench, f"{R}/contents/link", kind).text == "hello\n"
    assert [entry["name"] for entry in accepting(bench, f"{R}/contents/a", kind).json()] == ["b"]


@pytest.mark.parametrize("kind", [
    "application/vnd.github+json", "application/json", "*/*", "application/vnd.github.v3+json",
    "application/vnd.github.mercy-preview+json",
])  # fmt: skip
def test_what_names_no_parameter_is_json(bench: Bench, kind: str) -> None:
    answer = accepting(bench, f"{R}/contents/README.md", kind)
    assert answer.json()["encoding"] == "base64"
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


def test_a_folder_as_an_object(bench: Bench) -> None:
    folder = accepting(bench, f"{R}/contents/a", "application/vnd.github.object+json").json()
    assert (folder["type"], folder["path"]) == ("dir", "a")
    assert [(entry["path"], entry["type"]) for entry in folder["entries"]] == [("a/b", "dir")]
    whole = accepting(bench, f"{R}/contents", "application/vnd.github.object").json()
    assert [entry["name"] for entry in whole["entries"]] == ["README.md", "a", "bin", "link", "logo.bin"]
    assert accepting(bench, f"{R}/contents/README.md", "application/vnd.github.object").json()["content"]


def test_the_diff_and_the_patch_of_a_pull_request_apply(bench: Bench, tmp_path: Path) -> None:
    view = bench.repository()
    view.commit_files("feature", {"second.txt": b"2\n"}, message="Add the second")
    view.commit_files("main", {"unrelated": b"x"})
    number = view.open_pull("feature").number
    for path in (f"{R}/pulls/{number}", f"{R}/compare/main...feature"):
        diff = accepting(bench, path, "application/vnd.github.diff")
        patch = accepting(bench, path, "application/vnd.github.v3.patch")
        assert diff.headers["Content-Type"] == "application/vnd.github.diff; charset=utf-8"
        assert diff.text.count("diff --git ") == 2
        assert "unrelated" not in diff.text
        assert patch.text.count("\nSubject: [PATCH") == 2
        assert "Add the second" in patch.text
        for text, folder in ((diff.text, "diff"), (patch.text, "patch")):
            place = tmp_path / path.replace("/", "-") / folder
            place.mkdir(parents=True)
            subprocess.run(["git", "apply"], cwd=place, input=text.encode(), check=True, timeout=20)
            assert (place / "second.txt").read_text() == "2\n"
            assert (place / "new.txt").read_text() == "new\n"


def test_the_diff_the_patch_and_the_id_of_a_commit(bench: Bench) -> None:
    view = bench.repository()
    tip = view.tip("feature")
    assert accepting(bench, f"{R}/commits/feature", "application/vnd.github.sha").text == tip
    assert "+new" in accepting(bench, f"{R}/commits/{tip}", "application/vnd.github.diff").text
    assert accepting(bench, f"{R}/commits/{tip}", "application/vnd.github.patch").text.startswith(f"From {tip} ")
    root = accepting(bench, f"{R}/commits/main", "application/vnd.github.diff").text
    assert root.count("diff --git ") == len(view.files("main"))
    assert accepting(bench, f"{R}/commits/none", "application/vnd.github.sha").status_code == 422


def test_head_is_get_without_a_body(bench: Bench) -> None:
    for path, status in ((R, 200), (f"{R}/pulls?state=all", 200), (f"{R}/git/ref/heads/none", 404)):
        got, answer = bench.get(path), bench.send("HEAD", path)
        assert (answer.status_code, answer.content) == (status, b"")
        for name in ("Content-Type", "Content-Length", "ETag"):
            assert answer.headers.get(name) == got.headers.get(name)
    assert bench.sandbox.violations == []


def test_what_the_sandbox_does_not_serve_is_named(bench: Bench) -> None:
    for method, path, kind, named in (
        ("GET", f"{R}/stargazers", "*/*", f"GET {R}/stargazers"),
        ("PUT", f"{R}/topics", "*/*", f"PUT {R}/topics"),
        ("GET", f"{R}/contents/README.md", "application/vnd.github.html",
         "the media type application/vnd.github.html of GET /repos/{owner}/{repo}/contents/{path}"),
        ("GET", f"{R}/pulls", "application/vnd.github.full+json",
         "the media type application/vnd.github.full+json of GET /repos/{owner}/{repo}/pulls"),
    ):  # fmt: skip
        answer = bench.send(method, path, headers={"Accept": kind})
        assert (answer.status_code, answer.json()["message"]) == (501, f"The sandbox does not serve {named}.")
        assert bench.sandbox.violations.pop() == f"not served: {named}"
        assert bench.sandbox.requests[-1].status == 501
    assert bench.get(f"{R}/git/ref/heads/none").status_code == 404
    assert bench.sandbox.violations == []
