"""Media types of the Accept header: the representation that a client asks for, and answers that are not JSON.

https://docs.github.com/rest/using-the-rest-api/getting-started-with-the-rest-api#media-types, and each endpoint's page.
"""

from __future__ import annotations

import re

from github_sandbox import git_copy
from github_sandbox.model import Repository

RAW, OBJECT, DIFF, PATCH, SHA = "raw", "object", "diff", "patch", "sha"
KNOWN = frozenset({RAW, OBJECT, DIFF, PATCH, SHA, "html", "text", "full", "base64"})
_TYPE = re.compile(r"application/vnd\.github(?P<parts>(?:\.[\w-]+)*)(?P<json>\+json)?")


def asked(accept: str) -> tuple[str, str]:
    """Return the first parameter that GitHub knows, such as ``raw``, with its whole media type; two empty texts: JSON.

    A version (``v3``) and a preview are no parameters.
    """
    for entry in accept.split(","):
        match = _TYPE.fullmatch(entry.partition(";")[0].strip())
        for part in match["parts"].split(".") if match else ():
            if match and part in KNOWN:
                return part, match[0]
    return "", ""


def difference(repository: Repository, base: str | None, head: str, kind: str) -> bytes:
    """Return the changes between two commits as git shows them: one ``diff``, or a ``patch`` for each commit.

    ``base`` None: the commit has no parent.
    """
    found = git_copy.state(repository)
    if kind == DIFF:
        ends = [base, head] if base else ["--root", head]
        return git_copy.run(found, ["diff-tree", "--no-commit-id", "-r", "-p", "-M", *ends])
    ends = [f"{base}..{head}"] if base else ["--root", head]
    return git_copy.run(found, ["format-patch", "--stdout", "--no-signature", "-M", *ends])
