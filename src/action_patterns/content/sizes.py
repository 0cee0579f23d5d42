"""How large a change may be. Decided by sizes alone, so that a stray disk image is refused before it is read."""

from __future__ import annotations

from collections.abc import Mapping

from action_patterns.errors import Problem

MAX_FILE_BYTES = 40 * 1024 * 1024
"""GitHub takes blobs up to 40 MiB over its REST API (measured, not documented by GitHub: create-pull-request, "Commit
signing", limitations)."""
MAX_CHANGE_BYTES = 400 * 1024 * 1024
"""All files of one change. A limit of ours: the change is held in memory, and ten files of the greatest size are
minutes of uploads. GitHub itself refuses a push over 2 GiB (docs: "Troubleshooting the 2 GiB push limit")."""

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
"""A file that is read as a whole: a plan, a record, a report. The report on 10,000 targets has a quarter of that."""

_LEAVE_OUT = "Leave the file out, or keep it in a release asset. Git LFS does not help: this action uploads no objects."


def size_problems(sizes: Mapping[str, int]) -> list[Problem]:
    """Return a problem for every file over its limit, and one for a sum over the limit of a change."""
    problems = [
        Problem(f"The file {path!r} has {size} bytes; GitHub takes at most {MAX_FILE_BYTES}.", _LEAVE_OUT)
        for path, size in sizes.items()
        if size > MAX_FILE_BYTES
    ]
    if (total := sum(sizes.values())) > MAX_CHANGE_BYTES:
        largest = sorted(sizes, key=lambda path: (-sizes[path], path))[:5]
        named = ", ".join(f"{path!r} ({sizes[path]})" for path in largest)
        problems.append(
            Problem(
                f"The change has {total} bytes in {len(sizes)} files; at most {MAX_CHANGE_BYTES} are taken in one pull"
                f" request. The largest: {named}.",
                "Leave out built and downloaded files (.gitignore, or `paths`), or make several pull requests, each"
                " with another key and other paths.",
            )
        )
    return problems
