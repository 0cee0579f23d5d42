"""A secret that a command prints or writes as an output reaches neither summary, annotation, log nor output."""

from __future__ import annotations

from support.editions import without_github
from support.retrying import ended, retried

pytestmark = without_github(why="The command is the caller's own.")
SECRET = "hush-hush-hush"
PRINTED = f"fatal: unable to access 'https://x:{SECRET}@github.com/': Could not resolve host: github.com\n"


def test_a_secret_in_the_output_is_masked_in_everything_that_is_rendered() -> None:
    for answers in ((ended(128, PRINTED),) * 2, (ended(128, PRINTED), ended())):
        run = retried(
            *answers, attempts=2, run=f"git clone https://x:{SECRET}@github.com/", stage={"secrets": (SECRET,)}
        )
        assert SECRET not in run.said
        assert "***" in run.finish.summary


def test_an_output_with_a_secret_is_left_out_and_named() -> None:
    run = retried(ended(outputs={"token": f"a{SECRET}", "version": "1", SECRET: "x"}), stage={"secrets": (SECRET,)})
    assert run.outputs.outputs == {"version": "1"}
    (warning,) = run.finish.annotations
    assert (warning.level, warning.title) == ("warning", "Output with a secret")
    assert "token" in warning.message
    assert SECRET not in run.said
    assert run.finish.exit_code == 0
