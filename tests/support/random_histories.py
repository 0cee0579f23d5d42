"""Random histories, written by one `git fast-import`, and random events in them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.detecting import ZERO, Remote, git

NAMES: tuple[bytes, ...] = (
    b"README.md",
    b"src/a.py",
    b"src/b.py",
    b"src/deep/c.py",
    b"lib/x",
    b"lib",
    b"docs/with space.md",
    b"docs/new\nline.md",
    b'docs/quote".md',
    b"docs/back\\slash.md",
    b"docs/tab\t.md",
    b"docs/latin-\xe9.md",
    "docs/\N{SNOWMAN}.md".encode(),
    b"app/[id]/page.tsx",
    b"vendor/module",
    b"-dash",
    b":colon",
)
_MODES = (b"100644", b"100644", b"100755", b"120000", b"160000")


@dataclass
class History:
    """The commits of a remote: oids in the order in which they were made, each with its parents."""

    remote: Remote
    commits: list[str]
    parents: dict[str, list[str]]
    main: list[str]
    """The first-parent line of the default branch, oldest first."""
    topics: dict[str, list[str]]
    """By branch, the commits on it, oldest first."""
    orphan: str
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """An event, and the range of commits that it stands for."""

    event: str
    payload: Mapping[str, Any]
    sha: str
    ref: str
    base: str | None
    """None: everything."""
    head: str
    checkout: str
    attempt: int = 1


def make(folder: Path, dice: random.Random) -> History:
    """Write a history: a default branch with merges, topics that leave it, and an orphan branch."""
    remote = Remote(folder)
    lines: list[bytes] = []
    parents: dict[int, list[int]] = {}
    trees: dict[int, dict[bytes, tuple[bytes, bytes]]] = {}
    count = 0

    def commit(ref: str, above: list[int]) -> int:
        nonlocal count
        count += 1
        parents[count] = above
        tree = dict(trees[above[0]]) if above else {}
        for other in above[1:]:
            tree |= trees[other]
        edits = _edit(tree, dice)
        trees[count] = tree
        lines.append(b"commit refs/heads/%s\nmark :%d\n" % (ref.encode(), count))
        lines.append(b"committer a <a@b.example> %d +0000\ndata 1\nx\n" % (1_780_000_000 + 60 * count))
        if above:
            lines.append(b"from :%d\n" % above[0])
        lines.extend(b"merge :%d\n" % other for other in above[1:])
        lines.append(b"deleteall\n")
        for name, (mode, content) in edits.items():
            quoted = b'"' + name.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
            if mode == b"160000":
                lines.append(b"M 160000 %s %s\n" % (content, quoted))
            else:
                lines.append(b"M %s inline %s\ndata %d\n%s\n" % (mode, quoted, len(content), content))
        lines.append(b"\n")
        return count

    main = [commit("main", [])]
    topics: dict[str, list[int]] = {}
    for _ in range(dice.randint(3, 8)):
        if topics and dice.random() < 0.25:
            main.append(commit("main", [main[-1], dice.choice(topics[dice.choice(list(topics))])]))
        else:
            main.append(commit("main", [main[-1]]))
        if dice.random() < 0.4:
            name = f"topic-{len(topics)}"
            start = dice.choice(main)
            lines.append(b"reset refs/heads/%s\nfrom :%d\n\n" % (name.encode(), start))
            line = [start]
            for _ in range(dice.randint(1, 3)):
                above = [line[-1]]
                if dice.random() < 0.2 and main[-1] not in line:
                    above.append(main[-1])
                line.append(commit(name, above))
            topics[name] = line[1:]
    orphan = commit("orphan", [])
    stream = b"".join(lines)
    git(remote.clone, "fast-import", "--quiet", "--force", "--export-marks=marks", given=stream)
    marks = dict(line.split(" ") for line in (remote.clone / "marks").read_text().splitlines())
    oids = {number: marks[f":{number}"] for number in range(1, count + 1)}
    history = History(
        remote=remote,
        commits=list(oids.values()),
        parents={oids[number]: [oids[each] for each in above] for number, above in parents.items()},
        main=[oids[each] for each in main],
        topics={name: [oids[each] for each in line] for name, line in topics.items()},
        orphan=oids[orphan],
    )
    for number, oid in enumerate(history.main[:-1]):
        if dice.random() < 0.5:
            history.tags[f"v{number}"] = oid
            options = ("-a", "-m", "x") if dice.random() < 0.5 else ()
            remote.git("tag", *options, f"v{number}", oid)
            if dice.random() < 0.3:
                remote.git("tag", f"other-{number}", oid)
    remote.push("refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*")
    # An attempt that a force push replaced is on no branch, and on GitHub still to be fetched.
    return history


def _edit(tree: dict[bytes, tuple[bytes, bytes]], dice: random.Random) -> dict[bytes, tuple[bytes, bytes]]:
    """Change a few paths of a tree, and return the tree."""
    for _ in range(dice.randint(0, 3)):
        name = dice.choice(NAMES)
        if name in tree and dice.random() < 0.35:
            del tree[name]
            continue
        for other in list(tree):
            # A file takes the place of a directory, and the other way round.
            if other.startswith(name + b"/") or name.startswith(other + b"/"):
                del tree[other]
        mode = dice.choice(_MODES)
        content = b"%040x" % dice.randrange(1, 5) if mode == b"160000" else b"%d" % dice.randrange(4)
        tree[name] = (mode, content)
    if not tree:
        tree[b"README.md"] = (b"100644", b"x")
    return tree


def cases(history: History, dice: random.Random) -> list[Case]:
    """Return one case of each event that the history allows."""
    remote, main = history.remote, history.main
    found: list[Case] = []

    def push(before: str, after: str, base: str | None, ref: str = "main", **more: Any) -> None:
        payload = {"before": before, "after": after, **more}
        found.append(Case("push", payload, after, f"refs/heads/{ref}", base, after, after))

    before, after = sorted(dice.sample(range(len(main)), 2))
    push(main[before], main[after], main[before])
    push(main[after], main[before], main[after], forced=True)
    push(dice.choice(history.commits), main[-1], found[-1].base, forced=True)
    found[-1] = Case(**{**found[-1].__dict__, "base": found[-1].payload["before"]})
    push("f" * 39 + "e", main[-1], None)
    push(ZERO, main[-1], None)
    push(ZERO, history.orphan, None, "orphan", created=True)
    for name, line in history.topics.items():
        tip = line[-1]
        base = remote.git("merge-base", main[-1], tip)
        push(ZERO, tip, base, name, created=True)
        target = dice.choice(main)
        base = remote.git("merge-base", target, tip)
        merge = remote.git("commit-tree", f"{tip}^{{tree}}", "-p", target, "-p", tip, "-m", "m")
        remote.push(f"{merge}:refs/pull/{len(found)}/merge", f"{tip}:refs/pull/{len(found)}/head")
        stale = main[0]
        payload = {"pull_request": {"head": {"sha": tip}, "base": {"sha": stale}}, "number": 1}
        ref = f"refs/pull/{len(found)}/merge"
        found.append(Case("pull_request", payload, merge, ref, target, merge, merge))
        if base != tip:
            found.append(Case("pull_request", payload, merge, ref, base, tip, tip))
            found.append(Case("pull_request_target", payload, target, "refs/heads/main", base, tip, target))
            found.append(Case("pull_request_target", payload, target, "refs/heads/main", base, tip, tip))
    payload = {"merge_group": {"base_sha": main[before], "head_sha": main[after]}}
    found.append(
        Case(
            "merge_group",
            payload,
            main[after],
            "refs/heads/gh-readonly-queue/main/1",
            main[before],
            main[after],
            main[after],
        )
    )
    tagged = [(name, oid) for name, oid in history.tags.items()]
    for at, (name, oid) in enumerate(tagged):
        payload = {"before": ZERO, "created": True}
        earlier = tagged[at - 1][1] if at else None
        found.append(Case("push", payload, oid, f"refs/tags/{name}", earlier, oid, oid))
        found.append(Case("release", {"release": {"tag_name": name}}, oid, f"refs/tags/{name}", earlier, oid, oid))
    found.append(Case("schedule", {}, main[-1], "refs/heads/main", None, main[-1], main[-1]))
    return found
