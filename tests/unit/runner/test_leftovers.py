"""A directory that another user left in RUNNER_TEMP keeps its files, and gives its name back."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from action_patterns.errors import InputError
from action_patterns.runner.files import RunnerFiles
from action_patterns.runner.leftovers import remedy, set_aside

RECORD = "action-patterns/fleet-records-0-a1/x.json"


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """RUNNER_TEMP with a directory of ours, seen by another user."""
    (tmp_path / RECORD).parent.mkdir(parents=True)
    (tmp_path / RECORD).write_text("theirs")
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    return tmp_path


def test_the_highest_directory_of_another_user_is_renamed_with_all_it_holds(temp: Path) -> None:
    assert set_aside(str(temp), str(temp / RECORD))
    (left,) = temp.iterdir()
    assert left.name.startswith("action-patterns.of-another-user-")
    assert (left / "fleet-records-0-a1/x.json").read_text() == "theirs"


@pytest.mark.parametrize("path", ["out/x.json", "action-patterns/../out/x.json", "/etc/x.json", "action-patterns"])
def test_only_names_that_this_project_gives_are_renamed(temp: Path, path: str) -> None:
    (temp / "out").mkdir()
    assert not set_aside(str(temp), path)
    assert sorted(each.name for each in temp.iterdir()) == ["action-patterns", "out"]


def test_what_is_ours_stays(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert not set_aside(str(temp), RECORD)
    assert (temp / RECORD).read_text() == "theirs"


@pytest.fixture
def as_another_user() -> Iterator[Path]:
    """RUNNER_TEMP of a user who is not root, in which root's container has left directories."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        Path(place).chmod(0o755)
        temp = Path(place, "temp")
        temp.mkdir()
        os.chown(temp, 65534, 65534)
        (temp / RECORD).parent.mkdir(parents=True)
        (temp / "out").mkdir()
        (temp / RECORD).write_text("theirs")
        os.seteuid(65534)
        try:
            yield temp
        finally:
            os.seteuid(0)


def test_a_record_has_its_fixed_name_after_a_container_of_root(as_another_user: Path) -> None:
    files = RunnerFiles(str(as_another_user), str(as_another_user))
    assert files.write(RECORD, "ours") == str(as_another_user / RECORD)
    assert (as_another_user / RECORD).read_text() == "ours"
    assert len(list(as_another_user.glob("action-patterns.of-another-user-*"))) == 1


def test_a_directory_that_the_caller_names_is_not_renamed(as_another_user: Path) -> None:
    files = RunnerFiles(str(as_another_user), str(as_another_user))
    with pytest.raises(InputError, match=r"cannot be written \(Permission denied\)") as refused:
        files.write("out/x.json", "ours")
    assert "Remove what another user left there" in refused.value.problems[0].fix


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "/t is full"),
        (errno.EDQUOT, "/t is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "another user"),
    ],
)
def test_a_refused_file_has_the_remedy_of_its_cause(number: int, says: str) -> None:
    assert says in remedy(OSError(number, "x"), "/t")
