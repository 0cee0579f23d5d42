"""`make quick` begins with the tests of what differs from the beginning of the work."""

from __future__ import annotations

import subprocess
from pathlib import Path

import grimp
import pytest

from support.touched import TouchedFirst, changed_files, distances, imported, modules_of, ranks

ROOT = Path(__file__).parents[3]


def git(place: Path, *arguments: str) -> None:
    named = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *named, "-C", str(place), *arguments], check=True, capture_output=True)


def commit(place: Path, **files: str) -> None:
    for name, text in files.items():
        (place / f"{name}.py").write_text(text)
    git(place, "add", "--all")
    git(place, "commit", "--message", "Some")


@pytest.mark.parametrize("remote", [True, False])
def test_what_differs_is_committed_changed_moved_or_new(tmp_path: Path, remote: bool) -> None:
    git(tmp_path, "init", "--initial-branch", "main")
    commit(tmp_path, same="a", changed="a", moved="a b c", theirs="a")
    git(tmp_path, "switch", "--create", "work")
    if remote:
        git(tmp_path, "branch", "--force", "main")
        git(tmp_path, "switch", "main")
        commit(tmp_path, theirs="b")
        git(tmp_path, "update-ref", "refs/remotes/origin/main", "main")
        git(tmp_path, "switch", "work")
    commit(tmp_path, committed="a")
    (tmp_path / "changed.py").write_text("b")
    (tmp_path / "new.py").write_text("a")
    (tmp_path / "ignored.py").write_text("a")
    (tmp_path / ".git/info/exclude").write_text("ignored.py\n")
    git(tmp_path, "mv", "moved.py", "here.py")
    ours = {"changed.py", "new.py", "moved.py", "here.py"}
    assert changed_files(tmp_path) == (ours | {"committed.py"} if remote else ours)


def test_without_git_nothing_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert changed_files(tmp_path) == set()
    monkeypatch.setenv("PATH", "")
    assert changed_files(ROOT) == set()


def test_a_file_is_known_by_the_name_it_is_imported_by() -> None:
    files = ["src/action_patterns/ports/__init__.py", "src/action_patterns/run.py", "tests/support/stage.py"]
    names = {"action_patterns.ports", "action_patterns.run", "support.stage"}
    assert modules_of([*files, "docs/a.md", "src/action_patterns/a.json", "benchmarks/b.py"]) == names


def test_every_form_of_import_counts() -> None:
    text = (
        "import a.b\nfrom c import d, e as f\nfrom g.h import (\n    i,\n    j,\n)\ndef test():\n    from k import l\n"
    )
    assert imported(text) >= {"a.b", "c", "c.d", "c.e", "g.h", "g.h.i", "g.h.j", "k", "k.l"}


def test_the_nearest_touched_module_counts_and_a_circle_ends() -> None:
    graph = grimp.ImportGraph()
    for importer, of in [("b", "a"), ("c", "b"), ("d", "c"), ("d", "a"), ("a", "c"), ("z", "y")]:
        graph.add_import(importer=importer, imported=of)
    assert distances(["a", "gone"], graph) == {"a": 0, "gone": 0, "b": 1, "d": 1, "c": 2}


def test_tests_of_a_touched_module_are_first_and_then_those_of_what_imports_it() -> None:
    first = ["tests/unit/test_escape.py", "tests/unit/test_redaction.py"]
    next_one, last = "tests/unit/report/render/markdown/test_layout.py", "tests/unit/state/test_transaction.py"
    tests = [*first, next_one, last]
    near = ranks(tests, {"src/action_patterns/escape.py", first[1]})
    assert [near[test] for test in first] == [0, 0]
    assert near[next_one] > 0
    assert last not in near
    assert ranks(tests, {"README.md"}) == {}


class Item:
    """As much of a pytest.Item as the order asks for."""

    def __init__(self, name: str) -> None:
        self.path = ROOT / "tests" / name


def test_the_order_within_a_file_and_among_the_rest_stays() -> None:
    names = ["unit/state/test_transaction.py", "unit/test_escape.py", "unit/test_escape.py", "unit/test_prose.py"]
    items = [Item(name) for name in names]
    far, first, second, other = items
    TouchedFirst(["src/action_patterns/escape.py"]).pytest_collection_modifyitems(items)  # type: ignore[arg-type]
    assert items == [first, second, far, other]
