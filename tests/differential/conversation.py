"""What both are asked, from the same beginning, and where the other emulator is known to differ from GitHub."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

TOKEN = "tok-bot"
NAMES = ("svc-1", "svc-2")
SEED_SANDBOX: dict[str, Any] = {
    "organizations": {"acme": {"members": ["bot", "eve"]}},
    "users": ["bot", "eve"],
    "tokens": {TOKEN: {"login": "bot", "scopes": ["repo"]}},
    "repositories": [
        {"name": f"acme/{name}", "topics": ["fleet"], "language": "Go", "files": {"README.md": f"# {name}\n"}}
        for name in NAMES
    ],
}
SEED_EMULATE: dict[str, Any] = {
    "github": {
        "users": [{"login": "bot", "name": "bot"}, {"login": "eve", "name": "eve"}],
        "orgs": [{"login": "acme", "members": [{"login": "bot", "role": "admin"}, {"login": "eve", "role": "admin"}]}],
        "repos": [
            {"owner": "acme", "name": name, "topics": ["fleet"], "language": "Go", "auto_init": True} for name in NAMES
        ],
    },
    "tokens": {TOKEN: {"login": "bot", "scopes": ["repo"]}},
}


class Step(NamedTuple):
    """One request. ``$name`` in path and body is what an earlier answer of the same server held at ``keep[name]``."""

    route: str
    body: Any = None
    keep: Mapping[str, str] = MappingProxyType({})


R = "/repos/acme/svc-1"
ME = {"name": "Bot", "email": "bot@example.com", "date": "2026-01-02T03:04:05Z"}
FILE = {"mode": "100644", "type": "blob"}
PULL = {"title": "Update", "head": "feature", "base": "main", "body": "Why"}
NONE = "0123456789" * 4
STEPS = (
    Step(f"GET {R}"),
    Step("GET /repos/acme/nowhere"),
    Step("GET /orgs/acme"),
    Step("GET /users/bot"),
    Step("GET /user"),
    Step(f"GET {R}/topics"),
    Step(f"GET {R}/branches"),
    Step(f"GET {R}/branches/main"),
    Step(f"GET {R}/branches/nowhere"),
    Step(f"GET {R}/git/ref/heads/main", keep={"main": "object.sha"}),
    Step(f"GET {R}/git/ref/heads/nowhere"),
    Step(f"GET {R}/git/matching-refs/heads/ma"),
    Step(f"GET {R}/git/commits/$main", keep={"tree": "tree.sha"}),
    Step(f"GET {R}/git/commits/{NONE}"),
    Step(f"GET {R}/git/trees/$tree"),
    Step(f"POST {R}/git/blobs", {"content": "one\n", "encoding": "utf-8"}, {"blob": "sha"}),
    Step(f"POST {R}/git/blobs", {"content": "AP8K", "encoding": "base64"}, {"bytes": "sha"}),
    Step(f"GET {R}/git/blobs/$blob"),
    Step(f"GET {R}/git/blobs/$bytes"),
    Step(f"GET {R}/git/blobs/{NONE}"),
    Step(
        f"POST {R}/git/trees",
        {
            "base_tree": "$tree",
            "tree": [
                {"path": "docs/one.md", "sha": "$blob", **FILE},
                {"path": "docs/deep/two.md", "content": "two\n", **FILE},
                {"path": "run.sh", "mode": "100755", "type": "blob", "content": "#!/bin/sh\n"},
                {"path": "link", "mode": "120000", "type": "blob", "content": "run.sh"},
            ],
        },
        {"wide": "sha"},
    ),
    Step(f"GET {R}/git/trees/$wide?recursive=1"),
    Step(
        f"POST {R}/git/trees",
        {"base_tree": "$wide", "tree": [{"path": "docs/one.md", "sha": None, **FILE}]},
        {"less": "sha"},
    ),
    Step(f"GET {R}/git/trees/$less?recursive=1"),
    Step(f"POST {R}/git/trees", {"base_tree": "$wide", "tree": [{"path": "nowhere.md", "sha": None, **FILE}]}),
    Step(f"POST {R}/git/trees", {"tree": [{"path": "alone", "content": "", **FILE}]}),
    Step(f"POST {R}/git/trees", {"tree": [{"path": "x", "sha": NONE, **FILE}]}),
    Step(
        f"POST {R}/git/commits",
        {"message": "Root", "tree": "$less", "parents": [], "author": ME, "committer": ME},
        {"root": "sha"},
    ),
    Step(f"GET {R}/git/commits/$root"),
    Step(f"POST {R}/git/commits", {"message": "Next", "tree": "$less", "parents": ["$main"]}, {"next": "sha"}),
    Step(f"POST {R}/git/commits", {"message": "Bad", "tree": NONE, "parents": []}),
    Step(f"POST {R}/git/commits", {"message": "Bad", "tree": "$less", "parents": [NONE]}),
    Step(f"GET {R}/git/commits/$next"),
    Step(f"POST {R}/git/refs", {"ref": "refs/heads/feature", "sha": "$next"}),
    Step(f"POST {R}/git/refs", {"ref": "refs/heads/feature", "sha": "$next"}),
    Step(f"POST {R}/git/refs", {"ref": "refs/heads/bad", "sha": NONE}),
    Step(f"POST {R}/git/refs", {"ref": "bad", "sha": "$next"}),
    Step(f"PATCH {R}/git/refs/heads/feature", {"sha": "$main"}),
    Step(f"POST {R}/git/commits", {"message": "More", "tree": "$wide", "parents": ["$next"]}, {"more": "sha"}),
    Step(f"PATCH {R}/git/refs/heads/feature", {"sha": "$more"}),
    Step(f"PATCH {R}/git/refs/heads/feature", {"sha": "$next", "force": True}),
    Step(f"PATCH {R}/git/refs/heads/nowhere", {"sha": "$next"}),
    Step(f"GET {R}/compare/main...feature"),
    Step(f"GET {R}/contents/README.md"),
    Step(f"GET {R}/contents/run.sh?ref=feature"),
    Step(f"GET {R}/contents/docs?ref=feature"),
    Step(f"GET {R}/contents/nowhere"),
    Step(f"PUT {R}/contents/new.txt", {"message": "New", "content": "bmV3Cg==", "branch": "feature"}),
    Step(f"PUT {R}/contents/new.txt", {"message": "Blind", "content": "b2xkCg==", "branch": "feature"}),
    Step(f"PUT {R}/contents/new.txt", {"message": "Stale", "content": "b2xkCg==", "branch": "feature", "sha": NONE}),
    Step(f"POST {R}/pulls", PULL, {"number": "number"}),
    Step(f"GET {R}/pulls/$number"),
    Step(f"GET {R}/pulls/999"),
    Step(f"GET {R}/pulls?head=acme:feature&state=open"),
    Step(f"GET {R}/pulls/$number/files"),
    Step(f"GET {R}/pulls/$number/commits"),
    Step(f"PATCH {R}/pulls/$number", {"title": "Better", "body": "Because"}),
    Step(f"POST {R}/issues/$number/labels", {"labels": ["bug", "brand-new"]}),
    Step(f"GET {R}/issues/$number/labels"),
    Step(f"POST {R}/labels", {"name": "brand-new", "color": "ff0000"}),
    Step(f"DELETE {R}/issues/$number/labels/bug"),
    Step(f"POST {R}/issues/$number/comments", {"body": "Hello"}, {"comment": "id"}),
    Step(f"PATCH {R}/issues/comments/$comment", {"body": "Hello again"}),
    Step(f"GET {R}/issues/$number/comments"),
    Step(f"GET {R}/issues/999/comments"),
    Step(f"POST {R}/pulls/$number/requested_reviewers", {"reviewers": ["eve"]}),
    Step(f"GET {R}/pulls/$number/requested_reviewers"),
    Step(f"GET {R}/issues/$number"),
    Step(f"PATCH {R}/pulls/$number", {"state": "closed"}),
    Step(f"GET {R}/pulls?state=closed"),
    Step(f"PATCH {R}/pulls/$number", {"state": "open"}),
    # Where the other is known to take what GitHub refuses, or the reverse; last, since what follows would differ too.
    Step(f"POST {R}/pulls", PULL),
    Step(f"POST {R}/pulls", {**PULL, "head": "nowhere"}),
    Step(f"POST {R}/issues/$number/assignees", {"assignees": ["eve"]}),
    Step(f"POST {R}/pulls/$number/requested_reviewers", {"reviewers": ["bot"]}),
    Step(f"PUT {R}/pulls/$number/merge", {"merge_method": "squash"}),
    Step(f"GET {R}/pulls/$number/merge"),
    Step(f"GET {R}/pulls/$number"),
    Step(f"DELETE {R}/git/refs/heads/feature"),
    Step(f"DELETE {R}/git/refs/heads/feature"),
    Step("GET /search/repositories?q=org:acme+topic:fleet"),
    Step("GET /search/repositories?q=org:acme+language:go+archived:false&per_page=1"),
    Step("GET /search/repositories?q=org:acme+topic:nowhere"),
    Step("GET /rate_limit"),
)


class Known(NamedTuple):
    """A difference in which the other is wrong, or both are right: patterns of route and difference, and why."""

    route: str
    what: str
    why: str

    def explains(self, route: str, what: str) -> bool:
        return bool(re.search(self.route, route) and re.search(self.what, what))


# In the order of STEPS. "theirs" = the other emulator. What GitHub does is as in src/github_sandbox/FACTS.md.
KNOWN = (
    Known(
        r"commits|compare|contents",
        r"commit\.(author|committer)\.name: 'Seed', |^(author|committer)\.name: 'Seed', ",
        "both right: a seed's first commit is by whom the seeder likes",
    ),
    Known(
        r"/blobs/\$|/contents/", r"content: '(\S+)\\n', theirs '\1'$", "GitHub ends each line of base64, the last too"
    ),
    Known(
        r"/commits/\$root$",
        r"^sha: 'd3ae68e3666fcf4a2c838ec42249672897477976', theirs '52a666894ff7e90c41ca924646437ac92fa8fd52'$",
        "each is the id git gives; theirs ends the message with a newline, ours takes the message as it is given",
    ),
    Known(r"(PATCH|DELETE) .*/refs/heads/", r"^status: 422, theirs 404$", "GitHub: 422 Reference does not exist"),
    Known(
        r"PUT .*/contents/", r"^commit\.committer\.name: 'GitHub', ", "GitHub commits what its contents API is given"
    ),
    Known(r"/pulls/\$number/files", r"^length: \d, theirs 0$", "theirs never lists a file"),
    Known(r"/pulls/\$number/commits", r"", "theirs starts at the root of history, not where the branches part"),
    Known(r"POST .*/requested_reviewers", r"^status: 201, theirs 200$", "documented: 201"),
    Known(r"GET .*/requested_reviewers", r"^status: 200, theirs 404$", "theirs has no such route"),
    Known(r"/issues/\$number(/assignees)?$", r"^status: 20[01], theirs 404$", "GitHub: every pull request is an issue"),
    Known(r"/pulls/\$number$", r"^(mergeable|rebaseable): null, ", "GitHub stops asking once it is closed or merged"),
    Known(
        r"POST .*/pulls$",
        r"^status: 422, theirs 201$",
        "GitHub refuses a duplicate, and a head branch that is not there",
    ),
    Known(r"POST .*/requested_reviewers", r"^status: 422, theirs 200$", "GitHub refuses the author as reviewer"),
    Known(r"GET .*/merge$", r"^status: 204, theirs 404$", "GitHub: 204 once merged"),
    Known(
        r"/pulls/\$number$", r"^(assignee|assignees\.length|requested_reviewers\.length): ", "follows from the above"
    ),
)
