from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.action.contract import Finish
from action_patterns.actions.render import Facts, decide, run
from action_patterns.actions.render.interface import RenderInputs, RenderOutputs
from action_patterns.content.changes import FileChange
from action_patterns.content.template import Template
from action_patterns.errors import InputError
from action_patterns.runner.files import RunnerFiles
from support.memory_ports import World

KEY = "ghp_" + "a1B2" * 9


@pytest.fixture
def work(tmp_path: Path) -> Path:
    for name in ("work", "temp", "other"):
        (tmp_path / name).mkdir()
    return tmp_path / "work"


def laid(work: Path, files: Mapping[str, str | bytes]) -> None:
    for path, content in files.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_bytes(content if isinstance(content, bytes) else content.encode())


def held(work: Path) -> dict[str, bytes]:
    return {str(path.relative_to(work)): path.read_bytes() for path in sorted(work.rglob("*")) if path.is_file()}


def render(work: Path, **inputs: Any) -> Finish[RenderOutputs]:
    ports = replace(World().ports(), files=RunnerFiles(str(work), str(work.parent / "temp")))
    return run(RenderInputs(**inputs), ports)


def refused(work: Path, **inputs: Any) -> list[str]:
    """Return the problems of a run, which wrote nothing."""
    before = held(work)
    with pytest.raises(InputError) as caught:
        render(work, **inputs)
    assert held(work) == before
    return [problem.what for problem in caught.value.problems]


def test_a_template_becomes_a_file_and_a_rerun_writes_nothing(work: Path) -> None:
    laid(work, {"t/a.yml": "name: <<{ repository.name }>>\r\nmail: <<{ mail }>>\r\nref: ${{ github.ref }}"})
    inputs = {
        "files": "t/a.yml -> out/a.yml",
        "values": "team=core\nmail=<<{ team }>>@<<{ repository.owner }>>.example",
    }
    first = render(work, **inputs)
    assert first.outputs == RenderOutputs(changed=True, files=("out/a.yml",), count=1)
    made = work / "out/a.yml"
    assert made.read_bytes() == b"name: platform\r\nmail: core@acme.example\r\nref: ${{ github.ref }}"
    os.utime(made, ns=(1, 1))
    again = render(work, **inputs)
    assert again.outputs == RenderOutputs(changed=False, files=(), count=0)
    assert made.stat().st_mtime_ns == 1


def test_only_files_that_differ_are_written(work: Path) -> None:
    laid(work, {"t/a": "a <<{ x }>>", "t/b": "b", "t/.c/d": b"\xff<<{"})
    assert render(work, files="t -> out/", values="x=1").outputs.files == ("out/.c/d", "out/a", "out/b")
    os.utime(work / "out/b", ns=(1, 1))
    assert render(work, files="t -> out", values="x=2").outputs.files == ("out/a",)
    assert (work / "out/b").stat().st_mtime_ns == 1
    assert held(work / "out") == {".c/d": b"\xff<<{", "a": b"a 2", "b": b"b"}


@pytest.mark.parametrize(
    ("files", "made"),
    [
        ("t/a.txt -> out/", {"out/a.txt"}),
        ("t/a.txt -> <<{ x }>>/b.txt", {"one/b.txt"}),
        ("t -> .", {"a.txt", "d/c.txt"}),
        ("./t/ -> o/p/", {"o/p/a.txt", "o/p/d/c.txt"}),
        ("t/d/c.txt", {"t/d/c.txt"}),
        ("t/**/*.txt", {"t/a.txt", "t/d/c.txt"}),
        ("t", {"t/a.txt", "t/d/c.txt"}),
    ],
)
def test_a_line_names_a_file_a_directory_or_a_pattern(work: Path, files: str, made: set[str]) -> None:
    laid(work, {"t/a.txt": "<<{ x }>>", "t/d/c.txt": "<<{ x }>>"})
    assert set(render(work, files=files, values="x=one").outputs.files) == made
    assert {(work / path).read_bytes() for path in made} == {b"one"}


def test_a_name_with_characters_of_a_pattern_is_a_name(work: Path) -> None:
    laid(work, {"app/[id].ts": "<<{ x }>>", "app/i.ts": "<<{ x }>>"})
    assert render(work, files="app/[id].ts -> o.ts", values="x=1").outputs.files == ("o.ts",)


def test_a_file_of_values_has_lists_empty_texts_and_any_length(work: Path) -> None:
    laid(work, {"t": "<<{ versions | tojson }>> [<<{ no }>>] <<{ long | length }>> <<{ x }>> <<{ smile }>>\n"})
    values = {
        "versions": ["3.10", "3.11"],
        "no": "",
        "long": "y" * 200_000,
        "x": "file",
        "smile": "\N{GRINNING FACE}",
    }
    laid(work, {"v.json": json.dumps(values)})
    render(work, files="t -> o", values_path="v.json", values="x=input")
    assert (work / "o").read_text() == '["3.10", "3.11"] [] 200000 input \N{GRINNING FACE}\n'
    laid(work, {"v.yml": "versions: [3.10, 3.11]\nno: ''\nlong: y\nx: on\nsmile: s\n"})
    render(work, files="t -> o", values_path="v.yml")
    assert (work / "o").read_text() == '["3.10", "3.11"] [] 1 on s\n'


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"values": "x"}, "Line 1 of `values` has no `=`."),
        ({"values": "x=1\nx=2"}, "`values` has `x` twice, in lines 1 and 2."),
        ({"values": "x="}, "The value `x` is empty: an expression there came to nothing."),
        ({"values": "a-b=1"}, "`values` has the name 'a-b', which is none of a value."),
        ({"values": "none=1"}, "`values` sets `none`, which is a word of the templates."),
        ({"values": "repository=1"}, "`values` sets `repository`, which every template has."),
        ({"values": "x=<<{ y }>>\ny=<<{ x }>>"}, "values: the values x → y → x refer to each other in a circle."),
        ({"values_path": "list.yml"}, "list.yml holds no mapping of names to values."),
        ({"values_path": "odd.yml"}, "odd.yml: `a` has no value (null)."),
        ({"values_path": "odd.yml"}, "odd.yml: `b` has a mapping or a list inside a list."),
        ({"values_path": "half.json"}, "half.json: `x` holds half a surrogate pair, which no text has."),
        ({"values_path": "none.yml"}, "The path 'none.yml' does not exist."),
        ({"merge": "json", "block": True, "name": "n"}, "`merge` and `block` exclude each other."),
        ({"block": True}, "`block` has no `name`, which finds the block on the next run."),
        ({"name": "n"}, "`name` is that of a block."),
        ({"block": True, "name": "a --> b"}, "`name` has several lines, or ends a comment."),
        ({"comment": "#"}, "`comment` is about a block or a header."),
        ({"files": "t.yml -> a -> b"}, "Line 1 of `files` has several arrows: 't.yml -> a -> b'."),
        ({"files": "absent -> b"}, "The path 'absent' names no file."),
        ({"files": "*.yml -> b"}, "'*.yml' is a pattern, which has no single target."),
        ({"files": "t.yml -> ../b"}, "Line 1 of `files`: the path '../b' has a '.' or '..' component"),
        ({"files": "t.yml -> /b"}, "Line 1 of `files`: the path '/b' is absolute"),
        ({"files": "t.yml -> .git/config"}, "Line 1 of `files`: the path '.git/config' has a '.git' component"),
        ({"files": "t.yml -> <<{ up }>>/b", "values": "up=../.."}, "the path '../../b' has a '.' or '..' component"),
        ({"files": "t.yml -> out/b"}, "'out/b' is outside the workspace"),
        ({"files": "out/secret -> b"}, "'out/secret' is outside the workspace"),
        ({"files": "link -> b"}, "link is a symbolic link, which has no content."),
        ({"files": "t.yml -> link"}, "The path 'link' is a symbolic link."),
        ({"files": "t.yml -> d"}, "The path 'd' is a directory."),
        ({"files": "t.yml -> t2.yml/x"}, "which is no directory."),
        ({"files": "t.yml -> b\nt2.yml -> b"}, "b is a target twice: t.yml (line 1 of `files`) and t2.yml (line 2"),
        ({"files": "t.yml -> b\nt2.yml -> near/../b"}, "has a '.' or '..' component"),
        ({"files": "t.yml -> d/b\nt2.yml -> near/b"}, "d/b is a target twice"),
        ({"files": "t.yml -> b\nt2.yml -> b/c"}, "b/c of t2.yml (line 2 of `files`) is inside b"),
        ({"files": "t.yml -> b\nb2 -> t.yml"}, "t.yml, which b2 (line 2 of `files`) makes, is a source too"),
        ({"files": "d -> d/e"}, "d/e/f, which d/f (line 1 of `files`) makes, is below the source directory 'd'"),
        ({"files": "near -> o"}, "The directory 'near' is not named by its path in the workspace."),
        ({"files": "near/g -> o"}, "The directory 'near/g' is not named by its path in the workspace."),
        ({"files": "binary -> b"}, "binary is a template, and holds bytes that are no text."),
        ({"files": "binary -> b", "template": False, "header": "x", "comment": "#"}, "so it takes no header."),
        ({"files": "key -> b"}, "key looks like it holds a secret in line 1"),
        ({"files": "t.yml", "merge": "yaml"}, "`merge` puts a source into another file"),
        (
            {"files": "d -> o", "merge": "yaml"},
            "`merge` is about one file, and line 1 of `files` names the directory 'd'",
        ),
        ({"files": "t.yml -> list.yml", "merge": "yaml"}, "list.yml of the target"),
        ({"files": "t.yml -> a.json", "header": "x"}, "a.json has a name that says nothing about its comments"),
        ({"files": "t.yml -> a.yml", "header": "<<{ nothing }>>"}, "header reads `nothing`, which is not set."),
        ({"files": "again.md"}, "again.md is rendered in its place, and the result holds `<<{`, `<<%` or `<<#`."),
        ({"files": "u.yml -> b"}, "u.yml reads an attribute `default_branch`, which is not set."),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(work: Path, inputs: dict[str, Any], said: str) -> None:
    (work.parent / "other/secret").write_text("s")
    laid(work, {"t.yml": "a: 1\n", "t2.yml": "", "b2": "", "d/f": "", "d/g/h": "", "binary": b"\xff", "key": KEY})
    laid(work, {"list.yml": "- 1\n", "odd.yml": "a:\nb: {c: d}\n", "half.json": '{"x": "\\ud83d"}'})
    laid(work, {"again.md": "<<{ '<<{' }>>", "u.yml": "\n<<{ repository.default_branch }>>"})
    for name, target in {"out": "../other", "link": "t.yml", "near": "d"}.items():
        (work / name).symlink_to(target)
    problems = refused(work, **{"files": "t.yml -> new"} | inputs)
    assert any(said in problem for problem in problems), problems


def test_all_problems_are_named_at_once_with_file_and_line(work: Path) -> None:
    laid(work, {"a": "x\n<<{ one }>>\n<<{ two }>>", "b": "<<% if %>>", "c": b"\0", "d": "fine"})
    with pytest.raises(InputError) as caught:
        render(work, files="a -> A\nb -> B\nc -> C\nd -> D/../..\nd -> .git/x\nnone -> N", values="zero=0")
    found = {(problem.file, problem.line) for problem in caught.value.problems}
    assert {("a", 2), ("a", 3), ("b", 1), ("c", None)} <= found
    assert len(caught.value.problems) == 7
    assert not [path for path in "ABCDN" if (work / path).exists()]


def test_a_message_says_which_facts_there_are(work: Path) -> None:
    laid(work, {"t": "<<{ repository.topics }>>"})
    with pytest.raises(InputError) as caught:
        render(work, files="t -> o")
    assert caught.value.remediation == "Correct it: known here are full_name, name, owner."


def test_keys_are_merged_and_other_bytes_stay(work: Path) -> None:
    laid(work, {"t": "a: <<{ x }>>\nb: null\n", "o.yml": "# people\nb: 1\nc: 2   # see\n"})
    inputs = {"files": "t -> o.yml", "merge": "yaml", "values": "x=5", "header": "By us."}
    head = "# BEGIN action-patterns header\n# By us.\n# END action-patterns header\n"
    assert render(work, **inputs).outputs.changed
    assert (work / "o.yml").read_text() == f"{head}# people\nc: 2   # see\na: 5\n"
    assert not render(work, **inputs).outputs.changed


def test_a_block_is_kept_in_a_file_of_others(work: Path) -> None:
    laid(work, {"t": "*.log\n", ".gitignore": "/build\n"})
    inputs = {"files": "t -> .gitignore", "block": True, "name": "logs"}
    render(work, **inputs)
    marks = "# BEGIN action-patterns: logs\n*.log\n# END action-patterns: logs\n"
    assert (work / ".gitignore").read_text() == f"/build\n\n{marks}"
    assert not render(work, **inputs).outputs.changed


@pytest.mark.parametrize(
    "inputs",
    [
        {"files": "t.sh -> o.sh"},
        {"files": "t.sh"},
        {"files": "t.sh -> o.toml", "merge": "toml", "template": False},
        {"files": "t.sh -> o.sh", "block": True, "name": "n"},
    ],
)
def test_a_file_has_one_header_and_another_text_replaces_it(work: Path, inputs: dict[str, Any]) -> None:
    laid(work, {"t.sh": 'x = "<<{ repository.name }>>"\n'})
    for text in ("one", "two\nlines of <<{ repository.name }>>" if inputs.get("template", True) else "two", "one"):
        (made,) = render(work, **inputs, header=text).outputs.files
        assert not render(work, **inputs, header=text).outputs.changed
        content = (work / made).read_text()
        assert content.count("action-patterns header") == 2
        assert ("# one\n" in content, "# two\n" in content) == (text == "one", text != "one")


def test_a_binary_file_of_a_directory_is_taken_as_it_is(work: Path) -> None:
    laid(work, {"t/logo.png": b"\x89\0<<{", "t/a.py": "<<{ x }>>\n"})
    render(work, files="t -> o", values="x=1", header="h")
    assert (work / "o/logo.png").read_bytes() == b"\x89\0<<{"
    assert (work / "o/a.py").read_text().endswith("header\n1\n")


def test_check_writes_nothing_and_is_red_until_the_files_are_as_they_shall_be(work: Path) -> None:
    laid(work, {"t": "<<{ x }>>"})
    inputs = {"files": "t -> o", "values": "x=1"}
    red = render(work, **inputs, check=True)
    assert (red.exit_code, red.outputs.files, held(work)) == (1, ("o",), {"t": b"<<{ x }>>"})
    assert "without `check`" in red.annotations[0].message
    render(work, **inputs)
    green = render(work, **inputs, check=True)
    assert (green.exit_code, green.outputs.changed, green.annotations) == (0, False, ())


def test_a_new_file_has_the_mode_of_its_source_and_an_old_one_keeps_its_mode(work: Path) -> None:
    laid(work, {"a": "a", "b": "b", "old": "x"})
    (work / "a").chmod(0o755)
    (work / "old").chmod(0o640)
    render(work, files="a -> new\nb -> plain\na -> old")
    assert [(work / name).stat().st_mode & 0o777 for name in ("new", "plain", "old")] == [0o755, 0o644, 0o640]
    assert render(work, files="b -> new").outputs.changed
    assert (work / "new").stat().st_mode & 0o777 == 0o755


def test_content_that_looks_like_a_secret_passes_only_where_that_is_meant(work: Path) -> None:
    laid(work, {"t/key": KEY, "u": "<<{ key }>>"})
    assert "looks like it holds a secret" in refused(work, files="t -> o")[0]
    assert render(work, files="t -> o", push_protection_bypass="t/").outputs.changed
    assert "u looks like it holds a secret" in refused(work, files="u -> p", values=f"key={KEY}")[0]


def test_a_directory_inside_the_workspace_may_be_reached_by_a_link(work: Path) -> None:
    laid(work, {"t": "x", "real/old": ""})
    (work / "near").symlink_to("real")
    assert render(work, files="t -> near/new").outputs.files == ("real/new",)


def change(path: str, content: bytes = b"", mode: Any = "100644") -> FileChange:
    return FileChange(path=path, mode=mode, content=content)


@pytest.mark.parametrize(
    ("there", "differs"),
    [
        (change("a", mode=None), True),
        (change("a", b"x"), True),
        (change("a", b"y"), False),
        (change("a", b"y", "100755"), False),
    ],
)
def test_what_differs_is_written(there: FileChange, differs: bool) -> None:
    desired = change("a", b"y")
    assert decide(Facts(desired=(desired,), there={"a": there})) == ((desired,) if differs else ())


def test_an_empty_file_is_made() -> None:
    facts = Facts(desired=(change("a"),), there={"a": change("a", mode=None)})
    assert decide(facts) == facts.desired


PARTS = st.sampled_from(
    ["a", "..", ".", "/", "//", "<<{ v }>>", "<<{ v }>>/", ".git", "out", "loop", "near", "b\\c", ""]
)
VALUES = st.sampled_from(["..", "../..", "/", "/etc", "x", ".git", "out", "a/../..", ".GIT ", "near", "b"])


@given(target=st.lists(PARTS, max_size=4).map("/".join), value=VALUES)
def test_a_template_never_yields_a_path_outside(
    tmp_path_factory: pytest.TempPathFactory, target: str, value: str
) -> None:
    base = tmp_path_factory.mktemp("base")
    work = base / "work"
    laid(work, {"t": "MADE", "near2/x": "", ".git/config": "git"})
    laid(base, {"other/x": "other", "temp/x": "temp"})
    for name, to in {"out": "../other", "loop": "loop", "near": "near2"}.items():
        (work / name).symlink_to(to)
    try:
        made = render(work, files=f"t -> {target}", values=f"v={value}").outputs.files
    except InputError:
        made = ()
    found = {str(path.relative_to(base)) for path in base.rglob("*") if path.is_file() and path.read_bytes() == b"MADE"}
    assert found == {"work/t", *(f"work/{path}" for path in made)}
    assert not [path for path in made if path.startswith((".git", "../", "/"))]


TEXTS = st.lists(st.sampled_from(["<<{ v }>>", "a", "\n", "\r\n", "<<# c #>>", "x = 1", "é", "# <<", "}>>", ""])).map(
    "".join
)


@given(
    text=TEXTS,
    value=st.sampled_from(["1", "<", "{", "a\\b", "é"]),
    header=st.sampled_from([None, "h", "h <<{ v }>>\nk"]),
    how=st.sampled_from(["t.py -> o.py", "t.py"]),
)
def test_to_render_twice_is_to_render_once(
    tmp_path_factory: pytest.TempPathFactory, text: str, value: str, header: str | None, how: str
) -> None:
    work = tmp_path_factory.mktemp("base") / "work"
    laid(work, {"t.py": text})
    inputs = {"files": how, "values": f"v={value}", "header": header}
    try:
        render(work, **inputs)
    except InputError:
        return
    once = held(work)
    assert not render(work, **inputs).outputs.changed
    assert held(work) == once
    if header is None and how != "t.py":
        assert once["o.py"] == Template.parse(text, name="t").render({"v": value}).encode()
