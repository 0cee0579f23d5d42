"""The claim that `check` hands to `complete`: what it said, in which run, of which key and digest. Pure."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from action_patterns.errors import InputError, Problem
from action_patterns.state import key as keys

Verdict = Literal["work", "skip", "unknown"]

_CLAIM = re.compile(r"(work|skip|unknown)\.([0-9]+)\.([0-9a-f]{64}|)\.([A-Za-z0-9=_-]*)")
_FIX = (
    "Pass `claim: ${{ steps.<id>.outputs.claim }}` of the step with `mode: check` of this run. The claim is empty if"
    " that step has another id or did not run: gate this step as that one is."
)


class Claim(NamedTuple):
    """The answer of one `check`."""

    verdict: Verdict
    run_id: int
    digest: str
    """Empty: it is not known."""
    key: str

    def __str__(self) -> str:
        return f"{self.verdict}.{self.run_id}.{self.digest}.{keys.encode(self.key)}"


def read_claim(text: str | None, run_id: int) -> Claim:
    """Return the claim of a step of this run.

    Raises:
        InputError: there is none, it is none, or it is of another run.
    """
    if not text:
        raise InputError(Problem("`claim` is not given, and `complete` records what a `check` has said.", _FIX))
    found = _CLAIM.fullmatch(text)
    try:
        claim = found and Claim(found[1], int(found[2]), found[3], keys.decode(found[4]))  # type: ignore[arg-type]
    except ValueError:
        claim = None
    if not claim or bool(claim.digest) != (claim.verdict != "unknown"):
        raise InputError(Problem(f"`claim` is {text[:80]!r}, which no `check` gives.", _FIX))
    if claim.run_id != run_id:
        what = f"`claim` is of the run {claim.run_id}, and this is the run {run_id}: it proves nothing here."
        raise InputError(Problem(what, _FIX))
    return claim
