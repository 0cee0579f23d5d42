"""Patterns of paths: a table, and a reference that reads component by component."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import combinations

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
    "shop/[user-id]/page.tsx",
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
    one_by_one = [path for path in TREE if found.selects(path)]
    assert found.select(TREE)[0] == frozenset(one_by_one)
    return one_by_one


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
        (["app/[id]/**"], ["app/[id]/page.tsx"]),
        (["app/[id]/*.tsx"], ["app/[id]/page.tsx"]),
        (["app/[id]/"], ["app/[id]/page.tsx"]),
        (["app/[id]"], ["app/[id]/page.tsx"]),
        (["**/[id]/[a-z]*.tsx"], ["app/[id]/page.tsx"]),
        (["app/[ij]/**"], ["app/i/page.tsx"]),
        (["*/[user-id]/**"], ["shop/[user-id]/page.tsx"]),
        (["app/\\[id\\]/**"], ["app/[id]/page.tsx"]),
        (["app/{[id],i}/*"], ["app/[id]/page.tsx", "app/i/page.tsx"]),
        (["src[+-9]app.py", "src[!a]app.py"], []),
        (["README[\\].]md"], ["README.md"]),
        (["{src/deep,docs/deep}"], ["docs/deep/b.md", "docs/deep/c.yml", "src/deep/util.py"]),
        (["{vendor,docs}/**"], ["docs/a.md", "docs/deep/b.md", "docs/deep/c.yml", "vendor/keep/x", "vendor/y"]),
        (["new*/**", "quo*/**"], ["new\nline/x", 'quo"te/\ttab\\slash']),
        (["**/*\\\\slash"], ['quo"te/\ttab\\slash']),
        (["{vendor,*.md}"], ["README.md", "vendor/keep/x", "vendor/y"]),
        (["{docs,**}/a.md", "{**/,}README.md"], ["README.md", "docs/a.md"]),
        (["b[\udce0-\udcef]d/*"], ["b\udce4d/x"]),
        (["b[!a]d/*", "[!a]/[!a].txt"], ["b\udce4d/x", "ü/é.txt"]),
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
        ("r{1..3}", "is no range", "'{1,2,3}'"),
        ("[^a]*", "does not negate", "'[!a]*'"),
        (":(glob)docs/**", "pathspecs", "plain"),
        ("**.js", "whole directories", "`**/*.js`"),
        ("[[:alpha:]]", "names of characters", "'[a-z]'"),
        ("a[b/c]d", "has a slash", "'{a/b,c}'"),
        ("/^docs\\/.*$/", "a regular expression between slashes", "Write a glob"),
        ("a{b,c", "has no `}`", "'\\{'"),
        ("a[b", "has no `]`", "'\\['"),
        ("{a,b}" * 9, "more than 256 alternatives", "several"),
        ("a{/,b}/c", "an empty part", "one slash"),
        ("***", "whole directories", "one star"),
        ("a\\", "a backslash", "'/'"),
        ("!!a", "mean nothing", "'\\!'"),
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


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("app/[id]/x", "app/[id]/x", True),
        ("app/[id]/x", "app/i/x", True),
        ("app/[id]", "app/[id]/x", True),
        ("app/[id]", "app/i/x", False),
        ("[xb-a]", "[xb-a]", True),
        ("[xb-a]", "x", False),
        ("{a}/{{b}}.*", "{a}/{{b}}.x", True),
        ("{a}/*", "a/x", False),
    ],
)
def test_a_pattern_alone_reads_a_set_both_ways(pattern: str, path: str, expected: bool) -> None:
    assert Pattern(pattern).matches(path) is expected


def test_each_set_is_text_where_a_path_has_its_text() -> None:
    found = PatternList.of(["[ab]/[cd]"]).over(["[ab]/[cd]"])
    assert [found.selects(path) for path in ("[ab]/[cd]", "a/[cd]", "[ab]/c", "a/c")] == [True, False, False, False]
    found = PatternList.of(["[ab]/[cd]"]).over(["[ab]/c", "a/d"])
    assert [found.selects(path) for path in ("[ab]/c", "a/d")] == [True, False]


def test_every_refused_pattern_is_named() -> None:
    with pytest.raises(InputError) as refused:
        PatternList.of(["!x", "/a", "b", "@(c)"])
    assert len(refused.value.problems) == 3


def test_the_deciding_pattern_and_those_without_effect_are_known() -> None:
    found = PatternList.of(["**", "!docs/**", "none/**"])
    assert [found.deciding(path).text for path in ("docs/a", "x")] == ["!docs/**", "**"]  # type: ignore[union-attr]
    assert [each.text for each in found.without_effect(TREE)] == ["none/**"]
    idle = PatternList.of(["docs", "!src", "!docs/a.md", "!docs/a.md", "docs/a.md"]).without_effect(TREE)
    assert [each.text for each in idle] == ["!src", "!docs/a.md"], "nothing before them selects what they leave out"
    assert PatternList.of([]).deciding("x") is None
    assert PatternList.of([]).selects("x") is False


# The reference: alternatives are written out, brackets that are text become other characters, and a path is compared
# part by part.

TEXT = str.maketrans("[]", "\ue000\ue001")


def written_out(pattern: str) -> list[str]:
    begin = pattern.rfind("{")
    end = pattern.find("}", begin)
    if begin < 0:
        return [pattern]
    return [
        each
        for part in pattern[begin + 1 : end].split(",")
        for each in written_out(pattern[:begin] + part + pattern[end + 1 :])
    ]


def sets(pattern: str) -> list[tuple[int, int]]:
    return [found.span() for found in re.finditer(r"\[[^\]]*\]", pattern)]


def as_text(pattern: str, chosen: Collection[tuple[int, int]]) -> str:
    for begin, end in chosen:
        pattern = pattern[:begin] + pattern[begin:end].translate(TEXT) + pattern[end:]
    return pattern


def part_matches(part: str, name: str) -> bool:
    if not part:
        return not name
    if part[0] == "*":
        return any(part_matches(part[1:], name[at:]) for at in range(len(name) + 1))
    if not name:
        return False
    if part[0] == "[":
        end = part.index("]")
        members = part[1:end].removeprefix("!")
        return (name[0] in members) is not (part[1] == "!") and part_matches(part[end + 1 :], name[1:])
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
    """`pattern` has no braces, and its sets are sets."""
    parts, names = pattern.removesuffix("/").split("/"), path.translate(TEXT).split("/")
    if pattern.endswith("/"):
        # All below `**/` is all below a directory, at any depth.
        return parts_match([*parts, *(["*"] if parts[-1] == "**" else []), "**"], names)
    return parts_match(parts, names) or (not set("*?[") & set(parts[-1]) and parts_match([*parts, "**"], names))


def may_match(pattern: str, path: str, fixed: Collection[tuple[int, int]] = ()) -> bool:
    """Each set that is not `fixed` as text is a set or text."""
    free = [each for each in sets(pattern) if each not in fixed]
    readings = (chosen for size in range(len(free) + 1) for chosen in combinations(free, size))
    return any(one_matches(each, path) for some in readings for each in written_out(as_text(pattern, (*fixed, *some))))


def reference(patterns: list[str], path: str, there: Collection[str] = ()) -> bool:
    found = False
    for pattern in patterns:
        text = pattern.removeprefix("!")
        fixed: list[tuple[int, int]] = []
        for each in sets(text):
            if any(may_match(text, other, (*fixed, each)) for other in there):
                fixed.append(each)
        if may_match(text, path, fixed):
            found = not pattern.startswith("!")
    return found


PARTS = st.sampled_from(
    [
        "a",
        "b",
        "*",
        "?",
        "a*",
        "*b",
        "[ab]",
        "[!a]",
        "[ab]*",
        "**",
        "{a,b}",
        "{a,*}c",
        "{a/b,[ab]}",
        "{**,a}/b",
        "ä",
        "\n",
    ]
)
PATTERNS = st.tuples(
    st.sampled_from(["", "", "!"]), st.lists(PARTS, min_size=1, max_size=3), st.sampled_from(["", "", "/"])
).map(lambda each: each[0] + "/".join(each[1]) + each[2])
NAMES = st.sampled_from(["a", "b", "c", "ab", "ac", "ä", "\n", "[ab]", "[ab]c", "[!a]", "\udce4", "."])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@given(st.lists(PATTERNS, min_size=1, max_size=3), st.lists(PATHS, min_size=1, max_size=6), st.booleans())
@example(["a/**", "!a/[ab]"], ["a/a", "a/c", "a"], False)
@example(["a/[ab]/*"], ["a/[ab]/c", "a/b/c"], True)
@example(["{a,b}"], ["a/c", "b", "c"], False)
def test_a_list_selects_what_the_reference_selects(patterns: list[str], paths: list[str], over: bool) -> None:
    if patterns[0].startswith("!"):
        with pytest.raises(InputError):
            PatternList.of(patterns)
        return
    found = PatternList.of(patterns)
    if over:
        found = found.over(paths)
    for path in paths:
        assert found.selects(path) is reference(patterns, path, paths if over else ()), (patterns, path)


@given(st.text(max_size=30), st.text(min_size=1, max_size=20))
def test_any_text_is_a_pattern_or_refused(text: str, path: str) -> None:
    try:
        found = Pattern(text)
    except ValueError:
        return
    assert isinstance(found.matches(path), bool)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("\U000f0080", "\udc80", False),
        ("\U000f0080", "\U000f0080", True),
        ("*\u0580", "\udc80", False),
        ("?", "\udc80", True),
        ("??", "\udc80", False),
        ("\ud800*", "\ud800x", True),
        ("[\udc80-\udc82]", "\udc81", True),
        ("[!\udc80]", "\udc81", True),
        ("[!\udc80]", "\udc80", False),
        ("[!\udc80]", "\u0580", True),
        ("[a-\U0010ffff]", "\udc80", True),
    ],
)
def test_a_byte_that_is_no_text_is_a_character_like_no_other(pattern: str, path: str, expected: bool) -> None:
    assert Pattern(pattern).matches(path) is expected


@given(st.binary(min_size=1, max_size=12), st.binary(min_size=1, max_size=12))
def test_names_are_bytes(one: bytes, other: bytes) -> None:
    """A literal name of any bytes matches itself alone."""
    names = [name.decode(errors="surrogateescape") for name in (one, other)]
    if any(set("/\0\\*?[]{}!,@+:") & set(name) or name in (".", "..") for name in names):
        return
    assert Pattern(names[0]).matches(names[1]) is (one == other)
