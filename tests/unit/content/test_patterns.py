"""Patterns of paths: a table, and a reference that reads component by component."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from action_patterns.content.patterns import MAX_PATTERN_CHARACTERS, Pattern, PatternList
from action_patterns.errors import InputError

TREE = (
    ".github/workflows/ci.yml",
    ".hidden",
    "README.md",
    "a b.txt",
    "app/[id]/page.tsx",
    "app/i/page.tsx",
    "docs/a.md",
    "docs/deep/b.md",
    "docs/deep/c.yml",
    "new\nline/x",
    'quo"te/\ttab\\slash',
    "src/.env",
    "src/app.py",
    "src/app_test.py",
    "src/deep/util.py",
    "b\udce4d/x",
    "ü/é.txt",
    "vendor/keep/x",
    "vendor/y",
)


def selected(*patterns: str) -> list[str]:
    found = PatternList.of(patterns).over(TREE)
    return [path for path in TREE if found.selects(path)]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["*.md"], ["README.md"]),
        (["**/*.md"], ["README.md", "docs/a.md", "docs/deep/b.md"]),
        (["*"], [".hidden", "README.md", "a b.txt"]),
        (["**"], list(TREE)),
        (["docs/"], ["docs/a.md", "docs/deep/b.md", "docs/deep/c.yml"]),
        (["docs"], ["docs/a.md", "docs/deep/b.md", "docs/deep/c.yml"]),
        (["docs/*"], ["docs/a.md"]),
        (["docs/**"], ["docs/a.md", "docs/deep/b.md", "docs/deep/c.yml"]),
        (["**/deep/"], ["docs/deep/b.md", "docs/deep/c.yml", "src/deep/util.py"]),
        (["**/deep"], ["docs/deep/b.md", "docs/deep/c.yml", "src/deep/util.py"]),
        (["d?cs/*"], ["docs/a.md"]),
        (["src/**", "!src/**/*_test.py"], ["src/.env", "src/app.py", "src/deep/util.py"]),
        (["**", "!docs/**", "!src/"], [p for p in TREE if not p.startswith(("docs/", "src/"))]),
        (["vendor/**", "!vendor/keep/**"], ["vendor/y"]),
        (["!docs/deep/**", "docs/**"], None),
        (["docs/**", "!docs/deep/**", "docs/deep/b.md"], ["docs/a.md", "docs/deep/b.md"]),
        (
            ["**/*.{md,yml}"],
            [".github/workflows/ci.yml", "README.md", "docs/a.md", "docs/deep/b.md", "docs/deep/c.yml"],
        ),
        (["{src,docs}/*"], ["docs/a.md", "src/.env", "src/app.py", "src/app_test.py"]),
        (["{src/{app,none},docs/a}.{py,md}"], ["docs/a.md", "src/app.py"]),
        (["app/[id]/page.tsx"], ["app/[id]/page.tsx"]),
        (["app/[id]/**"], ["app/i/page.tsx"]),
        (["app/\\[id\\]/**"], ["app/[id]/page.tsx"]),
        (["app/[!a-h]/*"], ["app/i/page.tsx"]),
        (["b?d/x", "?/?.txt"], ["b\udce4d/x", "ü/é.txt"]),
        (["*/x"], ["new\nline/x", "b\udce4d/x"]),
        (['quo"te/*'], ['quo"te/\ttab\\slash']),
        (["a b.txt"], ["a b.txt"]),
        (["README.md/"], []),
        (["readme.md"], []),
    ],
)
def test_the_last_match_wins(patterns: list[str], expected: list[str] | None) -> None:
    if expected is None:
        with pytest.raises(InputError, match="which leaves out paths that nothing has selected"):
            PatternList.of(patterns)
        return
    assert selected(*patterns) == expected


@pytest.mark.parametrize(
    ("pattern", "why", "fix"),
    [
        ("", "it is empty", "`**`"),
        ("/docs", "begins at the root", "Write 'docs'"),
        ("./docs", "no part '.'", "from the root"),
        ("a/../b", "'..'", "from the root"),
        ("a//b", "between two slashes", "one slash"),
        ("docs\\a.md", "a backslash", "'/'"),
        ("@(a|b)", "are no alternatives", "`{a,b}`"),
        ("src/!(a).py", "are no alternatives", "`{a,b}`"),
        ("r{1..3}", "is no range", "`[1-3]`"),
        ("[^a]*", "does not negate", "'[!a]*'"),
        (":(glob)docs/**", "pathspecs", "plain"),
        ("**.js", "whole directories", "`**/*.js`"),
        ("[z-a]", "range", "glob"),
        ("a\0", "NUL", "Remove"),
        ("x" * (MAX_PATTERN_CHARACTERS + 1), "characters", "several"),
    ],
)
def test_a_pattern_of_another_dialect_is_refused_by_name(pattern: str, why: str, fix: str) -> None:
    with pytest.raises(InputError) as refused:
        PatternList.of(["ok", pattern, "!ok"], file="d.yml", line=3)
    (problem,) = refused.value.problems
    assert why in problem.what
    assert fix in problem.fix
    assert (problem.file, problem.line) == ("d.yml", 3)


def test_every_refused_pattern_is_named() -> None:
    with pytest.raises(InputError) as refused:
        PatternList.of(["/a", "b", "@(c)"])
    assert len(refused.value.problems) == 2


def test_the_deciding_pattern_and_those_without_effect_are_known() -> None:
    found = PatternList.of(["**", "!docs/**", "none/**"])
    assert [found.deciding(path).text for path in ("docs/a", "x")] == ["!docs/**", "**"]  # type: ignore[union-attr]
    assert [each.text for each in found.without_effect(TREE)] == ["none/**"]
    assert PatternList.of([]).deciding("x") is None
    assert PatternList.of([]).selects("x") is False


# The reference: alternatives are written out, and a path is compared part by part.


def written_out(pattern: str) -> list[str]:
    begin = pattern.find("{")
    end = pattern.find("}", begin)
    if begin < 0 or end < 0 or "," not in pattern[begin:end]:
        return [pattern]
    return [
        each
        for part in pattern[begin + 1 : end].split(",")
        for each in written_out(pattern[:begin] + part + pattern[end + 1 :])
    ]


def part_matches(part: str, name: str) -> bool:
    if not part:
        return not name
    if part[0] == "*":
        return any(part_matches(part[1:], name[at:]) for at in range(len(name) + 1))
    if not name:
        return False
    if part[0] == "[" and "]" in part[2:]:
        end = part.index("]", 2)
        members, negated = part[1:end].removeprefix("!"), part[1] == "!"
        if negated and len(part[1:end]) == 1:
            return part[0] == name[0] and part_matches(part[1:], name[1:])
        return (name[0] in members) is not negated and part_matches(part[end + 1 :], name[1:])
    return part[0] in ("?", name[0]) and part_matches(part[1:], name[1:])


def parts_match(parts: list[str], names: list[str]) -> bool:
    if not parts:
        return not names
    if parts == ["**"]:
        return bool(names)
    if parts[0] == "**":
        return any(parts_match(parts[1:], names[at:]) for at in range(len(names)))
    return bool(names) and part_matches(parts[0], names[0]) and parts_match(parts[1:], names[1:])


def one_matches(pattern: str, path: str) -> bool:
    if pattern.endswith("/"):
        return any(parts_match([*each.split("/"), "**"], path.split("/")) for each in written_out(pattern[:-1]))
    literal = not set("*?[{") & set(pattern.rpartition("/")[2])
    return any(
        parts_match(each.split("/"), path.split("/"))
        or (literal and parts_match([*each.split("/"), "**"], path.split("/")))
        for each in written_out(pattern)
    )


def reference(patterns: list[str], path: str) -> bool:
    found = False
    for pattern in patterns:
        if one_matches(pattern.removeprefix("!"), path) or pattern.removeprefix("!") == path:
            found = not pattern.startswith("!")
    return found


PARTS = st.sampled_from(["a", "b", "*", "?", "a*", "*b", "[ab]", "[!a]", "**", "{a,b}", "{a,*}c", "ä", "\n"])
PATTERNS = st.tuples(
    st.sampled_from(["", "", "!"]), st.lists(PARTS, min_size=1, max_size=4), st.sampled_from(["", "", "/"])
).map(lambda each: each[0] + "/".join(each[1]) + each[2])
PATHS = st.lists(st.text("abcä\n", min_size=1, max_size=3), min_size=1, max_size=4).map("/".join)


@given(st.lists(PATTERNS, min_size=1, max_size=4), st.lists(PATHS, min_size=1, max_size=6))
@example(["a/**", "!a/[ab]"], ["a/a", "a/c", "a"])
def test_a_list_selects_what_the_reference_selects(patterns: list[str], paths: list[str]) -> None:
    try:
        found = PatternList.of(patterns)
    except InputError:
        assert patterns[0].startswith("!")
        return
    for path in paths:
        assert found.selects(path) is reference(patterns, path), (patterns, path)


@given(st.text(max_size=30), st.text(min_size=1, max_size=20))
def test_any_text_is_a_pattern_or_refused(text: str, path: str) -> None:
    try:
        found = Pattern(text)
    except ValueError:
        return
    assert isinstance(found.matches(path), bool)


@given(st.binary(min_size=1, max_size=12), st.binary(min_size=1, max_size=12))
def test_names_are_bytes(one: bytes, other: bytes) -> None:
    """A literal name matches itself alone, whatever its bytes."""
    names = [name.decode(errors="surrogateescape") for name in (one, other)]
    if any(set("/\0\\*?[]{}!,@+:") & set(name) or name in (".", "..") for name in names):
        return
    assert Pattern(names[0]).matches(names[1]) is (one == other)
