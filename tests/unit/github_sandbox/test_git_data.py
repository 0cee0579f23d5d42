"""Blobs, trees, commits and refs over REST are real git objects and obey GitHub's rules."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path

import pytest
from github import Auth, Github, InputGitTreeElement
from github_sandbox_bench import Bench
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.sample import examples

R = "/repos/acme/api"


def git(*arguments: str, cwd: Path, data: bytes | None = None) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(cwd), "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(
        ["git", *arguments], cwd=cwd, input=data, capture_output=True, check=False, env=environment, timeout=30
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


@pytest.mark.parametrize(("encoding", "content", "raw"), [
    ("utf-8", "grüße\n", "grüße\n".encode()), ("base64", "AAEC/w==", b"\x00\x01\x02\xff"),
])  # fmt: skip
def test_a_blob_has_the_id_git_gives_it(bench: Bench, tmp_path: Path, encoding: str, content: str, raw: bytes) -> None:
    oid = bench.post(f"{R}/git/blobs", {"content": content, "encoding": encoding}).json()["sha"]
    assert oid == git("hash-object", "--stdin", cwd=tmp_path, data=raw)
    assert base64.b64decode(bench.get(f"{R}/git/blobs/{oid}").json()["content"]) == raw


def test_a_tree_keeps_what_it_was_based_on_and_takes_every_mode(bench: Bench) -> None:
    tip = bench.repository().tip()
    blob = bench.post(f"{R}/git/blobs", {"content": "x"}).json()["sha"]
    tree = [
        {"path": "a/b/d.txt", "mode": "100644", "type": "blob", "content": "inline"},
        {"path": "run2", "mode": "100755", "type": "blob", "sha": blob},
        {"path": "l2", "mode": "120000", "type": "blob", "sha": blob},
        {"path": "sub", "mode": "160000", "type": "commit", "sha": "1" * 40},
        {"path": "README.md", "mode": "100644", "type": "blob", "sha": None},
    ]
    made = bench.post(f"{R}/git/trees", {"base_tree": tip, "tree": tree})
    assert made.status_code == 201
    listed = bench.get(f"{R}/git/trees/{made.json()['sha']}?recursive=1").json()["tree"]
    modes = {e["path"]: e["mode"] for e in listed if e["type"] != "tree"}
    assert modes == {"a/b/c.txt": "100644", "a/b/d.txt": "100644", "bin/run": "100755", "logo.bin": "100644",
                     "link": "120000", "run2": "100755", "l2": "120000", "sub": "160000"}  # fmt: skip


@pytest.mark.parametrize("entry", [
    {"path": "absent", "mode": "100644", "type": "blob", "sha": None},
    {"path": "x", "mode": "100644", "type": "blob", "sha": "1" * 40},
    {"path": "../x", "mode": "100644", "type": "blob", "content": "x"},
    {"path": ".git/config", "mode": "100644", "type": "blob", "content": "x"},
])  # fmt: skip
def test_a_bad_tree_entry_is_refused(bench: Bench, entry: dict[str, object]) -> None:
    assert bench.post(f"{R}/git/trees", {"base_tree": bench.repository().tip(), "tree": [entry]}).status_code == 422


_names = st.sampled_from(["a", "b", "a.b", "a-b", "ab", "ä", "z z"])
_files = st.dictionaries(
    st.lists(_names, min_size=1, max_size=3).map("/".join),
    st.tuples(st.sampled_from(["100644", "100755"]), st.text("xy\n", max_size=5)),
    min_size=1, max_size=8,
).filter(lambda files: not any(b.startswith(a + "/") for a in files for b in files))  # fmt: skip


@pytest.fixture(scope="module")
def tree_bench(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bench, Path]:
    from github_sandbox_bench import SEED

    from github_sandbox import Sandbox

    sandbox, folder = Sandbox.from_seed(SEED), tmp_path_factory.mktemp("git")
    git("init", "-q", cwd=folder)
    return Bench(sandbox, sandbox.serve(), {}), folder


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=_files)
def test_a_tree_has_the_id_git_gives_it(tree_bench: tuple[Bench, Path], files: dict[str, tuple[str, str]]) -> None:
    bench, folder = tree_bench
    entries = [{"path": p, "mode": m, "type": "blob", "content": c} for p, (m, c) in files.items()]
    ours = bench.post(f"{R}/git/trees", {"tree": entries}).json()["sha"]
    index = "".join(
        f"{m} {git('hash-object', '-w', '--stdin', cwd=folder, data=c.encode())}\t{p}\n" for p, (m, c) in files.items()
    )
    git("read-tree", "--empty", cwd=folder)
    git("update-index", "--add", "--index-info", cwd=folder, data=index.encode())
    assert ours == git("write-tree", cwd=folder)


@pytest.mark.parametrize(("token", "body", "verified"), [
    ("tok-app", {}, True),
    ("tok-app", {"author": {"name": "n", "email": "e@x"}}, False),
    ("tok-app", {"committer": {"name": "n", "email": "e@x"}}, False),
    ("tok-bot", {}, False),
])  # fmt: skip
def test_only_an_apps_own_commit_is_verified(bench: Bench, token: str, body: dict[str, object], verified: bool) -> None:
    tip = bench.repository().tip()
    tree = bench.repository().commit("main").tree
    made = bench.post(f"{R}/git/commits", {"message": "m", "tree": tree, "parents": [tip], **body}, token=token)
    assert made.json()["verification"]["verified"] is verified
    assert bench.get(f"{R}/git/commits/{made.json()['sha']}").json()["verification"]["verified"] is verified


def test_a_named_author_is_kept_and_leaves_the_commit_unsigned(bench: Bench) -> None:
    who = {"name": "n", "email": "e@x", "date": "2026-01-02T03:04:05Z"}
    body = {"message": "m", "tree": bench.repository().commit("main").tree, "parents": [], "author": who}
    made = bench.post(f"{R}/git/commits", body, token="tok-app").json()
    assert (made["author"], made["committer"]) == (who, who)
    assert (made["verification"]["verified"], made["verification"]["reason"]) == (False, "unsigned")
    both = bench.post(f"{R}/git/commits", body | {"committer": {"name": "c", "email": "c@x"}}, token="tok-app").json()
    assert (both["author"], both["committer"]["name"]) == (who, "c")
    alone = {key: value for key, value in body.items() if key != "author"}
    own = bench.post(f"{R}/git/commits", alone, token="tok-app").json()
    assert (own["author"]["name"], own["committer"]["name"]) == ("acme-app", "GitHub")
    assert (own["verification"]["verified"], own["verification"]["reason"]) == (True, "valid")


def test_refs_are_created_once_and_move_forward_only(bench: Bench) -> None:
    repository = bench.repository()
    main, feature, conflict = (repository.tip(b) for b in ("main", "feature", "conflict"))
    assert bench.post(f"{R}/git/refs", {"ref": "refs/heads/x/y", "sha": main}).status_code == 201
    again = bench.post(f"{R}/git/refs", {"ref": "refs/heads/x/y", "sha": main})
    assert (again.status_code, again.json()["message"]) == (422, "Reference already exists")
    assert bench.post(f"{R}/git/refs", {"ref": "refs/heads/z", "sha": "1" * 40}).status_code == 422
    assert bench.patch(f"{R}/git/refs/heads/x/y", {"sha": feature, "force": False}).status_code == 200
    refused = bench.patch(f"{R}/git/refs/heads/x/y", {"sha": conflict, "force": False})
    assert (refused.status_code, refused.json()["message"]) == (422, "Update is not a fast forward")
    assert repository.tip("x/y") == feature
    assert bench.patch(f"{R}/git/refs/heads/x/y", {"sha": conflict, "force": True}).status_code == 200
    assert bench.send("DELETE", f"{R}/git/refs/heads/x/y").status_code == 204
    assert bench.get(f"{R}/git/ref/heads/x/y").status_code == 404
    assert bench.send("DELETE", f"{R}/git/refs/heads/x/y").status_code == 422


@pytest.mark.parametrize("name", ["feature/below", "x", "x/y/z"])
def test_a_branch_cannot_be_a_folder_of_another(bench: Bench, name: str) -> None:
    tip = bench.repository().tip() or ""
    bench.repository().set_branch("x/y", tip)
    refused = bench.post(f"{R}/git/refs", {"ref": f"refs/heads/{name}", "sha": tip})
    assert (refused.status_code, refused.json()["message"]) == (422, "Reference update failed")
    renamed = bench.post(f"{R}/branches/conflict/rename", {"new_name": name})
    assert (renamed.status_code, renamed.json()["message"]) == (422, "Reference update failed")
    assert bench.repository().tip(name) is None


def test_an_empty_repository_says_409(bench: Bench) -> None:
    for path in ("git/ref/heads/main", "git/trees/main", "git/matching-refs/heads/"):
        answer = bench.get(f"/repos/acme/empty/{path}")
        assert (answer.status_code, answer.json()["message"]) == (409, "Git Repository is empty.")
    assert bench.post("/repos/acme/empty/git/blobs", {"content": "x"}).status_code == 409


def test_contents_compare_and_branches(bench: Bench) -> None:
    file = bench.get(f"{R}/contents/README.md").json()
    assert base64.b64decode(file["content"]) == b"hello\n"
    assert {e["name"]: e["type"] for e in bench.get(f"{R}/contents").json()}["a"] == "dir"
    assert bench.get(f"{R}/contents/bin").json()[0]["path"] == "bin/run"
    assert bench.get(f"{R}/contents/new.txt").status_code == 404
    assert bench.get(f"{R}/contents/new.txt?ref=feature").status_code == 200
    compared = bench.get(f"{R}/compare/feature...conflict").json()
    assert (compared["status"], compared["ahead_by"], compared["behind_by"]) == ("diverged", 1, 1)
    assert [f["filename"] for f in compared["files"]] == ["README.md"]
    assert [b["name"] for b in bench.get(f"{R}/branches").json()] == ["conflict", "feature", "main"]


def test_pygithub_writes_a_branch(bench: Bench) -> None:
    client = Github(
        auth=Auth.Token("tok-bot"),
        base_url=bench.server.api_url,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )
    repo = client.get_repo("acme/api")
    base = repo.get_git_commit(bench.repository().tip() or "")
    tree = repo.create_git_tree([InputGitTreeElement("new", "100644", "blob", content="n")], base.tree)
    commit = repo.create_git_commit("m", tree, [base])
    repo.create_git_ref("refs/heads/py", commit.sha)
    assert bench.repository().files("py")["new"] == ("100644", b"n")
    client.close()


def test_a_commit_has_the_id_git_gives_it(bench: Bench, tmp_path: Path) -> None:
    tree = bench.repository().commit("main").tree
    who = {"name": "Bot", "email": "bot@example.com", "date": "2026-01-02T03:04:05Z"}
    body = {"message": "Ünï", "tree": tree, "parents": [], "author": who, "committer": who}
    line = "Bot <bot@example.com> 1767323045 +0000"
    raw = f"tree {tree}\nauthor {line}\ncommitter {line}\n\nÜnï".encode()
    expected = git("hash-object", "-t", "commit", "--stdin", cwd=tmp_path, data=raw)
    assert bench.post(f"{R}/git/commits", body).json()["sha"] == expected
