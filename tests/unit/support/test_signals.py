"""Where the parent ignores or blocks SIGINT, the tests and what they start can be interrupted all the same."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
CHILD = "import os, signal; os.kill(os.getpid(), signal.{0}); print('survived', flush=True)"
TEST = """
import subprocess, sys
from support import signals
{restore}
child = subprocess.run([sys.executable, "-S", "-c", {child!r}], capture_output=True, text=True)
print(child.returncode, child.stdout.strip())
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("restore", ["signals.restore()", ""])
def test_a_child_of_a_test_ends_by_the_signal(name: str, restore: str) -> None:
    number = signal.Signals[name]
    program = TEST.format(restore=restore, child=CHILD.format(name))
    ignoring = f"trap '' {name.removeprefix('SIG')}; exec \"$@\""
    done = subprocess.run(
        ["sh", "-c", ignoring, "sh", sys.executable, "-c", program],
        env={"PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=True,
    )
    if restore:
        assert done.stdout.split()[0] == str(-number), done.stdout
    else:
        assert done.stdout.split() == ["0", "survived"], "without it the child goes on: the test above can fail"


def test_this_process_can_be_interrupted() -> None:
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
