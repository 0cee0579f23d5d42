"""Real git clones in part, deepens, fetches refs of pull requests, and pushes from what it has."""

from __future__ import annotations

from pathlib import Path

import pytest
from github_sandbox_bench import Bench
from test_git_http import commit, git, url


@pytest.fixture
def shallow(bench: Bench, tmp_path: Path) -> Path:
    """Clone the last of three commits."""
    for name in ("second", "third"):
        bench.repository().commit_files("main", {name: name})
    assert git("clone", "-q", "--depth", "1", url(bench, "acme/api"), "work", cwd=tmp_path).returncode == 0
    return tmp_path / "work"


def out(*arguments: str, cwd: Path) -> str:
    done = git(*arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_shallow_clone_pushes(bench: Bench, shallow: Path) -> None:
    tip = bench.repository().tip()
    oid = commit(shallow, "fourth")
    out("push", "-q", "origin", "HEAD:refs/heads/topic", cwd=shallow)
    assert bench.repository().refs()["refs/heads/topic"] == oid
    assert bench.repository().commit("topic").parents == (tip,)
    assert {"second", "third", "fourth"} <= bench.repository().files("topic").keys()


def test_a_shallow_clone_deepens(shallow: Path) -> None:
    counts = [out("rev-list", "--count", "HEAD", cwd=shallow)]
    out("fetch", "-q", "--deepen", "1", cwd=shallow)
    counts.append(out("rev-list", "--count", "HEAD", cwd=shallow))
    out("fetch", "-q", "--unshallow", cwd=shallow)
    assert counts == ["1", "2"]
    assert out("rev-parse", "--is-shallow-repository", cwd=shallow) == "false"
    out("fsck", "--strict", cwd=shallow)


def test_a_push_whose_history_the_repository_does_not_have_is_refused(bench: Bench, shallow: Path) -> None:
    done = git("push", "-q", url(bench, "acme/empty"), "HEAD:refs/heads/main", cwd=shallow)
    assert done.returncode != 0
    assert "shallow update not allowed" in done.stderr
    assert bench.repository("acme/empty").refs() == {}


def test_a_filtered_clone_fetches_blobs_when_it_reads_them(bench: Bench, tmp_path: Path) -> None:
    bench.repository().commit_files("main", {"big.txt": "x" * 4000})
    address = url(bench, "acme/api")
    out("clone", "-q", "--no-checkout", "--filter=blob:none", address, "work", cwd=tmp_path)
    work = tmp_path / "work"
    missing = out("rev-list", "--objects", "--all", "--missing=print", cwd=work).count("\n?")
    assert missing > 0
    assert out("cat-file", "-p", "HEAD:big.txt", cwd=work) == "x" * 4000
    assert out("rev-list", "--objects", "--all", "--missing=print", cwd=work).count("\n?") == missing - 1
    out("checkout", "-q", "main", cwd=work)
    oid = commit(work, "added")
    out("push", "-q", "origin", "main", cwd=work)
    assert bench.repository().tip() == oid


def test_a_filter_also_holds_for_a_fetch(bench: Bench, tmp_path: Path) -> None:
    out("init", "-q", "work", cwd=tmp_path)
    work = tmp_path / "work"
    out("fetch", "-q", "--filter=tree:0", "--depth", "1", url(bench, "acme/api"), "main", cwd=work)
    objects = out("cat-file", "--batch-all-objects", "--batch-check=%(objecttype)", cwd=work).splitlines()
    assert objects == ["commit"]


def test_a_commit_is_fetched_by_its_id(bench: Bench, tmp_path: Path) -> None:
    gone = bench.repository().commit_files("topic", {"gone": b"x"})
    bench.repository().delete_branch("topic")
    out("init", "-q", "work", cwd=tmp_path)
    out("fetch", "-q", "--depth", "1", url(bench, "acme/api"), gone, cwd=tmp_path / "work")
    assert out("rev-parse", "FETCH_HEAD", cwd=tmp_path / "work") == gone


def test_the_head_and_the_test_merge_of_a_pull_request_are_fetched(bench: Bench, tmp_path: Path) -> None:
    pull = bench.repository().open_pull("feature")
    out("init", "-q", "work", cwd=tmp_path)
    work, address = tmp_path / "work", url(bench, "acme/api")
    ids = []
    for name in ("head", "merge"):
        out("fetch", "-q", address, f"refs/pull/{pull.number}/{name}", cwd=work)
        ids.append(out("rev-parse", "FETCH_HEAD", cwd=work))
    assert ids[0] == pull.head_oid
    assert out("rev-parse", f"{ids[1]}^1", f"{ids[1]}^2", cwd=work).split() == [bench.repository().tip(), ids[0]]
    listed = out("ls-remote", address, "refs/pull/*", cwd=work)
    bench.repository().close_pull(pull.number)
    assert out("ls-remote", address, "refs/pull/*", cwd=work) == listed.splitlines()[0]
    assert [r["ref"] for r in bench.get("/repos/acme/api/git/matching-refs/pull/").json()] == ["refs/pull/1/head"]
    assert bench.get("/repos/acme/api/git/ref/pull/1/head").json()["object"]["sha"] == ids[0]
    assert bench.get("/repos/acme/api/git/ref/pull/2/head").status_code == 404


def test_each_protocol_is_spoken(bench: Bench, tmp_path: Path) -> None:
    for asked, begins in (("2", "< version 2"), ("1", "< version 1"), ("0", f"< {bench.repository().tip()} HEAD")):
        trace = tmp_path / asked
        address = url(bench, "acme/api")
        done = git("-c", f"protocol.version={asked}", "ls-remote", address, cwd=tmp_path, GIT_TRACE_PACKET=str(trace))
        assert done.stdout.splitlines()[0] == f"{bench.repository().tip()}\tHEAD"
        assert begins in trace.read_text("utf-8")


def test_a_push_that_github_refuses_changes_nothing(bench: Bench, shallow: Path) -> None:
    pull = bench.repository().open_pull("feature")
    before = bench.repository().refs()
    commit(shallow, "x")
    for what, words in (
        (":refs/heads/main", "refusing to delete the current branch: refs/heads/main"),
        ("HEAD:refs/pull/1/head", "deny updating a hidden ref"),
        ("HEAD:refs/pull/9/merge", "deny updating a hidden ref"),
        (":refs/pull/1/head", "deny updating a hidden ref"),
    ):
        done = git("push", "-q", "--force", "origin", what, cwd=shallow)
        assert done.returncode != 0
        assert f"({words})" in done.stderr
        assert bench.repository().refs() == before
    assert bench.repository().pull(1).head_oid == pull.head_oid


def test_the_default_branch_and_refs_of_pull_requests_are_kept_over_the_api(bench: Bench) -> None:
    pull = bench.repository().open_pull("feature")
    before = bench.repository().refs()
    tip = before["refs/heads/main"]
    assert bench.send("DELETE", "/repos/acme/api/git/refs/heads/main").status_code == 422
    assert bench.post("/repos/acme/api/git/refs", {"ref": "refs/pull/9/head", "sha": tip}).status_code == 422
    assert bench.send("DELETE", f"/repos/acme/api/git/refs/pull/{pull.number}/head").status_code == 422
    for name in ("refs/heads/main", f"refs/pull/{pull.number}/head"):
        update = {"name": name, "afterOid": "0" * 40, "force": True}
        body = bench.graphql(
            "mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }",
            input={"repositoryId": bench.get("/repos/acme/api").json()["node_id"], "refUpdates": [update]},
        )
        assert body["errors"][0]["type"] == "UNPROCESSABLE"
    assert bench.repository().refs() == before
