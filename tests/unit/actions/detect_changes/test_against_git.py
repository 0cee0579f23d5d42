"""Random histories, events and depths: the answer is git's, and the same at every depth."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from support import random_histories, sample
from support.detecting import detect, truth

HISTORIES = sample.examples(5)
GROUPS = """
docs: docs/**
source: src/**
library: {paths: lib/**, depends-on: [source]}
"""
DIRECTORIES = {"docs": ("docs/",), "source": ("src/",), "library": ("lib/", "src/")}


@pytest.mark.parametrize("number", range(HISTORIES))
def test_every_event_of_a_random_history_is_answered_as_git_does(tmp_path: Path, number: int) -> None:
    dice = random.Random(sample.number("histories", number))
    history = random_histories.make(tmp_path, dice)
    found = random_histories.cases(history, dice)
    for case in found if sample.plays_all() else dice.sample(found, min(8, len(found))):
        for depth in (1, 2, 0) if sample.plays_all() else (dice.choice((1, 2, 0)),):
            workspace = history.remote.check_out(case.checkout, depth=depth)
            answer = detect(
                workspace,
                case.event,
                case.payload,
                sha=case.sha,
                ref=case.ref,
                variables={"GITHUB_SERVER_URL": "http://127.0.0.1:9"},
                groups=GROUPS,
            )
            where = f"{case} at depth {depth}: {answer.log}"
            expected = truth(history.remote, case.base, case.head)
            assert answer.code == 0, where
            assert answer.paths == expected, where
            assert answer.count == str(len(expected)), where
            assert answer.everything == (case.base is None), where
            concerned = {
                name: case.base is None or any(path.startswith(places) for path in expected)
                for name, places in DIRECTORIES.items()
            }
            submodules = {"lib"} & set(expected)
            if not submodules:
                assert answer.groups == concerned, where
            assert answer.changed or not any(concerned.values()), where
