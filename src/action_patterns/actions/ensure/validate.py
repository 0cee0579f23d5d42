"""Validation of the inputs of ensure: every problem at once, before the first request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from action_patterns.action.input_checks import repository_problems
from action_patterns.actions.ensure.interface import CREATE_ONLY, LOOKED_UP, EnsureInputs, Kind
from action_patterns.errors import Problem

FIELDS: dict[str, tuple[Kind, ...]] = {
    "commit": ("branch", "tag", "release"),
    "color": ("label",),
    "description": ("label", "milestone"),
    "state": ("milestone",),
    "due_on": ("milestone",),
    "title": ("release",),
    "body": ("release",),
    "body_path": ("release",),
    "draft": ("release",),
    "prerelease": ("release",),
    "wait_timer": ("environment",),
}
"""Input -> the kinds that it belongs to."""
_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|(^|/)\.|\.lock(/|$)|[./]$|^/|^-|^@$")
"""Parts that git refuses in the name of a branch or tag (git-check-ref-format)."""
_LONGEST: dict[Kind, int] = {"label": 50, "environment": 255, "branch": 244, "tag": 244}
_MOST_LABEL_DESCRIPTION = 100
_MOST_BODY = 125_000


def problems(inputs: EnsureInputs, repository: str) -> Iterator[Problem]:
    """Yield what is wrong."""
    yield from repository_problems("repository", repository)
    yield from _key(inputs)
    for field, kinds in FIELDS.items():
        if getattr(inputs, field) is not None and inputs.kind not in kinds:
            yield Problem(
                f"`{field.replace('_', '-')}` is given, and `kind` is `{inputs.kind}`.",
                f"Leave it out: it is for {' or '.join(f'`{kind}`' for kind in kinds)}.",
            )
    yield from _policy(inputs)
    yield from _values(inputs)


def _key(inputs: EnsureInputs) -> Iterator[Problem]:
    name = inputs.name
    is_ref = inputs.kind in ("branch", "tag", "release")
    if (is_ref or inputs.kind == "pull-request") and name.startswith("refs/"):
        yield Problem(
            f"`name` is {name!r}, a full name of a ref.", "Give the name without `refs/heads/` or `refs/tags/`."
        )
    elif is_ref and _REF.search(name):
        yield Problem(f"`name` is {name!r}, which git refuses as a name.", "Give the exact name, not a pattern.")
    if inputs.kind in ("branch", "tag") and re.fullmatch(r"[0-9a-fA-F]{40}", name):
        yield Problem(
            f"`name` is {name!r}, which looks like a commit.", "Name it otherwise; the commit goes into `commit`."
        )
    if inputs.kind == "pull-request" and ("://" in name or re.match(r"#(?!\d+\Z)", name)):
        number = re.fullmatch(r".*/pull/(\d+)(?:/.*)?", name)
        yield Problem(
            f"`name` is {name!r}, which is neither a number nor a branch.",
            f"Write `{number[1]}`." if number else "Write the number of the pull request, or its branch.",
        )
    if inputs.kind == "package":
        from action_patterns.actions.ensure.package import wrong_address

        if wrong := wrong_address(name):
            yield Problem(f"`name` {wrong}.", "Give the address of the version, as the registry's interface has it.")
    if name in (".", "..") and not is_ref:
        yield Problem(f"`name` is {name!r}, which is a step in an address.", "Give another name.")
    if any(ord(character) < 32 for character in name):
        yield Problem("`name` has a control character.", "Give a name of one line.")
    most = _LONGEST.get(inputs.kind)
    if most is not None and len(name) > most:
        yield Problem(f"`name` has {len(name)} characters; GitHub takes {most}.", "Shorten it.")


def _policy(inputs: EnsureInputs) -> Iterator[Problem]:
    if inputs.kind in LOOKED_UP and inputs.mode == "ensure":
        made_by = {"pull-request": "`upsert-pr` makes it.", "artifact": "actions/upload-artifact makes it."}
        made_by["package"] = "Your registry's own client publishes it."
        yield Problem(
            f"`kind` is `{inputs.kind}`, and `mode` is `ensure`.", f"Set `mode: check`. {made_by[inputs.kind]}"
        )
    if inputs.on_difference == "force" and inputs.kind != "branch":
        yield Problem(f"`on-difference` is `force`, and `kind` is `{inputs.kind}`.", "`force` is for a branch.")
    if inputs.on_difference == "update" and inputs.kind in CREATE_ONLY:
        yield Problem(
            f"`on-difference` is `update`, and a {inputs.kind} is never changed.",
            "Use `keep` or `fail`. Who has fetched it would not learn of the change: make another one.",
        )
    if inputs.mode == "check" and (inputs.dry_run or inputs.on_difference):
        yield Problem(
            "`mode` is `check`, which writes nothing, and `dry-run` or `on-difference` is given.",
            "Leave them out, or set `mode: ensure`.",
        )


def _values(inputs: EnsureInputs) -> Iterator[Problem]:
    if inputs.commit is not None and not re.fullmatch(r"[0-9a-f]{40}", inputs.commit):
        yield Problem(
            f"`commit` is {inputs.commit!r}.",
            "Give all 40 hex digits, `${{ github.sha }}` for example. A branch moves, so its name is not taken.",
        )
    if inputs.color is not None and not re.fullmatch(r"#?[0-9a-fA-F]{6}", inputs.color):
        yield Problem(
            f"`color` is {inputs.color!r}.",
            "Give six hex digits, in quotation marks: YAML reads `000000` and `1e1000` as numbers.",
        )
    if inputs.kind == "label" and len(inputs.description or "") > _MOST_LABEL_DESCRIPTION:
        yield Problem(
            f"`description` has {len(inputs.description or '')} characters; GitHub takes {_MOST_LABEL_DESCRIPTION}.",
            "Shorten it.",
        )
    if inputs.due_on is not None and not _is_day(inputs.due_on):
        yield Problem(f"`due-on` is {inputs.due_on!r}.", "Give a day as `2026-01-31`. GitHub keeps no time of day.")
    if inputs.body is not None and inputs.body_path is not None:
        yield Problem("`body` and `body-path` are both given.", "Give one of the two.")
    if len(inputs.body or "") > _MOST_BODY:
        yield too_long(inputs.body or "", "`body`")


def too_long(text: str, what: str) -> Problem:
    """Return the problem of a release's text that GitHub does not take."""
    return Problem(f"{what} has {len(text):,} characters; GitHub takes {_MOST_BODY:,}.", "Shorten it.")


def is_too_long(text: str) -> bool:
    """Return whether GitHub refuses a text of a release for its length."""
    return len(text) > _MOST_BODY


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
