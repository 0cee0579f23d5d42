"""Claim the targets that are left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from action_patterns.action.liveness import Liveness
from action_patterns.actions.ledger import leaving, text
from action_patterns.actions.ledger.ending import Ending, annotation, named, unrecorded
from action_patterns.actions.ledger.interface import LedgerInputs
from action_patterns.actions.ledger.request import LedgerRequest, claim_of
from action_patterns.actions.ledger.store import Store, is_only_unkept
from action_patterns.actions.ledger.targets import Given, matrix_of_targets
from action_patterns.contracts.document import compact_json
from action_patterns.discovery.items import MATRIX_CHARACTERS
from action_patterns.discovery.packing import MAX_LEGS
from action_patterns.errors import ActionPatternsError, InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.ports.github import GitHub
from action_patterns.ports.log import Annotation
from action_patterns.state.ledger import table as tables
from action_patterns.state.ledger.book import Book, seconds, shard_of, short_digest
from action_patterns.state.ledger.table import Claimed, ClaimRequest, Table, Wanted

MAX_ASKED = 10
"""Runs about which GitHub is asked at most. The others' claims end with their leases."""


def claim(inputs: LedgerInputs, request: LedgerRequest, ports: Ports, github: GitHub) -> Ending:
    """Claim what is left of the targets. A ledger that cannot be read or written costs work, and no failure.

    Raises:
        LostRaceError: other runs won every round.
        ConflictError: the ledger is one that this version cannot read.
    """
    asked = ClaimRequest(
        us=request.us,
        wanted=tuple(
            Wanted(given.target, short_digest(given.digest or inputs.digest or "")) for given in request.given
        ),
        now=0,
    )
    seen = _Seen(Claimed(todo=tuple(given.target for given in request.given)))

    def decide(table: Table, now: datetime | None) -> tuple[Table, Claimed]:
        after, seen.answer = tables.claim(table, replace(asked, now=seconds(now, ports.clock)))
        seen.table = table
        return after, seen.answer

    store = Store(request, ports, github)
    warning = None
    try:
        book, answer = store.change(decide, [each.target for each in asked.wanted])
        if answer.held and (over := _over(book, asked, ports, github)):
            asked = replace(asked, over=over)
            book, answer = store.change(decide, [each.target for each in asked.wanted])
    except ActionPatternsError as error:
        if not is_only_unkept(error):
            raise
        answer, book = seen.answer, None
        warning = unrecorded(
            error,
            f"Targets that are worked on without a claim: {len(answer.todo):,}. Another run may work on them too, and"
            " the next run does them once more.",
        )
    table = book.table if book else seen.table
    ending = _ending(inputs, request, table, book, answer, warning)
    if request.plan is not None:
        left_out = leaving.records(request.plan, answer, table, ports.context)
        ending.outputs.update(leaving.write(request.plan, left_out, ports))
    return ending


class _Seen:
    """The last decision, which counts where it cannot be written."""

    def __init__(self, answer: Claimed) -> None:
        self.answer = answer
        self.table: Table = {}


def _over(book: Book, asked: ClaimRequest, ports: Ports, github: GitHub) -> frozenset[str]:
    """Return the claims in the way whose runs GitHub calls over."""
    suspects = tables.suspects(book.table, replace(asked, now=seconds(book.read_at, ports.clock)))
    liveness = Liveness(ports, github)
    ended: dict[tuple[str, int, int], bool] = {}
    for each in suspects:
        run = (each.run.repository, each.run.run_id, each.run.attempt)
        if run not in ended and len(ended) < MAX_ASKED and not liveness.is_hidden(each.run):
            ended[run] = liveness.is_over(each.claim, each.run)
    return frozenset(
        each.claim for each in suspects if ended.get((each.run.repository, each.run.run_id, each.run.attempt))
    )


def _ending(
    inputs: LedgerInputs,
    request: LedgerRequest,
    table: Table,
    book: Book | None,
    answer: Claimed,
    warning: Annotation | None,
) -> Ending:
    shards = book.shards if book else 1
    todo = set(answer.todo)
    matrix = matrix_text(
        [given for given in request.given if given.target in todo], inputs.targets_per_job or 0, shards
    )
    if warning is not None:
        outcome, reason = "unchanged", "not-recorded"
    elif answer.todo:
        outcome, reason = "updated", "claimed"
    elif answer.held:
        outcome, reason = "deferred", "in-progress"
    else:
        outcome, reason = "unchanged", "nothing-left"
    return Ending(
        operation=request.operation,
        outcome=outcome,
        reason=reason,
        count=len(answer.todo),
        numbers=(
            ("to do", len(answer.todo)),
            ("done", len(answer.done)),
            ("parked", len(answer.parked)),
            ("worked on by other steps", len(answer.held)),
        ),
        table={target: table[target] for target in answer.parked},
        outputs={
            "todo": list(answer.todo),
            "matrix": matrix,
            "claim": claim_of(request, shards),
            "done": list(answer.done),
            "parked": list(text.parked(table, answer.parked)),
            "held": list(text.held(table, answer.held)),
        },
        annotations=((warning,) if warning else ()) + tuple(_annotations(answer, table)),
    )


def _annotations(answer: Claimed, table: Table) -> Iterator[Annotation]:
    if answer.resumed:
        yield annotation(
            "notice",
            "Taken over",
            f"Steps that died had claimed {named(answer.resumed)}. Part of the work may be done already: it must be"
            " safe to repeat.",
        )
    if answer.parked:
        causes = named(f"{target} ({table[target].reason or 'no cause'})" for target in answer.parked)
        yield annotation(
            "warning",
            f"Parked: {len(answer.parked):,}",
            f"These targets failed too often with this content and are left out: {causes}.\nMend the cause, then use"
            " `mode: free` or give another digest.",
        )
    if answer.held and answer.todo:
        yield annotation(
            "notice",
            f"In progress: {len(answer.held):,}",
            f"Other steps work on {named(answer.held)}. They are left out.",
        )


def matrix_text(todo: list[Given], per_job: int, shards: int) -> str:
    """Return the matrix of at most as many jobs as GitHub takes.

    Raises:
        InputError: it is too long for an output.
    """
    if len(todo) > MAX_LEGS:
        per_job = max(per_job, -(-len(todo) // MAX_LEGS))
    shard = {given.target: shard_of(given.target, shards) for given in todo}
    matrix = matrix_of_targets(todo, per_job=per_job, shard=shard)
    while len(matrix["include"]) > MAX_LEGS:
        per_job += 1
        matrix = matrix_of_targets(todo, per_job=per_job, shard=shard)
    written = compact_json(matrix)
    if len(written) > MATRIX_CHARACTERS:
        raise InputError(
            Problem(
                f"The matrix of {len(todo):,} targets has {len(written):,} characters; an output takes"
                f" {MATRIX_CHARACTERS:,}.",
                "Shorten the names or columns, or claim the targets in the jobs that work on them.",
            )
        )
    return written
