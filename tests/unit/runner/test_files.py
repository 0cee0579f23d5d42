from __future__ import annotations

import errno
import os
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.content import sizes
from action_patterns.content.changes import FileChange
from action_patterns.content.sizes import MAX_DOCUMENT_BYTES
from action_patterns.content.temporary_files import temporary_name
from action_patterns.errors import InputError
from action_patterns.runner.files import RunnerFiles
from action_patterns.runner.place import Place


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("work", "temp", "other", "work-beside"):
        (tmp_path / name).mkdir()
    (tmp_path / "other/secret").write_bytes(b"secret")
    (tmp_path / "work-beside/secret").write_bytes(b"secret")
    (tmp_path / "work/a.txt").write_bytes(b"a\r\n")
    (tmp_path / "temp/t.txt").write_bytes(b"t")
    return tmp_path / "work", tmp_path / "temp"


@pytest.fixture
def files(places: tuple[Path, Path]) -> RunnerFiles:
    return RunnerFiles(str(places[0]), str(places[1]), lambda text: text.replace("hush", "***"))


def test_relative_paths_are_read_in_the_workspace_and_written_in_temp(
    files: RunnerFiles, places: tuple[Path, Path]
) -> None:
    work, temp = places
    assert files.read("a.txt") == b"a\r\n"
    assert files.read(str(temp / "t.txt")) == b"t"
    assert files.exists("a.txt")
    assert not files.exists("t.txt")
    assert files.is_directory(".")
    assert not files.is_directory("a.txt")
    assert files.write("deep/er/x.json", "text\n") == str(temp / "deep/er/x.json")
    assert (temp / "deep/er/x.json").read_bytes() == b"text\n"
    assert files.write(str(work / "y"), "hush") == str(work / "y")
    assert (work / "y").read_bytes() == b"***"
    assert (work / "y").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "path",
    [
        "../other/secret",
        "/etc/passwd",
        "a/../../other/secret",
        "link/secret",
        "file-link",
        "../work-beside/secret",
        "",
        "a\0b",
    ],
)
def test_no_path_leads_out(files: RunnerFiles, places: tuple[Path, Path], path: str) -> None:
    for place in places:
        (place / "link").symlink_to("../other")
        (place / "file-link").symlink_to("../other/secret")
    for use in (files.read, files.exists, files.is_directory, files.directory, files.names):
        with pytest.raises(InputError):
            use(path)
    if path != "file-link":
        with pytest.raises(InputError):
            files.write(path, "x")
        with pytest.raises(InputError):
            files.entry(path, PurePosixPath("x"))
    assert (places[0].parent / "other/secret").read_bytes() == b"secret"
    assert sorted(place.name for place in (places[0].parent / "other").iterdir()) == ["secret"]


def test_writing_replaces_a_link_and_does_not_follow_it(files: RunnerFiles, places: tuple[Path, Path]) -> None:
    (places[1] / "link").symlink_to("../other/secret")
    files.write("link", "new")
    assert (places[1] / "link").read_text() == "new"
    assert not (places[1] / "link").is_symlink()
    assert (places[0].parent / "other/secret").read_bytes() == b"secret"


def test_a_write_that_fails_leaves_what_was_there(places: tuple[Path, Path]) -> None:
    def stop(text: str) -> str:
        raise KeyboardInterrupt

    (places[1] / "x").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        RunnerFiles(str(places[0]), str(places[1]), stop).write("x", "new")
    assert (places[1] / "x").read_text() == "old"
    assert sorted(place.name for place in places[1].iterdir()) == ["t.txt", "x"]


def test_a_directory_is_no_file_to_read_or_write(files: RunnerFiles, places: tuple[Path, Path]) -> None:
    (places[1] / "dir").mkdir()
    for path in ("dir", ".", ".."):
        with pytest.raises(InputError):
            files.write(path, "x")
    with pytest.raises(InputError, match="is not a file"):
        files.read(".")
    with pytest.raises(InputError, match="does not exist"):
        files.read("absent")


def test_a_directory_becomes_additions_with_modes_and_links_kept(files: RunnerFiles, places: tuple[Path, Path]) -> None:
    root = places[0] / "template"
    (root / "sub").mkdir(parents=True)
    (root / ".hidden").write_bytes(b"h")
    (root / "sub/run.sh").write_bytes(b"#!/bin/sh\n")
    (root / "sub/run.sh").chmod(0o755)
    (root / "sub/link").symlink_to("/etc/passwd")
    (root / "sub/directory-link").symlink_to("..")
    assert files.directory("template") == (
        FileChange(path=".hidden", mode="100644", content=b"h"),
        FileChange(path="sub/directory-link", mode="120000", content=b".."),
        FileChange(path="sub/link", mode="120000", content=b"/etc/passwd"),
        FileChange(path="sub/run.sh", mode="100755", content=b"#!/bin/sh\n"),
    )
    assert files.entry("template/sub/run.sh", PurePosixPath("bin/run")) == FileChange(
        path="bin/run", mode="100755", content=b"#!/bin/sh\n"
    )
    assert files.entry("template/sub/link", PurePosixPath("x")).content == b"/etc/passwd"
    assert files.names("template") == (str(root / ".hidden"), str(root / "sub/run.sh"))
    assert [files.read(name) for name in files.names("template")] == [b"h", b"#!/bin/sh\n"]


def test_what_is_no_content_is_refused(files: RunnerFiles, places: tuple[Path, Path]) -> None:
    (places[0] / "repo/.git").mkdir(parents=True)
    (places[0] / "repo/.git/config").write_bytes(b"x")
    with pytest.raises(InputError, match=r"'\.git' is git's own"):
        files.directory("repo")
    (places[0] / "pipes").mkdir()
    os.mkfifo(places[0] / "pipes/p")
    with pytest.raises(InputError, match="neither a file"):
        files.directory("pipes")
    with pytest.raises(InputError, match="neither a file"):
        files.entry("pipes", PurePosixPath("x"))
    with pytest.raises(InputError, match="does not exist"):
        files.directory("absent")
    with pytest.raises(InputError, match="does not exist"):
        files.entry("absent", PurePosixPath("x"))
    assert files.names("absent") == ()


@given(st.lists(st.sampled_from(["..", ".", "a", "link", "loop", "/", "b c", "\\"]), min_size=1, max_size=6))
def test_no_combination_leads_out(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    base = tmp_path_factory.mktemp("base")
    for name in ("work", "temp", "out"):
        (base / name).mkdir()
    (base / "temp/link").symlink_to("../out")
    (base / "temp/loop").symlink_to("loop")
    try:
        written = RunnerFiles(str(base / "work"), str(base / "temp")).write("/".join(parts), "x")
    except InputError:
        return
    assert os.path.realpath(written).startswith((f"{base}/work/", f"{base}/temp/"))
    assert list((base / "out").iterdir()) == []


def test_a_directory_that_is_too_large_is_refused_before_it_is_read(
    files: RunnerFiles, places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "MAX_FILE_BYTES", 10)
    (places[0] / "out").mkdir()
    for name, size in {"a": 11, "b": 10, "c": 12}.items():
        (places[0] / "out" / name).write_bytes(b"x" * size)
    with pytest.raises(InputError) as caught:
        files.directory("out")
    assert [problem.what.partition(" has")[0] for problem in caught.value.problems] == ["The file 'a'", "The file 'c'"]


@pytest.fixture
def tree(places: tuple[Path, Path]) -> Path:
    work = places[0]
    for path in ("src/a.py", "src/deep/b.py", "src/deep/c.txt", ".git/config", "src/sub/.git", "app/[slug]/page.tsx"):
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(path)
    (work / "src/run").write_text("x")
    (work / "src/run").chmod(0o755)
    (work / "src/link").symlink_to("../../other")
    return work


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("src", ["src/a.py", "src/deep/b.py", "src/deep/c.txt", "src/link", "src/run"]),
        ("src/", ["src/a.py", "src/deep/b.py", "src/deep/c.txt", "src/link", "src/run"]),
        ("./src/deep/../a.py", ["src/a.py"]),
        ("src/*.py", ["src/a.py"]),
        ("src/?.py", ["src/a.py"]),
        ("**/*.py", ["src/a.py", "src/deep/b.py"]),
        ("src/**", ["src/a.py", "src/deep/b.py", "src/deep/c.txt", "src/link", "src/run"]),
        ("src/**/deep/*", ["src/deep/b.py", "src/deep/c.txt"]),
        ("src/**/b.py", ["src/deep/b.py"]),
        ("src/[ab].py", ["src/a.py"]),
        ("src/{a,b}.py", ["src/a.py"]),
        ("{src,app}/**/*.{txt,tsx}", ["app/[slug]/page.tsx", "src/deep/c.txt"]),
        ("app/[slug]", ["app/[slug]/page.tsx"]),
        ("app/[slug]/page.tsx", ["app/[slug]/page.tsx"]),
        ("app/[slug]/*.tsx", ["app/[slug]/page.tsx"]),
        ("*/[slug]/**", ["app/[slug]/page.tsx"]),
        ("src/*/", ["src/deep/b.py", "src/deep/c.txt"]),
        ("src/link", ["src/link"]),
        ("**/config", []),
        ("src/*/nothing", []),
        ("sr", []),
        ("a.txt/*", []),
    ],
)
def test_files_are_found_by_path_and_by_pattern(files: RunnerFiles, tree: Path, pattern: str, paths: list[str]) -> None:
    if paths:
        assert [change.path for change in files.find(pattern)] == paths
        assert files.find(f"{tree}/{pattern}") == files.find(pattern)
    else:
        with pytest.raises(InputError, match="names no file"):
            files.find(pattern)


def test_a_directory_with_the_text_of_a_set_is_meant_and_not_its_characters(files: RunnerFiles, tree: Path) -> None:
    (tree / "app/s").mkdir()
    (tree / "app/s/page.tsx").write_text("x")
    assert [change.path for change in files.find("app/[slug]/*.tsx")] == ["app/[slug]/page.tsx"]
    assert [change.path for change in files.find("app/[su]/*.tsx")] == ["app/s/page.tsx"]


def test_what_is_found_has_mode_and_content(files: RunnerFiles, tree: Path) -> None:
    found = {change.path: change for change in files.find("src")}
    assert found["src/run"].mode == "100755"
    assert found["src/a.py"] == FileChange(path="src/a.py", mode="100644", content=b"src/a.py")
    assert found["src/link"] == FileChange(path="src/link", mode="120000", content=b"../../other")


@pytest.mark.parametrize(
    "pattern", ["..", "../*", "/etc/*", "/etc", "src/link/secret", "src/link/*", "../other/**", ""]
)
def test_nothing_is_found_outside_the_workspace(files: RunnerFiles, tree: Path, pattern: str) -> None:
    with pytest.raises(InputError):
        files.find(pattern)


def test_git_s_own_files_are_refused_by_name(files: RunnerFiles, tree: Path) -> None:
    with pytest.raises(InputError, match=r"\.git"):
        files.find(".git/config")


def git_directory(place: Path) -> None:
    for name in ("objects", "refs"):
        (place / name).mkdir(parents=True)
    (place / "HEAD").write_text("ref: refs/heads/main")
    (place / "config").write_text("secret")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("tpl", "leads into git's own files ('.git'"),
        ("tpl/hooks", "leads into git's own files"),
        ("x/../tpl", "leads into git's own files"),
        ("store", "leads into git's own files ('store'"),
        ("store/config", "leads into git's own files ('store'"),
        ("linked", "leads into git's own files ('linked'"),
        (".GIT", "leads into git's own files"),
        ("to-temp", "leads into RUNNER_TEMP"),
        ("to-temp/t.txt", "leads into RUNNER_TEMP"),
        ("chain", "leads into RUNNER_TEMP"),
        ("creds", "of the runner or of actions/checkout ('git-credentials-1.config')"),
    ],
)
def test_no_link_leads_to_what_is_no_content(
    files: RunnerFiles, places: tuple[Path, Path], path: str, said: str
) -> None:
    work, temp = places
    (work / "x").mkdir()
    git_directory(work / ".git")
    (work / ".git/hooks").mkdir()
    git_directory(work / "store")
    (work / "linked").mkdir()
    for name in ("HEAD", "commondir", "gitdir"):
        (work / "linked" / name).write_text("x")
    (work / ".GIT").mkdir(exist_ok=True)
    (temp / "git-credentials-1.config").write_text("secret")
    (work / "tpl").symlink_to(".git")
    (work / "to-temp").symlink_to("../temp")
    (work / "chain").symlink_to("to-temp/t.txt")
    (work / "creds").symlink_to(temp / "git-credentials-1.config")
    for use in (files.read, files.exists, files.is_directory, files.directory, files.names):
        with pytest.raises(InputError) as refused:
            use(path)
        assert said in str(refused.value)


def test_runner_temp_is_taken_where_the_text_names_it(places: tuple[Path, Path], tmp_path: Path) -> None:
    work, temp = places
    (tmp_path / "alias").symlink_to(temp)
    there = RunnerFiles(str(work), str(tmp_path / "alias"))
    for path in (str(temp / "t.txt"), str(tmp_path / "alias/t.txt"), "../temp/t.txt", "x/../../temp/./t.txt"):
        assert there.read(path) == b"t"


def test_runner_temp_in_the_workspace_is_named_by_a_relative_path(tmp_path: Path) -> None:
    (tmp_path / "_temp/step").mkdir(parents=True)
    (tmp_path / "_temp/step/a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    (tmp_path / "link").symlink_to("_temp/step")
    there = RunnerFiles(str(tmp_path), str(tmp_path / "_temp"))
    assert [change.path for change in there.directory("_temp/step")] == ["a"]
    assert [change.path for change in there.find("**")] == ["b", "link"]
    for path, said in ((".", "holds RUNNER_TEMP, at '_temp'"), ("link", "leads into RUNNER_TEMP")):
        with pytest.raises(InputError, match=said):
            there.directory(path)


def test_a_workspace_in_runner_temp_is_no_other_step_s(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work/a").write_bytes(b"a")
    (tmp_path / "other").write_bytes(b"o")
    (tmp_path / "work/link").symlink_to("../other")
    there = RunnerFiles(str(tmp_path / "work"), str(tmp_path))
    assert there.read("a") == b"a"
    with pytest.raises(InputError, match="leads into RUNNER_TEMP"):
        there.read("link")


def test_only_tracked_files_are_content_where_they_are_given(places: tuple[Path, Path]) -> None:
    work = places[0]
    (work / "d/.git").mkdir(parents=True)
    for name in ("d/tracked", "d/other"):
        (work / name).write_bytes(b"x")
    there = RunnerFiles(str(work), str(places[1]), tracked={"d/tracked"})
    assert [change.path for change in there.directory("d")] == ["tracked"]
    assert there.untracked == ["d/other"]
    assert there.entry("d/tracked", PurePosixPath("x")).path == "x"
    with pytest.raises(InputError, match="'d/other' is not tracked by git"):
        there.entry("d/other", PurePosixPath("x"))
    assert there.read("d/other") == b"x"


@pytest.mark.parametrize(
    ("pattern", "why", "fix"),
    [
        ("!src/*.py", "a leading `!` takes out files", "without it"),
        ("src/@(x|y).js", "are no alternatives here", "`{a,b}`"),
        ("src/**.js", "stands for whole directories", "`**/*.js`"),
    ],
)
def test_a_pattern_of_another_dialect_that_names_no_file_is_explained(
    files: RunnerFiles, pattern: str, why: str, fix: str
) -> None:
    with pytest.raises(InputError, match="names no file") as refused:
        files.find(pattern)
    (found,) = refused.value.problems
    assert why in found.what
    assert fix in found.fix


@pytest.mark.parametrize("line", ["a, b", "- a", '["a"]'])
def test_a_list_in_one_line_is_explained(files: RunnerFiles, line: str) -> None:
    with pytest.raises(InputError, match="names no file") as refused:
        files.find(line)
    assert refused.value.problems[0].fix.endswith("Write one a line, without dashes, brackets, quotes and commas.")


@pytest.mark.parametrize("name", ["!keep", "{a,b}", "{{cookiecutter}}"])
def test_a_file_whose_name_looks_like_another_dialect_is_found(files: RunnerFiles, tree: Path, name: str) -> None:
    (tree / name).write_text("x")
    assert [change.path for change in files.find(name)] == [name]


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    files: RunnerFiles, places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    large = places[0] / "large.json"
    large.touch()
    os.truncate(large, MAX_DOCUMENT_BYTES + 1)
    monkeypatch.setattr(Place, "read", lambda _: pytest.fail("it is read"))
    with pytest.raises(InputError, match="67,108,865 bytes; at most 67,108,864"):
        files.read("large.json")


LEFT = temporary_name(bytes(8))


def test_a_temporary_file_of_a_killed_process_is_no_content_and_the_next_write_beside_it_removes_it(
    files: RunnerFiles, places: tuple[Path, Path]
) -> None:
    work, temp = places
    for place in (work, temp):
        (place / "d").mkdir()
        (place / "d" / LEFT).write_bytes(b"half")
        (place / "d/a").write_bytes(b"whole")
    assert [change.path for change in files.directory("d")] == ["a"]
    assert [change.path for change in files.find("d")] == ["d/a"]
    assert [change.path for change in files.find("d/*")] == ["d/a"]
    assert files.names("d") == (str(work / "d/a"),)
    assert files.listing() == ("a.txt", "d/a")
    files.replace("other", b"", "100644")
    files.write("d/b", "")
    assert (work / "d" / LEFT).exists()
    assert (temp / "d" / LEFT).exists(), "another process may write beside it"
    files.replace("d/a", b"new", "100644")
    assert sorted(path.name for path in (work / "d").iterdir()) == ["a"]


def test_a_replaced_file_keeps_its_permissions_and_a_new_one_has_those_of_its_mode(
    files: RunnerFiles, places: tuple[Path, Path]
) -> None:
    work, _ = places
    (work / "a.txt").chmod(0o600)
    for path, mode, expected in (("a.txt", "100755", 0o600), ("d/x", "100755", 0o755), ("d/y", "100644", 0o644)):
        files.replace(path, b"new", "100755" if mode == "100755" else "100644")
        assert (work / path).read_bytes() == b"new"
        assert (work / path).stat().st_mode & 0o777 == expected


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (".", "is a directory"),
        ("d", "is a directory"),
        ("d/..", "is a directory"),
        ("link", "is a symbolic link"),
        ("a.txt/x/y", "is inside"),
        ("link/x", "is inside"),
        ("../temp/t.txt", "is outside the workspace"),
        ("../other/secret", "is outside the workspace"),
        (".git/config", "leads into git's own files"),
        ("d/_runner_file_commands/x", "leads to a file of the runner"),
    ],
)
def test_only_files_of_the_workspace_are_replaced(
    files: RunnerFiles, places: tuple[Path, Path], path: str, said: str
) -> None:
    (places[0] / "d").mkdir()
    (places[0] / "link").symlink_to("a.txt")
    for use in (lambda: files.present(path), lambda: files.replace(path, b"", "100644")):
        with pytest.raises(InputError, match=said):
            use()
    assert (places[0] / "a.txt").read_bytes() == b"a\r\n"
    assert sorted(place.name for place in places[0].iterdir()) == ["a.txt", "d", "link"]


def test_a_file_that_is_present_is_named_by_its_real_path(files: RunnerFiles, places: tuple[Path, Path]) -> None:
    work, _ = places
    (work / "real").mkdir()
    (work / "near").symlink_to("real")
    assert files.present("near/x") == FileChange(path="real/x", mode=None)
    (work / "real/x").write_bytes(b"x")
    (work / "real/x").chmod(0o755)
    assert files.present(str(work / "near/x")) == FileChange(path="real/x", mode="100755", content=b"x")


def test_a_file_that_cannot_be_replaced_has_a_remedy(
    files: RunnerFiles, monkeypatch: pytest.MonkeyPatch, places: tuple[Path, Path]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)
    with pytest.raises(InputError) as caught:
        files.replace("a.txt", b"new", "100644")
    assert "No space left on device" in caught.value.message
    assert "Make room" in caught.value.remediation
    assert sorted(place.name for place in places[0].iterdir()) == ["a.txt"]
