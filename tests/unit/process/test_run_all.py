"""Programs side by side: an interrupt leaves none of them."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from action_patterns.process.captured import Answered, run_all


def test_an_interrupt_ends_all_of_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started: list[int] = []
    begin = subprocess.Popen.__init__

    def remember(self: Any, *arguments: Any, **options: Any) -> None:
        begin(self, *arguments, **options)
        started.append(self.pid)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess.Popen, "__init__", remember)
    monkeypatch.setattr(subprocess.Popen, "communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_all([(("sleep", "60"), 60.0)] * 3, cwd=tmp_path, env={"PATH": os.environ["PATH"]})
    assert len(started) == 3
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_one_that_cannot_be_started_says_why_and_costs_the_others_nothing(tmp_path: Path) -> None:
    (tmp_path / "closed").write_text("x")
    began = time.monotonic()
    absent, closed, odd, good = run_all(
        [(("/no/such",), 1.0), ((str(tmp_path / "closed"),), 1.0), (("a\0b",), 1.0), (("echo", "x"), 30.0)],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
    )
    assert [each.returncode for each in (absent, closed, odd)] == [None, None, None]
    assert [os.strerror(each.refused) for each in (absent, closed)] == [
        "No such file or directory",
        "Permission denied",
    ]
    assert good == Answered(0, b"x\n", b"")
    assert time.monotonic() - began < 30
