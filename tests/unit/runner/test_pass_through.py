from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.runner.pass_through import TAIL_BYTES, Disarmed, PassThrough


@pytest.fixture
def streams(tmp_path: Path) -> Iterator[tuple[int, int]]:
    fds = [os.open(tmp_path / name, os.O_RDWR | os.O_CREAT) for name in ("out", "err")]
    yield (fds[0], fds[1])
    for fd in fds:
        os.close(fd)


def _read(streams: tuple[int, int]) -> tuple[bytes, bytes]:
    return os.pread(streams[0], 1 << 24, 0), os.pread(streams[1], 1 << 24, 0)


def test_both_streams_pass_as_they_come_and_the_end_is_kept(streams: tuple[int, int]) -> None:
    through = PassThrough(*streams)
    through.stdout(b"x" * TAIL_BYTES + b"\n")
    through.stderr(b"::error::an\xff")
    through.stdout(b"\n")
    through.stderr(b"\n")
    through.close()
    assert _read(streams) == (b"x" * TAIL_BYTES + b"\n\n", b"::error::an\xff\n")
    assert through.tail() == (b"x" * TAIL_BYTES + b"\n::error::an\xff\n\n")[-TAIL_BYTES:]


@pytest.mark.parametrize(
    ("printed", "added"),
    [
        (b"line\n", b""),
        (b"no end", b"\n"),
        (b"::group::g\n", b"::endgroup::\n"),
        (b"::group::g\n::endgroup::\n", b""),
        (b"##[group]g", b"\n::endgroup::\n"),
        (b"::stop-commands::t0k\n::group::g\n", b"::t0k::\n"),
        (b"  ::stop-commands::t0k\n::other::\n", b"::t0k::\n"),
        (b"::stop-commands::t0k\n::t0k::\n::group::g\n", b"::endgroup::\n"),
        (b"::group::g\n::stop-commands::t\n::endgroup::", b"\n::t::\n::endgroup::\n"),
        (b"", b""),
    ],
)
def test_what_a_command_leaves_open_is_closed(streams: tuple[int, int], printed: bytes, added: bytes) -> None:
    for size in (1, 7, 1000):
        through = PassThrough(*streams)
        for at in range(0, len(printed), size):
            through.stdout(printed[at : at + size])
        through.close()
    assert _read(streams)[0] == (printed + added) * 3


def test_a_reader_that_is_gone_does_not_end_the_command() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    through = PassThrough(writing, writing)
    through.stdout(b"text\n")
    through.close()
    os.close(writing)
    assert through.tail() == b"text\n"


@given(st.binary(max_size=200), st.lists(st.integers(1, 50)))
def test_what_is_disarmed_is_shown_by_whole_lines(printed: bytes, cuts: list[int]) -> None:
    shown: list[str] = []
    disarmed = Disarmed(shown.append)
    rest = printed
    for cut in cuts:
        disarmed.stdout(rest[:cut])
        rest = rest[cut:]
    disarmed.stdout(rest)
    disarmed.close()
    assert "\n".join(shown) == printed.removesuffix(b"\n").decode(errors="replace")
    assert disarmed.tail().rstrip(b"\n") == printed.rstrip(b"\n")
