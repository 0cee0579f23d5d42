"""A copy of a sandbox is in the same state, and what happens to one of the two does not happen to the other."""

from __future__ import annotations

from github_sandbox import Sandbox
from github_sandbox.git_store import Identity

SEED = {
    "organizations": {"acme": {"members": ["bot"]}},
    "users": ["bot", "alice"],
    "tokens": {"tok": {"login": "bot", "kind": "pat"}},
    "repositories": [
        {"name": "acme/api", "files": {"README.md": "x\n", "src/a.py": "a\n"}},
        {"name": "bot/api", "fork": "acme/api"},
        {"name": "acme/untouched", "files": {"README.md": "y\n"}},
    ],
}


def staged() -> Sandbox:
    sandbox = Sandbox.from_seed(SEED)
    api = sandbox.repository("acme/api")
    api.commit_files("work", {"b.txt": b"b\n"})
    api.open_pull("work", author="alice", title="Mine", body="Words.")
    sandbox.ledger.spend("tok", "core", 7)
    return sandbox


def test_it_is_in_the_same_state() -> None:
    sandbox = staged()
    twin = sandbox.copied()
    assert twin.snapshot() == sandbox.snapshot()
    assert twin.repository("acme/api").refs() == sandbox.repository("acme/api").refs()
    assert twin.repository("acme/api").files("work") == sandbox.repository("acme/api").files("work")
    assert twin.ledger.budget("tok", "core").used == 7
    assert twin.tokens.keys() == sandbox.tokens.keys()
    assert twin.tokens["tok"].account is twin.world.account("bot")


def test_they_go_separate_ways() -> None:
    sandbox = staged()
    before = sandbox.snapshot()
    twin = sandbox.copied()
    api = twin.repository("acme/api")
    new = api.commit_files("work", {"c.txt": b"only there\n"})
    api.close_pull(1)
    twin.add_repository("acme/new", files={"a": "a\n"})
    twin.ledger.spend("tok", "core", 1)
    assert sandbox.snapshot() == before
    assert sandbox.ledger.budget("tok", "core").used == 7
    assert sandbox.world.repository("acme/new") is None
    (there,) = [each for each in twin.repositories() if each.name == "acme/api"]
    assert there.tip("work") == new
    original = sandbox.world.repository("acme/api")
    assert original is not None
    assert original.git.get(new) is None, "an object that was made in the copy is not in the original"


def test_a_fork_shares_the_objects_of_its_parent_in_the_copy_too() -> None:
    sandbox = staged()
    for each in ("bot/api", "acme/api"):
        assert sandbox.repository(each).tip("main")
    twin = sandbox.copied()
    parent, fork, original = (
        world.repository(name)
        for world, name in ((twin.world, "acme/api"), (twin.world, "bot/api"), (sandbox.world, "acme/api"))
    )
    assert parent and fork and original
    assert fork.parent is parent
    blob = fork.git.write_blob(b"new\n")
    assert parent.git.blob(blob) == b"new\n"
    assert original.git.blob(blob) is None


def test_a_repository_that_is_not_built_yet_is_built_in_each() -> None:
    sandbox = staged()
    twin = sandbox.copied()
    assert twin.repository("acme/untouched").files() == {"README.md": ("100644", b"y\n")}
    assert sandbox.world.repositories["acme/untouched"].built is None


def test_both_go_on_with_the_same_ids_and_with_different_locks() -> None:
    sandbox = staged()
    twin = sandbox.copied()
    assert twin.world.next_id() == sandbox.world.next_id()
    assert twin.world.lock is not sandbox.world.lock
    with twin.world.lock:
        assert sandbox.repository("acme/api").pulls()


def test_a_stored_object_is_out_of_reach_of_the_one_who_made_it() -> None:
    sandbox = staged()
    repository = sandbox.world.repository("acme/api")
    assert repository is not None
    git, who = repository.git, Identity(name="a", email="a@b", seconds=1)
    tree = git.write_tree({"a": (0o100644, git.write_blob(b"a"))})
    commit = git.write_commit(tree, [], "one", who, who)
    assert git.get(commit) is git.get(commit)
    assert [entry[0] for entry in git.entries(tree)] == ["a"]
