"""Real git repositories, real edits."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from action_patterns.content import sizes
from action_patterns.content.blob import blob_oid
from action_patterns.content.changes import FileChange, check
from action_patterns.errors import InputError
from action_patterns.worktree import GitCheckout
from action_patterns.worktree.git import Git
from support.sample import examples

pytestmark = pytest.mark.slow

GIT_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


def git(root: Path, *arguments: str, data: bytes = b"", **variables: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=root, env={**GIT_ENVIRONMENT, **variables}, input=data, check=True, capture_output=True
    ).stdout.decode("utf-8", "surrogateescape")


def repository(root: Path, files: dict[str, bytes] | None = None) -> Path:
    root.mkdir(exist_ok=True)
    git(root, "init", "-q", "-b", "main")
    for name, content in (files or {"kept.txt": b"kept\n", "docs/a.md": b"a\n"}).items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    git(root, "add", "-A", "-f")
    git(root, "commit", "-q", "-m", "first", "--allow-empty")
    return root


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repository(tmp_path_factory.mktemp("plain") / "work")


@pytest.fixture
def root(plain: Path, tmp_path: Path) -> Path:
    """Return a copy, which is there sooner than a repository that three runs of git make."""
    place = Path(shutil.copytree(plain, tmp_path / "work", symlinks=True))
    git(place, "update-index", "--refresh")
    return place


def checkout(root: Path) -> GitCheckout:
    return GitCheckout(str(root), str(root.parent / "temp"), GIT_ENVIRONMENT)


def changes(root: Path, *paths: str) -> dict[str, FileChange]:
    return {change.path: change for change in checkout(root).changes(paths)}


def refusal(root: Path, *paths: str) -> str:
    with pytest.raises(InputError) as caught:
        checkout(root).changes(paths)
    return f"{caught.value.message}\n{caught.value.remediation}"


def test_a_clean_checkout_has_no_changes(root: Path) -> None:
    assert changes(root) == {}


def test_head_is_the_commit_that_is_checked_out(root: Path) -> None:
    assert checkout(root).head_oid() == git(root, "rev-parse", "HEAD").strip()


def test_modified_added_and_deleted_files_with_what_they_replace(root: Path) -> None:
    (root / "kept.txt").write_bytes(b"changed\n")
    (root / "docs/a.md").unlink()
    (root / "new").mkdir()
    (root / "new/one").write_bytes(b"1")
    (root / "new/two").write_bytes(b"2")
    assert changes(root) == {
        "kept.txt": FileChange(path="kept.txt", mode="100644", content=b"changed\n", base_oid=blob_oid(b"kept\n")),
        "docs/a.md": FileChange(path="docs/a.md", mode=None, base_oid=blob_oid(b"a\n")),
        "new/one": FileChange(path="new/one", mode="100644", content=b"1", base_oid=None),
        "new/two": FileChange(path="new/two", mode="100644", content=b"2", base_oid=None),
    }


def test_a_rename_is_a_deletion_and_an_addition(root: Path) -> None:
    git(root, "mv", "kept.txt", "moved.txt")
    assert {path: change.mode for path, change in changes(root).items()} == {"kept.txt": None, "moved.txt": "100644"}


def test_staged_and_unstaged_edits_count_alike_and_the_worktree_wins(root: Path) -> None:
    (root / "kept.txt").write_bytes(b"staged\n")
    git(root, "add", "kept.txt")
    (root / "kept.txt").write_bytes(b"later\n")
    (root / "gone.txt").write_bytes(b"x")
    git(root, "add", "gone.txt")
    (root / "gone.txt").unlink()
    assert {path: change.content for path, change in changes(root).items()} == {"kept.txt": b"later\n"}


def test_a_staged_edit_that_was_undone_is_no_change(root: Path) -> None:
    (root / "kept.txt").write_bytes(b"staged\n")
    git(root, "add", "kept.txt")
    (root / "kept.txt").write_bytes(b"kept\n")
    assert changes(root) == {}


def test_an_edit_of_the_same_size_in_the_same_instant_is_seen(root: Path) -> None:
    # "Racy git": git trusts size and time unless the time is the index's own, which a careless copy would change.
    git(root, "config", "core.trustctime", "false")
    instant = 1_700_000_000_000_000_000
    os.utime(root / "kept.txt", ns=(instant, instant))
    git(root, "update-index", "--refresh")
    (root / "kept.txt").write_bytes(b"KEPT\n")
    os.utime(root / "kept.txt", ns=(instant, instant))
    os.utime(root / ".git/index", ns=(instant, instant))
    assert set(changes(root)) == {"kept.txt"}


def test_the_executable_bit_is_a_change(root: Path) -> None:
    (root / "kept.txt").chmod(0o755)
    assert changes(root)["kept.txt"].mode == "100755"


def test_a_symbolic_link_is_its_target_and_is_not_followed(root: Path) -> None:
    (root / "kept.txt").unlink()
    (root / "kept.txt").symlink_to("/etc/passwd")
    change = changes(root)["kept.txt"]
    assert (change.mode, change.content) == ("120000", b"/etc/passwd")


def test_a_file_that_became_a_directory_and_a_directory_that_became_a_file(root: Path) -> None:
    (root / "kept.txt").unlink()
    (root / "kept.txt").mkdir()
    (root / "kept.txt/inside").write_bytes(b"i")
    (root / "docs/a.md").unlink()
    (root / "docs").rmdir()
    (root / "docs").write_bytes(b"d")
    assert {path: change.mode for path, change in changes(root).items()} == {
        "kept.txt": None,
        "kept.txt/inside": "100644",
        "docs": "100644",
        "docs/a.md": None,
    }


@pytest.mark.parametrize("target", ["nowhere", "twin", "."])
@pytest.mark.parametrize("paths", [(), ("docs",), ("docs/a.md",), ("docs/**",)])
@pytest.mark.parametrize("staged", [False, True])
def test_a_directory_that_became_a_symbolic_link(
    root: Path, target: str, paths: tuple[str, ...], *, staged: bool
) -> None:
    (root / "docs").rename(root / "twin")
    (root / "docs").symlink_to(target)
    if staged:
        git(root, "add", "--all")
    found = {path: change.mode for path, change in changes(root, *paths).items()}
    assert found.pop("docs/a.md") is None
    if paths in {(), ("docs",)}:
        assert found.pop("docs") == "120000"
    assert set(found) == ({"twin/a.md"} if not paths else set())


@pytest.mark.parametrize(
    "name",
    [
        "with space",
        'quo"te',
        "new\nline",
        "tab\tbed",
        "grüße/日本",
        "-n",
        ":(glob)x",
        "back\\slash",
        "a*b",
        "trailing ",
    ],
)
def test_odd_names_arrive_exactly(root: Path, name: str) -> None:
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_bytes(b"x")
    assert set(changes(root)) == {name}
    # git reads more than a path where it begins with a colon; a dot before it says that it is none.
    assert set(changes(root, f"./{name}" if name.startswith(":") else name)) == {name}


def test_a_name_that_is_no_utf8_survives(root: Path) -> None:
    Path(os.fsdecode(os.fsencode(root) + b"/\xff\xfe")).write_bytes(b"x")
    (change,) = checkout(root).changes(())
    assert os.fsencode(change.path) == b"\xff\xfe"


def test_content_is_what_git_would_commit_not_what_is_on_disk(tmp_path: Path) -> None:
    root = repository(
        tmp_path / "work",
        {".gitattributes": b"*.txt text\n*.big filter=upper\n", "a.txt": b"one\n", "same.txt": b"x\n"},
    )
    git(root, "config", "filter.upper.clean", "tr a-z A-Z")
    (root / "a.txt").write_bytes(b"one\r\ntwo\r\n")
    (root / "same.txt").write_bytes(b"x\r\n")
    (root / "b.big").write_bytes(b"big")
    assert {path: change.content for path, change in changes(root).items()} == {
        "a.txt": b"one\ntwo\n",
        "b.big": b"BIG",
    }


def test_a_submodule_is_its_commit(root: Path, tmp_path: Path) -> None:
    inner = repository(tmp_path / "inner")
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "lib")
    git(root, "commit", "-qm", "submodule")
    assert changes(root) == {}
    before = git(root / "lib", "rev-parse", "HEAD").strip()
    git(root / "lib", "commit", "-qm", "next", "--allow-empty")
    change = changes(root)["lib"]
    after = git(root / "lib", "rev-parse", "HEAD").strip()
    assert change == FileChange(path="lib", mode="160000", gitlink=after, base_oid=before)


def test_a_pointer_that_was_committed_without_gitmodules_may_move(root: Path) -> None:
    inner = repository(root / "lib")
    git(root, "add", "lib")
    git(root, "commit", "-qm", "pointer")
    git(inner, "commit", "-qm", "next", "--allow-empty")
    assert set(changes(root)) == {"lib"}


def test_a_new_submodule_is_taken(root: Path, tmp_path: Path) -> None:
    inner = repository(tmp_path / "inner")
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "lib")
    assert {path: change.mode for path, change in changes(root).items()} == {".gitmodules": "100644", "lib": "160000"}


@pytest.mark.parametrize("staged", [False, True])
def test_a_stray_repository_inside_is_refused(root: Path, staged: bool) -> None:
    repository(root / "other")
    if staged:
        git(root, "add", "other")
    assert "no submodules: 'other'" in refusal(root)
    assert changes(root, "docs") == {}


def test_an_empty_stray_repository_is_refused_too(root: Path) -> None:
    (root / "other").mkdir()
    git(root / "other", "init", "-q")
    assert "no submodules: 'other'" in refusal(root)


def test_paths_limit_what_is_seen(root: Path) -> None:
    for name in ("docs/b.md", "docs/deep/c.md", "docs/d.txt", "e.md"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(b"new")
    assert set(changes(root, "docs")) == {"docs/b.md", "docs/deep/c.md", "docs/d.txt"}
    assert set(changes(root, "./docs/")) == {"docs/b.md", "docs/deep/c.md", "docs/d.txt"}
    assert set(changes(root, str(root / "docs"))) == {"docs/b.md", "docs/deep/c.md", "docs/d.txt"}
    assert set(changes(root, "docs/*.md")) == {"docs/b.md", "docs/deep/c.md"}
    assert set(changes(root, ":(glob)docs/*.md")) == {"docs/b.md"}
    assert set(changes(root, ":(glob)*.md", "docs/d.txt")) == {"e.md", "docs/d.txt"}
    assert set(changes(root, "docs", ".")) == {"docs/b.md", "docs/deep/c.md", "docs/d.txt", "e.md"}


def test_a_file_whose_name_looks_like_a_pattern_is_among_what_it_matches(root: Path) -> None:
    (root / "[slug]").write_bytes(b"x")
    (root / "s").write_bytes(b"x")
    assert set(changes(root, "[slug]")) == {"[slug]", "s"}
    assert set(changes(root, ":(literal)[slug]")) == {"[slug]"}
    assert set(changes(root, "[s]")) == {"s"}


@pytest.mark.parametrize(
    "paths",
    [
        (".", ":!*.lock"),
        (".", ":^docs"),
        (".", ":/!docs/deep"),
        (".", ":(exclude)docs", ":(exclude,icase)README.MD"),
        (":!docs",),
        (":(exclude,glob)**/*.md",),
        ("docs", ":!docs/deep"),
        (":(glob)**/*.md",),
        (":(glob)*.md",),
        (":(top)docs",),
        (":/docs",),
        (":/",),
        (":(icase)DOCS/**",),
        (":(literal)docs/*.md", "x.lock"),
        ("*.md",),
        ("docs/d?ep/*",),
        ("*",),
        ("do[c]s/*",),
        ("docs/deep/../../docs",),
    ],
)
def test_paths_mean_what_they_mean_to_git(root: Path, paths: tuple[str, ...]) -> None:
    for name in ("docs/a.md", "docs/deep/c.md", "docs/*.md", "readme.md", "kept.txt", "x.lock", "src/x.bin"):
        (root / name).parent.mkdir(exist_ok=True, parents=True)
        (root / name).write_bytes(b"other")
    (root / ".gitattributes").write_text("*.bin binary\n")
    listed = set(git(root, "ls-files", "--cached", "--others", "-z", "--", *paths).split("\0")) - {""}
    assert listed
    if any(".." in path for path in paths):
        assert "'..'" in refusal(root, *paths)
    else:
        assert set(changes(root, *paths)) == listed


@pytest.mark.parametrize(
    ("paths", "warned"),
    [
        (("docs", "dcos/*"), ["The pattern 'dcos/*' in `paths` matches no file, and has no effect."]),
        (("docs", ":!dosc"), ["The exclusion ':!dosc' in `paths` takes no file away, and has no effect."]),
        (("docs", ":!kept.txt"), ["The exclusion ':!kept.txt' in `paths` takes no file away, and has no effect."]),
        (("docs", ":!docs/b.md"), []),
        ((":!docs",), []),
        ((":(exclude)dosc",), ["The exclusion ':(exclude)dosc' in `paths` takes no file away, and has no effect."]),
        (("*.md",), []),
    ],
)
def test_a_pattern_without_effect_is_warned_of(root: Path, paths: tuple[str, ...], warned: list[str]) -> None:
    (root / "docs/b.md").write_bytes(b"b")
    messages: list[str] = []
    there = GitCheckout(str(root), str(root.parent / "temp"), GIT_ENVIRONMENT, warn=messages.append)
    there.changes(paths)
    assert messages == warned


def test_magic_that_git_does_not_know_is_refused_with_git_s_words(root: Path) -> None:
    assert "Invalid pathspec magic 'nonsense' in ':(nonsense)x'" in refusal(root, ":(nonsense)x")


def test_an_exclusion_limits_deletions_and_what_was_staged(root: Path) -> None:
    git(root, "rm", "-q", "kept.txt")
    (root / "docs/a.md").unlink()
    (root / "new").write_bytes(b"x")
    git(root, "add", "new")
    assert set(changes(root, ":!docs")) == {"kept.txt", "new"}
    assert set(changes(root, ":!kept.txt", ":!new")) == {"docs/a.md"}


def test_a_path_that_was_deleted_is_seen_staged_or_not(root: Path) -> None:
    git(root, "rm", "-q", "kept.txt")
    (root / "docs/a.md").unlink()
    assert {path: change.mode for path, change in changes(root, "kept.txt", "docs").items()} == {
        "kept.txt": None,
        "docs/a.md": None,
    }


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", ".git/config", "a\0b"])
def test_a_path_outside_is_refused(root: Path, path: str) -> None:
    assert repr(path) in refusal(root, path)


def test_a_path_that_names_nothing_is_refused_but_a_pattern_may(root: Path) -> None:
    assert "names nothing" in refusal(root, "dcos")
    assert changes(root, "dcos/*") == {}


@pytest.mark.parametrize("path", ["dist", "dist/out.js", "dist/*", "**/out.js"])
def test_a_path_that_git_ignores_is_refused(root: Path, path: str) -> None:
    (root / ".git/info/exclude").write_text("dist\n")
    (root / "dist").mkdir()
    (root / "dist/out.js").write_bytes(b"x")
    assert changes(root) == {}
    text = refusal(root, path)
    assert "git ignores: 'dist/out.js'" in text
    assert ".gitignore" in text


def test_a_directory_of_nothing_but_ignored_files_is_refused(root: Path) -> None:
    (root / "out").mkdir()
    (root / "out/.gitignore").write_text("*\n")
    (root / "out/x").write_bytes(b"x")
    assert "git ignores" in refusal(root, "out")


def test_ignored_files_beside_others_do_not_matter(root: Path) -> None:
    (root / ".git/info/exclude").write_text("*.log\n")
    (root / "docs/x.log").write_bytes(b"x")
    (root / "docs/b.md").write_bytes(b"b")
    assert set(changes(root, "docs")) == {"docs/b.md"}


def test_an_ignored_file_that_is_tracked_is_seen(tmp_path: Path) -> None:
    root = repository(tmp_path / "work", {".gitignore": b"dist\n", "dist/kept.js": b"1"})
    (root / "dist/kept.js").write_bytes(b"2")
    for path in ("dist", "dist/kept.js", "dist/*", "."):
        assert set(changes(root, path)) == {"dist/kept.js"}
    (root / "dist/new.js").write_bytes(b"x")
    assert "git ignores: 'dist/new.js'" in refusal(root, "dist")


@pytest.mark.parametrize("loops", [False, True], ids=["it can be read", "its directory leads to itself"])
def test_conflicts_are_refused(root: Path, loops: bool) -> None:
    (root / "both").mkdir()
    for branch in ("side", "main"):
        git(root, "checkout", "-q", *(("-b",) if branch == "side" else ()), branch)
        (root / "both").mkdir(exist_ok=True)
        (root / "both/text").write_text(f"{branch}\n")
        git(root, "add", "both")
        git(root, "commit", "-qm", branch)
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "merge", "side")
    if loops:
        shutil.rmtree(root / "both")
        (root / "both").symlink_to("both")
    assert "unresolved conflicts: 'both/text'" in refusal(root)


def test_a_sparse_checkout_does_not_look_like_deletions(root: Path) -> None:
    git(root, "sparse-checkout", "set", "--no-cone", "/kept.txt")
    assert not (root / "docs").exists()
    assert changes(root) == {}


def test_a_shallow_clone_and_a_linked_worktree_work(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "shallow")
    git(root, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    for name in ("shallow", "linked"):
        (tmp_path / name / "new").write_bytes(b"x")
        assert set(changes(tmp_path / name)) == {"new"}


def test_a_linked_worktree_of_a_repository_below_a_name_with_a_line_break_works(tmp_path: Path) -> None:
    (tmp_path / "a\nb").mkdir()
    root = repository(tmp_path / "a\nb" / "work")
    git(root, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    (tmp_path / "linked/new").write_bytes(b"x")
    assert set(changes(tmp_path / "linked")) == {"new"}


def test_not_a_repository_bare_empty_and_below_a_repository_are_explained(root: Path, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    assert "is not a git repository" in refusal(tmp_path / "none")
    git(tmp_path, "init", "-q", "--bare", "bare")
    assert "bare" in refusal(tmp_path / "bare")
    git(tmp_path, "init", "-q", "unborn")
    assert "no commit" in refusal(tmp_path / "unborn")
    assert "not its root" in refusal(root / "docs")
    assert "not a git repository" in refusal(tmp_path / "absent")


def test_a_repository_of_another_user_is_explained(root: Path) -> None:
    distrusting = GitCheckout(
        str(root), str(root.parent / "temp"), {**GIT_ENVIRONMENT, "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}
    )
    with pytest.raises(InputError) as caught:
        distrusting.changes(())
    assert "does not trust" in caught.value.message
    assert "safe.directory" in caught.value.remediation


def test_a_runner_without_git_is_explained(root: Path) -> None:
    with pytest.raises(InputError, match="no git on this runner"):
        GitCheckout(str(root), str(root.parent / "temp"), {"PATH": "/nonexistent"}).head_oid()


def test_a_git_that_does_not_know_an_option_is_called_too_old(root: Path, tmp_path: Path) -> None:
    old = tmp_path / "old/git"
    old.parent.mkdir()
    old.write_text(
        "#!/bin/sh\ncase $* in --version) echo git version 2.17.1; exit;; esac\n"
        "echo \"error: unknown option 'pathspec-from-file=-'\" >&2; exit 129\n"
    )
    old.chmod(0o755)
    with pytest.raises(InputError, match=r"git on this runner is too old \(2\.17\.1\)") as refused:
        GitCheckout(str(root), str(tmp_path), {"PATH": str(old.parent)}).head_oid()
    assert "Install git 2.25 or newer" in refused.value.problems[0].fix


def test_a_file_over_githubs_size_is_refused_before_it_is_read(root: Path) -> None:
    with (root / "disk.img").open("wb") as stream:
        stream.truncate(40 * 1024 * 1024 + 1)
    assert "disk.img" in refusal(root)


def test_nothing_is_written_into_the_repository(root: Path) -> None:
    (root / "kept.txt").write_bytes(b"changed\n")
    (root / "new").write_bytes(b"new")
    git(root, "config", "core.splitIndex", "true")
    git(root, "config", "core.untrackedCache", "true")
    hook = root / ".git/hooks/post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch hook-ran\n")
    hook.chmod(0o755)

    def state() -> dict[str, bytes]:
        return {str(place): place.read_bytes() for place in root.rglob("*") if place.is_file()}

    before = state()
    assert set(changes(root)) == {"kept.txt", "new"}
    assert state() == before
    assert list((root.parent / "temp").iterdir()) == []


def committed(root: Path) -> str:
    """The tree of `git add -A && git commit`; called after `changes`, for it changes the index."""
    git(root, "add", "-A")
    return git(root, "write-tree").strip()


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d" * 32 + b"\nsize 12345\n"


def test_a_large_file_that_a_filter_turns_into_a_pointer_is_one(tmp_path: Path) -> None:
    # What git-lfs does, without git-lfs: a clean filter that gives a pointer.
    root = repository(tmp_path / "work", {".gitattributes": b"*.bin filter=lfs -text\n", "pointer": POINTER})
    (root / "pointer").rename(tmp_path / "pointer")
    git(root, "config", "filter.lfs.clean", f"cat '{tmp_path}/pointer'")
    git(root, "checkout", "--", "pointer")
    (root / "new.bin").write_bytes(b"large" * 1000)
    (found,) = checkout(root).changes(())
    assert found == FileChange(path="new.bin", mode="100644", content=POINTER, base_oid=None)
    with pytest.raises(InputError, match=r"without their objects: 'new\.bin'"):
        check([found])
    git(root, "mv", "pointer", "moved")
    (root / "new.bin").unlink()
    assert {change.path: change.mode for change in check(checkout(root).changes(()))} == {
        "moved": "100644",
        "pointer": None,
    }


def test_a_rename_keeps_what_each_path_was_made_against(root: Path) -> None:
    (root / "kept.txt").rename(root / "docs/a.md")
    (root / "docs/a.md").chmod(0o755)
    assert changes(root) == {
        "kept.txt": FileChange(path="kept.txt", mode=None, base_oid=blob_oid(b"kept\n")),
        "docs/a.md": FileChange(path="docs/a.md", mode="100755", content=b"kept\n", base_oid=blob_oid(b"a\n")),
    }


def test_files_that_are_only_intended_to_be_added_are_added_as_git_does(root: Path) -> None:
    (root / "new").write_bytes(b"new")
    (root / "gone").write_bytes(b"gone")
    git(root, "add", "--intent-to-add", "new", "gone")
    (root / "gone").unlink()
    found = checkout(root).changes(())
    assert found == (FileChange(path="new", mode="100644", content=b"new", base_oid=None),)
    assert tree_after(root, found) == committed(root)


@pytest.mark.parametrize("bit", ["--assume-unchanged", "--skip-worktree"])
@pytest.mark.parametrize("gone", [False, True])
def test_files_git_was_told_not_to_look_at_are_left_as_git_leaves_them(root: Path, bit: str, gone: bool) -> None:
    git(root, "update-index", bit, "kept.txt")
    (root / "kept.txt").unlink()
    if not gone:
        (root / "kept.txt").write_bytes(b"local settings\n")
    found = checkout(root).changes(())
    assert tree_after(root, found) == committed(root) == git(root, "rev-parse", "HEAD^{tree}").strip()


def test_a_new_file_outside_of_a_sparse_checkout_is_refused_in_plain_words(root: Path) -> None:
    git(root, "sparse-checkout", "set", "--no-cone", "/docs/")
    (root / "docs/b.md").write_bytes(b"b")
    (root / "dist.js").write_bytes(b"x")
    text = refusal(root)
    assert "outside of the sparse checkout" in text
    assert "dist.js" in text
    assert set(changes(root, "docs")) == {"docs/b.md"}


@pytest.mark.parametrize("paths", [("docs", "kept.txt"), ("kept.txt",), ("*",), (":!docs",)])
def test_a_path_outside_of_a_sparse_checkout_is_not_deleted(root: Path, paths: tuple[str, ...]) -> None:
    git(root, "sparse-checkout", "set", "--no-cone", "/docs/")
    assert not (root / "kept.txt").exists()
    (root / "docs/b.md").write_bytes(b"b")
    assert set(changes(root, *paths)) <= {"docs/b.md"}


def test_the_runner_s_files_in_a_checkout_are_no_changes(root: Path) -> None:
    (root / "_temp/_runner_file_commands").mkdir(parents=True)
    (root / "_temp/other-step.json").write_bytes(b"x")
    (root / "output").write_bytes(b"x")
    (root / "new").write_bytes(b"x")
    os.link(root / "output", root / "notes.md")
    there = GitCheckout(str(root), str(root / "_temp"), GIT_ENVIRONMENT, runner_files=[str(root / "output")])
    assert [change.path for change in there.changes(())] == ["new"]


def test_everything_that_is_too_large_is_named_before_it_is_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(sizes, "MAX_CHANGE_BYTES", 30)
    for name, size in {"a": 11, "b": 10, "c": 12}.items():
        (root / name).write_bytes(b"x" * size)
    with pytest.raises(InputError) as caught:
        checkout(root).changes(())
    told = [problem.what.split(";")[0] for problem in caught.value.problems]
    assert told == [
        "The file 'a' has 11 bytes",
        "The file 'c' has 12 bytes",
        "The change has 33 bytes in 3 files",
    ]


def test_a_submodule_that_goes_and_one_in_the_place_of_a_file_and_of_a_directory(root: Path) -> None:
    one, two, three = "1" * 40, "2" * 40, "3" * 40
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{one},gone")
    (root / "gone").mkdir()
    for name in ("kept.txt", "docs"):
        git(root, "config", "--file", ".gitmodules", f"submodule.{name}.path", name)
    git(root, "add", ".gitmodules")
    git(root, "commit", "-qm", "pointer")
    (root / "gone").rmdir()
    docs = git(root, "rev-parse", "HEAD:docs").strip()
    for name, oid in {"kept.txt": two, "docs": three}.items():
        subprocess.run(["rm", "-rf", name], cwd=root, check=True)
        git(root, "rm", "-rq", "--cached", name)
        (root / name).mkdir()
        git(root, "update-index", "--add", "--cacheinfo", f"160000,{oid},{name}")
    assert changes(root) == {
        "gone": FileChange(path="gone", mode=None, base_oid=one),
        "kept.txt": FileChange(path="kept.txt", mode="160000", gitlink=two, base_oid=blob_oid(b"kept\n")),
        "docs": FileChange(path="docs", mode="160000", gitlink=three, base_oid=docs),
        "docs/a.md": FileChange(path="docs/a.md", mode=None, base_oid=blob_oid(b"a\n")),
    }


@pytest.mark.parametrize("autocrlf", ["false", "input", "true"])
def test_line_endings_are_those_git_would_commit(tmp_path: Path, autocrlf: str) -> None:
    attributes = b"*.txt text eol=crlf\n*.raw -text\n"
    root = repository(tmp_path / "work", {".gitattributes": attributes, "old": b"kept\r\n"})
    git(root, "config", "core.autocrlf", autocrlf)
    for name in ("old", "new", "a.txt", "b.raw"):
        (root / name).write_bytes(b"one\r\ntwo\r\n")
    found = checkout(root).changes(())
    assert tree_after(root, found) == committed(root)
    assert {change.path: b"\r" in change.content for change in found} == {
        "a.txt": False,
        "b.raw": True,
        "new": autocrlf == "false",
        "old": True,
    }


NAMES = st.sampled_from(["a", "b", "dir", "dir/a", "dir/b", "dir/sub/c", "sp ace", "ü", "x.log", "dir/y.log", "q\nr"])
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["write", "crlf", "delete", "link", "chmod", "stage", "unstage", "ignore"]),
        NAMES,
        st.binary(max_size=3),
    ),
    max_size=12,
)


@settings(max_examples=examples(20), deadline=None)
@given(start=st.dictionaries(st.sampled_from(["a", "dir/b", "ü", "x.log"]), st.binary(max_size=4)), edits=EDITS)
def test_applying_the_changes_gives_the_tree_git_would_commit(
    start: dict[str, bytes], edits: list[tuple[str, str, bytes]]
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        root = repository(Path(directory, "work"), {".gitattributes": b"dir/* text\n", **start})
        for kind, name, content in edits:
            edit(root, kind, name, content)
        found = checkout(root).changes(())
        git(root, "add", "-A")
        assert tree_after(root, found) == git(root, "write-tree").strip()


def edit(root: Path, kind: str, name: str, content: bytes) -> None:
    place = root / name
    a_file = place.is_file() and not place.is_symlink()
    if kind == "stage":
        git(root, "add", "-A")
    elif kind == "unstage":
        git(root, "reset", "-q")
    elif kind == "ignore":
        (root / ".gitignore").write_text("*.log\n")
    elif kind == "delete":
        subprocess.run(["rm", "-rf", str(place)], check=True)
    elif kind == "chmod":
        place.chmod(0o755) if a_file else None
    elif kind == "link":
        if not os.path.lexists(place):
            make_room(root, place)
            place.symlink_to("target")
    elif a_file or not os.path.lexists(place):
        make_room(root, place)
        place.write_bytes(content.replace(b"\0", b"0") + (b"\r\n" if kind == "crlf" else b""))


def make_room(root: Path, place: Path) -> None:
    """Directories for the place, instead of files that are in the way."""
    for parent in reversed(place.relative_to(root).parents[:-1]):
        if (root / parent).is_symlink() or (root / parent).is_file():
            (root / parent).unlink()
    place.parent.mkdir(parents=True, exist_ok=True)


def tree_after(root: Path, found: tuple[FileChange, ...]) -> str:
    """The tree of HEAD with the changes applied, by way of an index of its own."""
    index = str(root.parent / "applied-index")
    git(root, "read-tree", "HEAD", GIT_INDEX_FILE=index)
    for change in sorted(found, key=lambda change: change.mode is not None):
        path = os.fsencode(change.path)
        if change.mode is None:
            line = b"0 " + b"0" * 40 + b"\t" + path + b"\0"
        else:
            oid = git(root, "hash-object", "-w", "--stdin", data=change.content).strip()
            assert oid == change.oid
            line = f"{change.mode} {oid}\t".encode() + path + b"\0"
        git(root, "update-index", "-z", "--index-info", data=line, GIT_INDEX_FILE=index)
    return git(root, "write-tree", GIT_INDEX_FILE=index).strip()


def test_an_interrupt_is_told_as_one_though_a_git_that_is_left_still_writes(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> tuple[str, ...]:
        raise KeyboardInterrupt

    def refused(path: str, **_: object) -> None:
        raise OSError(errno.ENOTEMPTY, "Directory not empty", path)

    monkeypatch.setattr(Git, "lines", interrupted)
    monkeypatch.setattr(os, "rmdir", refused)
    with pytest.raises(KeyboardInterrupt):
        changes(root)
