"""The changes of a worktree that a pull request would propose: what `git add --all` and `git commit` would commit.

A path of the caller that would be left out in silence is refused.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath

from action_patterns.content.changes import FileChange
from action_patterns.errors import InputError, Problem
from action_patterns.worktree.compare import SUBMODULE, as_changes, compare
from action_patterns.worktree.git import Git, some, split
from action_patterns.worktree.pathspecs import Pathspec
from action_patterns.worktree.runner_places import RunnerPlaces

_EVERY = ("--cached", "--others", "--exclude-standard")


def proposed_changes(
    git: Git, base: str, specs: Sequence[Pathspec], theirs: RunnerPlaces, warn: Callable[[str], None]
) -> tuple[FileChange, ...]:
    """Return the changes against a commit, sorted by path; limited to `specs` if there are any.

    Args:
        git: git with a copy of the index, which changes here.
        base: the commit to compare with.
        specs: the caller's limits.
        theirs: the runner's files, which are left out.
        warn: shows a message beside the run.

    Raises:
        InputError: see GitCheckout.changes.
    """
    _check_conflicts(git)
    others, known = _found(git, base, [spec.text for spec in specs])
    for spec in specs:
        visible = others | (known or frozenset()) if len(specs) == 1 else _matched(git, base, spec.text)
        _check_spec(git, theirs.root, spec, warn, is_visible=bool(visible))
    _warn_of_exclusions(git, specs, base, warn)
    new = theirs.without_links(others)
    _add(git, new, known)
    found = compare(git, base, None if known is None else known | new)
    _check_nested(git, (each.path for each in found if each.mode == SUBMODULE != each.base_mode))
    return as_changes(git, base, found)


def _check_conflicts(git: Git) -> None:
    # By the index alone: where a file cannot be looked at, `git diff-files` leaves its conflict out.
    unmerged = git.lines("ls-files", "--unmerged", "-z")
    if unmerged:
        names = sorted({entry.partition("\t")[2] for entry in unmerged})
        raise InputError(
            Problem(
                f"The checkout has unresolved conflicts: {some(names)}.",
                "Resolve them or abort the merge before this step; conflict markers must not be proposed.",
            )
        )


def _found(git: Git, base: str, specs: Sequence[str]) -> tuple[frozenset[str], frozenset[str] | None]:
    """Return the files that git would add, and the tracked ones: those of the commit too that the index has no longer.

    Both are limited to pathspecs. Without a limit the tracked ones are not listed: None.
    """
    if not specs:
        return frozenset(git.lines("ls-files", "--others", "--exclude-standard", "-z")), None
    entries = git.lines("ls-files", "-t", *_EVERY, f"--with-tree={base}", "-z", "--", *specs)
    others = frozenset(entry[2:] for entry in entries if entry.startswith("? "))
    return others, frozenset(entry[2:] for entry in entries if not entry.startswith("? "))


def _check_spec(git: Git, root: Path, spec: Pathspec, warn: Callable[[str], None], *, is_visible: bool) -> None:
    """Refuse a path whose files would be left out without a word."""
    if spec.excludes:
        return
    literal = spec.is_literal(root)
    if not is_visible or (literal and _is_ignored(git, root, spec)):
        ignored = git.lines("ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", spec.text)
        if ignored:
            raise InputError(
                Problem(
                    f"The path {spec.given!r} names files that git ignores: {some(ignored)}.",
                    f"Take them out of .gitignore (a line such as `!/{spec.text}`), or remove {spec.given!r} here.",
                )
            )
    if not is_visible and not literal:
        warn(f"The pattern {spec.given!r} in `paths` matches no file, and has no effect.")
    if not is_visible and literal:
        raise InputError(
            Problem(
                f"The path {spec.given!r} names nothing, neither in the checkout nor in its last commit.",
                "Correct it. If the file may be absent, write a pattern such as `docs/*.md`: it may match nothing.",
            )
        )


def _warn_of_exclusions(git: Git, specs: Sequence[Pathspec], base: str, warn: Callable[[str], None]) -> None:
    for spec in specs:
        if spec.excludes:
            others = tuple(each.text for each in specs if each is not spec)
            if _matched(git, base, *others) == _matched(git, base, *others, spec.text):
                warn(f"The exclusion {spec.given!r} in `paths` takes no file away, and has no effect.")


def _is_ignored(git: Git, root: Path, spec: Pathspec) -> bool:
    # git refuses the question about a path below a symbolic link: there is nothing in the worktree that it names.
    if any((root / above).is_symlink() for above in PurePosixPath(spec.text).parents):
        return False
    # --no-index: a directory may be ignored although a file in it was added by force; its new files still are.
    # `./`: it would take a name such as `:(top)` for a pattern, and it knows no way to say it is none.
    found = git.run(
        "check-ignore",
        "--no-index",
        "--stdin",
        "-z",
        input=b"./" + os.fsencode(spec.text) + b"\0",
        expected=frozenset({0, 1}),
    )
    return bool(found.stdout)


def _add(git: Git, new: frozenset[str], known: frozenset[str] | None) -> None:
    """Add new files, and what differs of the tracked ones, to the index. A sparse checkout's outside stays."""
    _check_nested(git, (path.removesuffix("/") for path in new if path.endswith("/")))
    # Not by the given pathspecs: with them `git add` fails for a tracked file in an ignored directory, for one that
    # is gone, and for one outside of a sparse checkout.
    found = git.lines("diff-files", "--name-status", "--ignore-submodules=none", "-z")
    gone: list[str] = []
    other: list[str] = []
    for status, path in zip(found[::2], found[1::2], strict=True):
        if known is None or path in known:
            (gone if status == "D" else other).append(path)
    literally = git.using({"GIT_LITERAL_PATHSPECS": "1"})
    from_input = ("--pathspec-from-file=-", "--pathspec-file-nul")
    # `git add` refuses a path whose directory has become a symbolic link; the index may forget any path.
    for command, paths in (
        (("update-index", "--force-remove", "-z", "--stdin"), gone),
        (("add", "--update", *from_input), other),
        (("add", *from_input), sorted(new)),
    ):
        if paths:
            literally.run(*command, input=b"".join(os.fsencode(path) + b"\0" for path in paths))


def _check_nested(git: Git, paths: Iterable[str]) -> None:
    """Refuse a checkout inside the checkout: git would commit a pointer that leads nowhere."""
    if not (nested := set(paths)):
        return
    listed = git.run(
        "config", "--file", ".gitmodules", "--null", "--get-regexp", r"\.path$", expected=frozenset({0, 1})
    )
    submodules = {entry.partition("\n")[2].rstrip("/") for entry in split(listed.stdout)}
    if strange := sorted(nested - submodules):
        raise InputError(
            Problem(
                f"There are repositories inside the checkout that are no submodules: {some(strange)}.",
                "Check them out elsewhere (below $RUNNER_TEMP, say), put them into .gitignore, or limit `paths`.",
            )
        )


def _matched(git: Git, base: str, *specs: str) -> frozenset[str]:
    """Return all paths that pathspecs match: the tracked ones, and those that git would add."""
    return frozenset(git.lines("ls-files", *_EVERY, f"--with-tree={base}", "-z", "--", *specs))
