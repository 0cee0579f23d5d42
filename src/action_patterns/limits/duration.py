"""The least time that writes take under GitHub's limits, whoever sends them and in whichever order."""

from __future__ import annotations

from collections.abc import Sequence

from action_patterns.limits.published import (
    COSTS,
    NOTIFY_SPACING_SECONDS,
    NOTIFYING,
    WRITE_SPACING_SECONDS,
    WRITES,
    Lane,
    Window,
)


def minimum_seconds(lanes: Sequence[Lane], items: int, *, processes: int, write_spacing_seconds: float) -> float:
    """Return a lower bound of the time from the first write of these items to the last.

    Args:
        lanes: the requests of one item, each sent after the one before it. Only writes have a pace.
        items: items, all with one token.
        processes: processes that send them, at the same time or one after another, each with its share of the pace. One
            need not wait for the gap after another's last write. GitHub counts windows per token, over all of them.
        write_spacing_seconds: time between two writes. Below GitHub's, only the spacing counts, as for `Pacer`.
    """
    if not items:
        return 0.0
    bounds = [_line(lanes, items, processes, write_spacing_seconds)]
    if write_spacing_seconds >= WRITE_SPACING_SECONDS:
        windows = {window for lane in lanes for window, _ in COSTS[lane]}
        bounds += [_window(window, lanes, items, processes, write_spacing_seconds) for window in windows]
    return max(bounds)


def _line(lanes: Sequence[Lane], items: int, processes: int, spacing: float) -> float:
    """Return the time of the gaps: a process has one less than it has writes."""
    notices = sum(lane in NOTIFYING for lane in lanes) * items
    writes = sum(lane in WRITES for lane in lanes) * items
    gap = NOTIFY_SPACING_SECONDS * min(1.0, spacing)
    return max(0.0, (writes - processes) * spacing, (notices - processes) * gap)


def _window(window: Window, lanes: Sequence[Lane], items: int, processes: int, spacing: float) -> float:
    """Return the time of the full windows before the last request, and of what must precede, follow and remain."""
    counted = [place for place, lane in enumerate(lanes) if window in dict(COSTS[lane])]
    costs = [dict(COSTS[lanes[place]])[window] for place in counted]
    cheapest = min(costs)
    full, points = divmod(sum(costs) * items - cheapest, window.capacity)
    left = points // cheapest if max(costs) == cheapest else 0
    # The first request that counts comes after the writes before it in its item, the last one before those after it.
    around = _gaps(lanes[: counted[0] + 1]) + _gaps(lanes[counted[-1] :])
    kinds = {lanes[place] for place in counted}
    gap = 0.0 if kinds - WRITES else max(spacing, NOTIFY_SPACING_SECONDS) if kinds <= NOTIFYING else spacing
    return around * spacing + full * window.seconds + max(0, left + 1 - processes) * gap


def _gaps(lanes: Sequence[Lane]) -> int:
    """Return the number of gaps: a write has one to the next, and a read has none."""
    return max(0, sum(lane in WRITES for lane in lanes) - 1)


def writes_within(seconds: float, write_spacing_seconds: float) -> int | None:
    """Return how many writes one token has time for. None: a local GitHub, which asks for no pause."""
    return int(seconds / write_spacing_seconds) if write_spacing_seconds > 0 else None
