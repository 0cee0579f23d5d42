"""render as a real process, killed at each call that changes the disk: no half file, and one rerun ends as a clean run.

No temporary file of a killed run is content to a later one, also if that one renders something else.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from action_patterns.content.temporary_files import is_temporary
from support.action_process import ROOT, Job, job
from support.editions import without_github

pytestmark = without_github(why="render sends no request.")

SOURCES = {
    "t/ci.yml": "on: push\nname: <<{ name }>>\nref: ${{ github.ref }}\n",
    "t/run.sh": "#!/bin/sh\necho <<{ name }>>\n" + "# filler\n" * 20_000,
    "t/deep/er/x.py": "NAME = '<<{ name }>>'\n",
    "in-place.md": "# <<{ name }>>\n",
    "people.txt": "theirs\n",
}
INPUTS = {"files": "t -> made\nin-place.md", "values": "name=new", "header": "Made by render."}
FORKS = """
import gc, json, os, signal, sys

def die_at(last):
    call = 0

    def count():
        nonlocal call
        call += 1
        if call == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def dying(real, changes, *, after):
        def made(*arguments, **options):
            if not changes(arguments, options):
                return real(*arguments, **options)
            count()
            found = real(*arguments, **options)
            if after:
                count()
            return found
        return made

    def in_directory(_, options):
        return options.get("dir_fd", options.get("src_dir_fd")) is not None

    def makes(arguments, options):
        return in_directory(arguments, options) and arguments[1] & os.O_CREAT

    os.open = dying(os.open, makes, after=True)
    for name in ("replace", "unlink", "mkdir"):
        setattr(os, name, dying(getattr(os, name), in_directory, after=True))
    # A part of what was written is still in a buffer here, so half a file is on the disk.
    os.fchmod = dying(os.fchmod, lambda *_: True, after=False)

from action_patterns import registry, run
from action_patterns.runner import environment
import action_patterns.content.block, action_patterns.content.template, jinja2.sandbox, jinja2.meta
registry.load("render").inputs.model_rebuild()
registry.load("render").outputs.model_rebuild()
gc.freeze()
for line in sys.stdin:
    death, variables, directory, log = json.loads(line)
    process = os.fork()
    if not process:
        stream = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(stream, 1)
        os.dup2(stream, 2)
        os.environ.clear()
        os.environ.update(variables)
        os.chdir(directory)
        die_at(death)
        try:
            run.start(["render"])
        except SystemExit as end:
            sys.stdout.flush()
            os._exit(end.code)
        finally:
            os._exit(99)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""
"""Starts processes of the action. Each kills itself before or after its n-th change of the disk; 0: never."""


@dataclass(frozen=True)
class Ended:
    code: int
    """Negative: the signal that killed it."""
    job: Job


class Renders:
    """Runs of the action, each in a process."""

    def __init__(self, place: Path, processes: subprocess.Popen[str]) -> None:
        self._place = place
        self._processes = processes

    def __call__(self, work: Path, death: int = 0, **changes: str) -> Ended:
        """Render in a workspace, and die at that change of the disk."""
        shutil.rmtree(self._place, ignore_errors=True)
        step = job(self._place, ("https://github.example",) * 3, work, **INPUTS | changes)
        (self._place / "log").touch()
        assert self._processes.stdin is not None and self._processes.stdout is not None
        request = [death, step.variables, str(work), str(self._place / "log")]
        self._processes.stdin.write(json.dumps(request) + "\n")
        self._processes.stdin.flush()
        return Ended(int(self._processes.stdout.readline()), step)


@pytest.fixture
def render(tmp_path: Path) -> Iterator[Renders]:
    command = [sys.executable, "-c", FORKS]
    variables = {"PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(
        command, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as processes:
        yield Renders(tmp_path / "step", processes)
        assert processes.stdin is not None
        processes.stdin.close()
        assert processes.wait(10) == 0


def workspace(place: Path) -> Path:
    work = place / "work"
    for path, content in SOURCES.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(content)
    (work / "t/run.sh").chmod(0o755)
    (work / "made").mkdir()
    (work / "made/ci.yml").write_text("an older one\n")
    return work


def held(work: Path) -> dict[str, tuple[int, bytes]]:
    files = [path for path in sorted(work.rglob("*")) if path.is_file()]
    return {str(path.relative_to(work)): (path.stat().st_mode, path.read_bytes()) for path in files}


def test_a_kill_at_each_write_leaves_no_half_file_and_a_rerun_gives_one_header(render: Renders, tmp_path: Path) -> None:
    work = workspace(tmp_path / "clean")
    before = held(work)
    clean = render(work)
    assert clean.code == 0, clean.job.log
    after = held(work)
    assert json.loads(clean.job.outputs["files"]) == ["in-place.md", "made/ci.yml", "made/deep/er/x.py", "made/run.sh"]
    assert after["made/run.sh"][0] & 0o111
    deaths, half_way, left = 0, set[str](), False
    while True:
        deaths += 1
        shutil.rmtree(tmp_path / "killed", ignore_errors=True)
        work = workspace(tmp_path / "killed")
        ended = render(work, deaths)
        if ended.code == 0:
            break
        assert ended.code == -signal.SIGKILL, ended.job.log
        found = held(work)
        left |= any(map(is_temporary, found))
        for path, content in found.items():
            assert is_temporary(path) or content in (before.get(path), after.get(path)), path
        half_way.add(",".join(path for path in after if found.get(path) == after[path] != before.get(path)))
        other = render(work, files="made -> elsewhere", header="", values="name=x")
        assert other.code == 0, other.job.log
        assert not [path for path in held(work / "elsewhere") if is_temporary(path)]
        shutil.rmtree(work / "elsewhere")
        rerun = render(work)
        assert rerun.code == 0, rerun.job.log
        assert held(work) == after
        again = render(work)
        assert (again.code, again.job.outputs["changed"], again.job.outputs["count"]) == (0, "false", "0")
    assert deaths > 20
    assert len(half_way) == len(SOURCES), "it was killed between any two files"
    assert left, "it was killed while a temporary file was there"
    for path in json.loads(clean.job.outputs["files"]):
        assert after[path][1].count(b"BEGIN action-patterns header") == 1


def test_nothing_is_written_where_a_variable_is_not_set(render: Renders, tmp_path: Path) -> None:
    work = workspace(tmp_path)
    (work / "t/zzz.txt").write_text("fine\n<<{ absent }>>\n")
    before = held(work)
    stamps = {path: (work / path).stat().st_mtime_ns for path in before}
    ended = render(work)
    assert ended.code == 2
    assert "::error title=Input,file=t/zzz.txt,line=2::" in ended.job.log
    assert "t/zzz.txt reads `absent`, which is not set." in ended.job.log
    assert held(work) == before
    assert {path: (work / path).stat().st_mtime_ns for path in before} == stamps


@pytest.mark.parametrize("files", ["t/ci.yml -> out/ci.yml", "t/ci.yml -> out.yml", "out/secret -> made/x", "t -> out"])
def test_no_link_leads_out_of_the_workspace(render: Renders, tmp_path: Path, files: str) -> None:
    work = workspace(tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other/secret").write_text("s")
    (work / "out").symlink_to("../other")
    (work / "out.yml").symlink_to("../other/secret")
    before = held(work)
    ended = render(work, files=files)
    assert ended.code == 2, ended.job.log
    assert held(work) == before
    assert held(tmp_path / "other").keys() == {"secret"}
