"""Any edits of a checkout, sent through the Git data API, end in the very tree that git itself would have committed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from action_patterns.runner.files import RunnerFiles
from action_patterns.worktree import GitCheckout
from github_sandbox.git_store import Identity
from support import sample
from support.stage import TARGET, Stage, desired_state, stage

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    **{f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}
SOMEBODY = Identity(name="a", email="a@example.org", seconds=0)

NAMES = ["a", "a.txt", "dir", "dir/a.txt", "dir/b", "dir/sub", "dir/sub/c", "two words", "q'uo\"te", "tab\tbed"]
NAMES += [
    "new\nline",
    "back\\slash",
    "*?[x]",
    ":(top)",
    "-n",
    "\u00e9",
    "e\u0301",
    "日本/\u00fc",
]  # one é in NFC, one in NFD
CONTENTS = st.sampled_from(
    [b"", b"one\n", b"one\r\ntwo\r\n", b"mixed\r\nends\n", b"\x89PNG\0\r\n", b"\xff\xfe", b"no end"]
)
ATTRIBUTES = st.sampled_from(
    [b"", b"* text=auto\n", b"*.txt text eol=crlf\n", b"*.txt text\ndir/* -text\n", b"* -text\n"]
)
KINDS = st.sampled_from(["file", "program", "link", "submodule"])
STATES = st.dictionaries(st.sampled_from(NAMES), st.tuples(KINDS, CONTENTS), max_size=8)
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "delete", "rename", "mode", "stage", "commit"]),
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        KINDS,
        CONTENTS,
    ),
    max_size=10,
)
COMMITS = [letter * 40 for letter in "abcdef"]


@dataclass
class Work:
    """A checkout as actions/checkout leaves it, and the edits a build makes in it."""

    root: Path
    oids: Iterator[int] = field(default_factory=count)

    def git(self, *arguments: str, data: bytes = b"", **variables: str) -> bytes:
        command = ["git", "-c", "core.safecrlf=false", *arguments]
        env = {**ENVIRONMENT, **variables}
        return subprocess.run(command, cwd=self.root, env=env, input=data, check=True, capture_output=True).stdout

    def tree(self) -> str:
        """What `git add -A && git commit` would commit."""
        self.git("add", "-A")
        return self.git("write-tree").decode().strip()

    def put(self, name: str, kind: str, content: bytes) -> None:
        place = self.root / name
        for parent in reversed(place.relative_to(self.root).parents[:-1]):
            if not (self.root / parent).is_dir():
                self.delete(str(parent))
        self.delete(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        if kind == "link":
            place.symlink_to(content.replace(b"\0", b"").decode("utf-8", "surrogateescape") or "nowhere")
        elif kind == "submodule":
            self.submodule(name)
        else:
            place.write_bytes(content)
            place.chmod(0o755 if kind == "program" else 0o644)

    def submodule(self, name: str) -> None:
        """A pointer to a commit nobody has here: a submodule that is not checked out is an empty directory."""
        (self.root / name).mkdir()
        oid = COMMITS[next(self.oids) % len(COMMITS)]
        line = f"160000 {oid}\t{name}\0".encode()
        self.git("update-index", "--add", "--replace", "-z", "--index-info", data=line)
        self.git("config", "--file", ".gitmodules", f"submodule.{oid[:1]}.path", name)

    def delete(self, name: str) -> None:
        place = self.root / name
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        elif os.path.lexists(place):
            place.unlink()

    def rename(self, name: str, to: str) -> None:
        inside = name == to or f"{name}/".startswith(f"{to}/") or f"{to}/".startswith(f"{name}/")
        if inside or not os.path.lexists(self.root / name):
            return
        self.put(to, "file", b"")  # makes room
        self.delete(to)
        (self.root / name).rename(self.root / to)

    def edit(self, kind: str, name: str, other: str, what: str, content: bytes) -> None:
        place = self.root / name
        match kind:
            case "put":
                self.put(name, what, content)
            case "delete":
                self.delete(name)
            case "rename":
                self.rename(name, other)
            case "mode" if place.is_file() and not place.is_symlink():
                place.chmod(place.stat().st_mode ^ 0o111)
            case "stage":
                self.git("add", "-A")
            case "commit":
                self.git("add", "-A")
                self.git("commit", "-q", "--allow-empty", "-m", "by an earlier step")


@contextmanager
def work(state: Mapping[str, tuple[str, bytes]], attributes: bytes = b"", autocrlf: str = "false") -> Iterator[Work]:
    with tempfile.TemporaryDirectory() as directory:
        place = Work(Path(directory, "work"))
        place.root.mkdir()
        place.git("init", "-q", "-b", "main")
        place.git("config", "core.autocrlf", autocrlf)
        (place.root / ".gitattributes").write_bytes(attributes)
        for name, (kind, content) in state.items():
            place.put(name, kind, content)
        place.git("add", "-A")
        place.git("commit", "-q", "-m", "first")
        place.git("update-ref", "refs/remotes/origin/main", "HEAD")
        yield place


def plant(scene: Stage, place: Work) -> str:
    """Give the target's main the tree of the checkout's HEAD. Returns the tree."""
    store = scene.sandbox.repository(TARGET)._repository.git
    files: dict[str, tuple[int, str]] = {}
    for line in place.git("ls-tree", "-r", "-z", "HEAD").split(b"\0")[:-1]:
        meta, _, path = line.partition(b"\t")
        mode, kind, oid = meta.decode().split()
        if kind == "blob":
            assert store.write_blob(place.git("cat-file", "blob", oid)) == oid
        files[path.decode()] = (int(mode, 8), oid)
    tree = store.write_tree(files)
    store.set_ref("refs/heads/main", store.write_commit(tree, [], "first", SOMEBODY, SOMEBODY))
    return tree


KEYS = count()


def ends_as(scene: Stage, changes: tuple[object, ...]) -> tuple[str, str]:
    """Upsert under a new key. Returns the outcome, and the tree of the bot branch or else of main."""
    asked_for = desired_state(changes=changes, key=f"key-{next(KEYS)}")  # type: ignore[arg-type]
    result = scene.upsert(asked_for)
    repository = scene.sandbox.repository(TARGET)
    if result.outcome == "created":
        assert scene.upsert(asked_for).outcome == "unchanged"
        return "created", repository.commit(asked_for.branch).tree
    return f"{result.outcome}: {result.reason}: {result.message}", repository.commit("main").tree


def prove_worktrees(examples: int) -> None:
    with stage() as scene:

        @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
        @given(STATES, ATTRIBUTES, st.sampled_from(["false", "input", "true"]), EDITS)
        def holds(
            state: dict[str, tuple[str, bytes]], attributes: bytes, autocrlf: str, edits: list[tuple[str, ...]]
        ) -> None:
            with work(state, attributes, autocrlf) as place:
                before = plant(scene, place)
                for edit in edits:
                    place.edit(*edit)  # type: ignore[arg-type]
                found = GitCheckout(str(place.root), str(place.root.parent / "temp"), ENVIRONMENT).changes(())
                wanted = place.tree()
                outcome, tree = ends_as(scene, found)
                assert tree == wanted, outcome
                assert (outcome == "created") == (wanted != before), outcome

        holds()


def prove_directories(examples: int) -> None:
    plain = st.dictionaries(
        st.sampled_from(NAMES), st.tuples(st.sampled_from(["file", "program", "link"]), CONTENTS), max_size=8
    )
    with stage() as scene:

        @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
        @given(STATES, plain)
        def holds(state: dict[str, tuple[str, bytes]], files: dict[str, tuple[str, bytes]]) -> None:
            with work(state) as place:
                plant(scene, place)
                laid = Work(place.root.parent / "out")
                laid.root.mkdir()
                for name, (kind, content) in files.items():
                    laid.put(name, kind, content)
                found = RunnerFiles(str(place.root.parent), str(place.root.parent)).directory("out")
                outcome, tree = ends_as(scene, found)
                kept = set(place.git("ls-files", "-z").decode().split("\0")[:-1])
                new = {change.path for change in found}
                clash = any(one.startswith(f"{two}/") or two.startswith(f"{one}/") for one in kept for two in new)
                assert ("path-clash" in outcome) == clash, outcome
                if not clash:
                    place.git(f"--work-tree={laid.root}", "add", "--force", "--ignore-removal", ".")
                    assert tree == place.git("write-tree").decode().strip(), outcome

        holds()


PROOFS = pytest.mark.parametrize("prove", [prove_worktrees, prove_directories])


@PROOFS
def test_any_edits_end_in_the_tree_git_would_commit(prove: Callable[[int], None], edition: str) -> None:
    prove(sample.examples(40 if edition == "full" else 8))  # Git itself makes them all, which takes the time.
