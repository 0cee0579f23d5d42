"""How targets are spread over the legs of a matrix. Pure."""

from __future__ import annotations

from action_patterns.contracts import Pack

MAX_LEGS = 256
"""Jobs of one matrix (GitHub docs: "Running variations of jobs in a workflow")."""


def pack(count: int, *, per_leg: int) -> tuple[Pack, ...]:
    """`count` targets in legs of `per_leg`, or of as many as are needed to stay within 256 legs.

    The union of all packs is 0 … count-1, each index once; sizes differ by at most one.
    """
    if count == 0:
        return ()
    legs = min(MAX_LEGS, -(-count // per_leg))
    size, larger = divmod(count, legs)
    packs: list[Pack] = []
    first = 0
    for leg in range(legs):
        last = first + size + (leg < larger) - 1
        packs.append(Pack(first=first, last=last))
        first = last + 1
    return tuple(packs)
