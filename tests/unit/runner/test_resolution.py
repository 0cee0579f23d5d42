"""No path leads out of the workspace and RUNNER_TEMP: not by links, and not by links that change meanwhile."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from action_patterns.errors import InputError
from action_patterns.runner.files import RunnerFiles

INSIDE, OUTSIDE = b"inside", b"OUTSIDE"
NAMES = ("a", "b", "d", "loop", "out")
"""Few names, so that links meet."""


def _base(path: Path) -> Path:
    """Two roots, and beside them a directory of secrets that holds every name."""
    shutil.rmtree(path, ignore_errors=True)
    for root in ("work", "temp"):
        (path / root / "d").mkdir(parents=True)
        (path / root / "d/a").write_bytes(INSIDE)
        (path / root / "out").symlink_to("../other")
        (path / root / "loop").symlink_to("loop")
    (path / "other/d").mkdir(parents=True)
    for name in ("a", "b", "d/a", "d/b"):
        (path / "other" / name).write_bytes(OUTSIDE)
    return path


def _outside(base: Path) -> dict[str, bytes | None]:
    other = base / "other"
    return {str(place): place.read_bytes() if place.is_file() else None for place in sorted(other.rglob("*"))}


def _files(base: Path) -> RunnerFiles:
    return RunnerFiles(str(base / "work"), str(base / "temp"))


def _reads(files: RunnerFiles, path: str) -> Iterator[bytes]:
    """The content that each way of reading gives for a path; nothing for one that is refused."""
    with suppress(InputError):
        yield files.read(path)
    for changes in (
        lambda: files.directory(path),
        lambda: files.find(path),
        lambda: [files.entry(path, PurePosixPath("x"))],
    ):
        with suppress(InputError):
            yield from (change.content for change in changes() if change.mode != "120000")
    with suppress(InputError):
        for name in files.names(path):
            yield files.read(name)


parts = st.sampled_from([*NAMES, *NAMES, "..", "..", "loop/..", "loop/../out/a", "out/d", ".", "*", "**"])
paths = st.lists(parts, min_size=1, max_size=6).map("/".join)
targets = st.one_of(
    paths, st.sampled_from(["/", "..", "../..", "../other", "../work", "../../other/d", "{base}/other"])
)
farms = st.dictionaries(
    st.tuples(st.sampled_from(["work", "work/d", "temp", "temp/d"]), st.sampled_from(NAMES)), targets, max_size=5
)


@given(farms, paths)
@example({}, "loop/../out/a")
@example({("work", "b"): "loop/../out"}, "b/a")
@example({("work", "b"): "{base}/temp/out/d"}, "b/*")
@example({("work/d", "b"): "../loop/../out"}, "d/b/d")
def test_no_farm_of_links_leads_out(
    tmp_path_factory: pytest.TempPathFactory, farm: dict[tuple[str, str], str], path: str
) -> None:
    base = _base(tmp_path_factory.getbasetemp() / "farm")
    for (directory, name), target in farm.items():
        place = base / directory / name
        if not place.is_dir() or place.is_symlink():
            place.unlink(missing_ok=True)
            with suppress(OSError):
                place.symlink_to(target.replace("{base}", str(base)))
    before = _outside(base)
    files = _files(base)
    for given_path in (path, f"{base}/temp/{path}"):
        assert OUTSIDE not in set(_reads(files, given_path))
        _agrees_with_the_kernel(files, base, base / "work" / given_path)
    with suppress(InputError):
        written = files.write(path, "new")
        assert Path(written).read_bytes() == b"new"
        assert Path(os.path.realpath(written, strict=True)) == Path(written)
        assert {base / "work", base / "temp"} & set(Path(written).parents)
    assert _outside(base) == before


def _agrees_with_the_kernel(files: RunnerFiles, base: Path, path: Path) -> None:
    """RunnerFiles reads every file inside that the system opens, and refuses a loop as the system does."""
    try:
        real = Path(os.path.realpath(path, strict=True))
        content = path.read_bytes()
    except OSError as error:
        if error.errno == errno.ELOOP:
            with pytest.raises(InputError):
                files.read(str(path))
        return
    if {base / "work", base / "temp"} & set(real.parents):
        assert files.read(str(path)) == content
        assert files.exists(str(path))
    else:
        with pytest.raises(InputError, match="outside"):
            files.exists(str(path))


def test_a_loop_of_links_is_refused_by_name(tmp_path: Path) -> None:
    base = _base(tmp_path / "base")
    files = _files(base)
    uses: list[Callable[[str], object]] = [files.read, files.exists, files.is_directory, files.directory, files.names]
    uses += [files.find, lambda path: files.entry(path, PurePosixPath("x")), lambda path: files.write(path, "x")]
    for use in uses:
        with pytest.raises(InputError, match="loop of symbolic links") as caught:
            use(f"{base}/temp/loop/../d/a")
        assert f"{base}/temp/loop" in str(caught.value)
        assert "Remove that link" in caught.value.problems[0].fix
    assert files.entry("loop", PurePosixPath("x")).content == b"loop"
    files.write("loop", "new")
    assert (base / "temp/loop").read_text() == "new"


def test_a_chain_of_links_is_followed_as_far_as_linux_does(tmp_path: Path) -> None:
    base = _base(tmp_path / "base")
    (base / "work/0").write_bytes(INSIDE)
    for number in range(1, 42):
        (base / f"work/{number}").symlink_to(str(number - 1))
    assert _files(base).read("40") == INSIDE
    with pytest.raises(InputError, match="more than 40"):
        _files(base).read("41")


def test_a_directory_that_may_be_searched_but_not_listed_is_passed(tmp_path: Path) -> None:
    base = _base(tmp_path / "base")
    (base / "work/d").chmod(0o311)
    try:
        assert _files(base).read("d/a") == INSIDE
    finally:
        (base / "work/d").chmod(0o755)


def test_below_a_file_there_is_nothing(tmp_path: Path) -> None:
    files = _files(_base(tmp_path / "base"))
    assert not files.exists("d/a/b")
    with pytest.raises(InputError, match="does not exist"):
        files.read("d/a/b")
    with pytest.raises(InputError, match="cannot be written"):
        files.write("d/a/b/c", "x")


def test_a_root_that_does_not_exist_yet_is_made_by_the_first_write(tmp_path: Path) -> None:
    files = RunnerFiles(str(tmp_path / "work"), str(tmp_path / "no/temp"))
    assert not files.exists("a")
    assert files.names(".") == ()
    assert Path(files.write("deep/a", "x")).read_text() == "x"


def test_the_whole_disk_may_be_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(INSIDE)
    files = RunnerFiles("/", "/")
    assert files.read(f"{tmp_path}/a") == INSIDE
    assert files.is_directory("..")
    assert Path(files.write(f"{tmp_path}/b", "x")).read_text() == "x"


SYSTEM_CALLS = ("open", "stat", "readlink", "mkdir", "scandir", "replace", "fstat")


def _swapped_at(call: int, swap: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Have another process act right before the nth system call. Returns how many there were."""
    count = 0

    def wrapped(name: str) -> Callable[..., Any]:
        original = getattr(os, name)

        def with_a_race(*given: Any, **options: Any) -> Any:
            nonlocal count
            if count == call:
                count += 1
                swap()
            count += 1
            return original(*given, **options)

        return with_a_race

    for name in SYSTEM_CALLS:
        monkeypatch.setattr(os, name, wrapped(name))
    return lambda: count


USES: dict[str, Callable[[RunnerFiles], object]] = {
    "read": lambda files: files.read("d/a"),
    "directory": lambda files: [change.content for change in files.directory("d")],
    "find": lambda files: [change.content for change in files.find("d/*")],
    "find a directory": lambda files: [change.content for change in files.find("d")],
    "entry": lambda files: files.entry("d/a", PurePosixPath("x")).content,
    "present": lambda files: files.present("d/a").content,
    "write": lambda files: files.write("d/a", "new"),
    "replace": lambda files: files.replace("d/a", b"new", "100644"),
    "replace below": lambda files: files.replace("d/new/er/a", b"new", "100644"),
    "write below": lambda files: files.write("d/new/er/a", "new"),
}


def _to_a_link(base: Path) -> None:
    for root in ("work", "temp"):
        (base / root / "d").rename(base / root / "gone")
        (base / root / "d").symlink_to("../other/d")


def _to_a_link_below(base: Path) -> None:
    (base / "work/d/a").unlink()
    (base / "work/d/a").symlink_to("../../other/a")
    with suppress(FileExistsError):
        (base / "temp/d/new").symlink_to("../../other/d")


def _to_a_pipe(base: Path) -> None:
    for root in ("work", "temp"):
        (base / root / "d/a").unlink()
        os.mkfifo(base / root / "d/a")


def _moved_out(base: Path) -> None:
    for root in ("work", "temp"):
        (base / root / "d").rename(base / f"moved-{root}")


@pytest.mark.slow
@pytest.mark.parametrize("swap", [_to_a_link, _to_a_link_below, _to_a_pipe, _moved_out])
@pytest.mark.parametrize("use", USES)
def test_what_changes_at_any_moment_leads_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use: str, swap: Callable[[Path], None]
) -> None:
    call, calls = 0, 1
    while call < calls:
        base = _base(tmp_path / "base")
        before, files = _outside(base), _files(base)
        with monkeypatch.context() as patched:
            counted = _swapped_at(call, lambda base=base: swap(base), patched)  # type: ignore[misc]
            try:
                found = USES[use](files)
            except InputError:
                found = None
            calls = counted()
        assert OUTSIDE not in (found if isinstance(found, list) else [found])
        assert _outside(base) == before
        assert not list(base.rglob(".action-patterns-writing-*"))
        call += 1
    assert calls > 5


def test_a_directory_that_is_moved_out_is_not_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = _base(tmp_path / "base")
    replace = os.fchmod

    def moved(descriptor: int, mode: int) -> None:
        replace(descriptor, mode)
        (base / "temp/d").rename(base / "other/moved")

    monkeypatch.setattr(os, "fchmod", moved)
    with pytest.raises(InputError, match="is replaced or moved") as caught:
        _files(base).write("d/a", "new")
    assert "Let the step that changes it end" in caught.value.problems[0].fix
    assert (base / "other/moved/a").read_bytes() == INSIDE
    assert [place.name for place in (base / "other/moved").iterdir()] == ["a"]
