"""Groups: a repository in several has the rules of all, each with its values; clashes are named before any write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.contracts import Exclusion, PlanEntry, Target
from action_patterns.discovery.groups import all_apply, unite
from action_patterns.discovery.select import Selected
from action_patterns.distribution.campaign import Campaign
from action_patterns.distribution.reading import read_campaign
from action_patterns.errors import InputError
from action_patterns.ports.repositories import FactsNeeded
from support.memory_ports import MemoryFiles
from support.report_builders import context

SOURCES = {
    "bad.json": "{",
    "t/a.txt": "<<{ repository.name }>> <<{ x }>>\n",
    "t/b.txt": "<<{ y }>> <<{ z }>>\n",
    "plain/a": "1",
    "plain/b": "2",
    "plain/deep/c": "3",
    "logo.png": b"\x89PNG\0",
}
GROUPS = ("campaign", "one", "two")


def campaign(**keys: Any) -> Campaign:
    text = {"name": "c", "targets": {"owners": ["acme"]}, "pull-request": {"title": "t"}} | keys
    files: Mapping[str, str | bytes] = {**SOURCES, "d.yml": json.dumps(text, indent=1)}
    return read_campaign("d.yml", MemoryFiles(files), context())


def entry(name: str = "acme/api", *groups: str, **facts: Any) -> PlanEntry:
    target = Target(repository=name, id=1, default_branch="main", **facts)
    return PlanEntry(index=0, target=target, expected_head_oid=None, groups=groups or GROUPS)


def tree(found: Campaign, at: PlanEntry) -> dict[str, bytes]:
    desired = found.desired(at)
    return {each.path: each.content for each in (*desired.changes, *desired.edits)}


def problems(found: Campaign | None = None, *entries: PlanEntry, **keys: Any) -> list[tuple[str, int | None]]:
    with pytest.raises(InputError) as refused:
        (found or campaign(**keys)).check(entries or [entry()])
    assert all(each.fix for each in refused.value.problems)
    return [(each.what, each.line) for each in refused.value.problems]


def rule(source: str, target: str, **keys: Any) -> dict[str, Any]:
    return {"source": source, "target": target, **keys}


def test_a_repository_has_the_files_of_all_its_groups() -> None:
    found = campaign(
        files=["plain/a"],
        groups={
            "one": {"files": [rule("plain/b", "x/b")]},
            "two": {"targets": {"repositories": ["acme/api"]}, "files": [rule("plain/deep/", "y/")]},
        },
    )
    assert tree(found, entry()) == {"plain/a": b"1", "x/b": b"2", "y/c": b"3"}
    assert tree(found, entry("acme/web", "campaign", "one")) == {"plain/a": b"1", "x/b": b"2"}
    assert found.selections.keys() == {"campaign", "one", "two"}
    assert found.reach.repositories == ("acme/api",)
    assert found.reach.owners == ("acme",)


def test_a_group_without_targets_has_those_of_the_campaign() -> None:
    found = campaign(groups={"one": {"files": ["plain/a"]}})
    assert found.selections["one"].owners == ("acme",)
    assert found.selections.keys() == {"one"}


def test_values_of_a_group_count_before_the_campaigns_and_only_there() -> None:
    found = campaign(
        values={"x": "all", "y": "<<{ x }>>!", "z": "0"},
        groups={
            "one": {
                "values": {"x": "1"},
                "files": [rule("t/a.txt", "one", template=True), rule("t/b.txt", "oneb", template=True)],
            },
            "two": {"files": [rule("t/a.txt", "two", template=True)]},
        },
    )
    assert tree(found, entry()) == {"one": b"api 1\n", "oneb": b"1! 0\n", "two": b"api all\n"}


def test_labels_and_people_of_the_groups_are_added() -> None:
    found = campaign(
        **{
            "groups": {
                "one": {"files": ["plain/a"], "pull-request": {"labels": ["go"], "reviewers": ["dan"]}},
                "two": {"files": ["plain/b"], "pull-request": {"labels": ["go", "x"], "reviewers": "1 of [ann, bob]"}},
            },
            "pull-request": {"title": "t", "labels": ["sync"]},
        }
    )
    both, one = found.desired(entry()), found.desired(entry("acme/api", "one"))
    assert (both.labels, one.labels) == (("go", "sync", "x"), ("go", "sync"))
    assert len(set(both.reviewers) & {"ann", "bob"}) == 1
    assert one.reviewers == ("dan",)


@pytest.mark.parametrize("order", list(permutations(["one", "two", "three"])))
def test_groups_in_any_order_give_the_same_desired_state(order: tuple[str, ...]) -> None:
    groups = {
        "one": {
            "files": [rule("t/a.txt", "a", template=True)],
            "values": {"x": "1"},
            "pull-request": {"labels": ["l1"]},
        },
        "two": {"files": [rule("plain/", "p/")], "pull-request": {"labels": ["l2"], "reviewers": "1 of [ann, bob]"}},
        "three": {"files": [{"target": "old", "absent": True}, rule("plain/a", "c", **{"if": "missing"})]},
    }

    def of(names: tuple[str, ...]) -> tuple[Any, ...]:
        desired = campaign(groups={name: groups[name] for name in names}).desired(entry("acme/api", *names))
        edits = sorted((each.path, each.condition, each.content) for each in desired.edits)
        return desired.changes, edits, desired.labels, desired.reviewers, desired.branch

    assert of(order) == of(("one", "two", "three"))


def test_two_groups_over_one_path_are_named_both() -> None:
    found = campaign(groups={"one": {"files": ["plain/a"]}, "two": {"files": [rule("plain/b", "plain/a")]}})
    assert found.desired(entry("acme/api", "one")).changes[0].content == b"1"
    ((what, line),) = problems(found, entry(), entry("acme/web"))
    assert "plain/a is a target twice: plain/a → plain/a of group 'one' (line 14)" in what
    assert "plain/b → plain/a of group 'two' (line 19)" in what
    assert what.endswith("It concerns all 2 targets.")
    assert line == 19


def test_a_file_inside_a_file_of_another_group_is_named() -> None:
    found = campaign(groups={"one": {"files": [rule("plain/a", "p")]}, "two": {"files": [rule("plain/b", "p/b")]}})
    whats = [what for what, _ in problems(found)]
    assert any("p/b of plain/b → p/b of group 'two'" in what and "inside p" in what for what in whats), whats


def test_what_is_unset_is_named_for_the_repositories_that_lack_it() -> None:
    found = campaign(
        files=[rule("t/b.txt", "b", template=True)],
        values={"y": "<<% if repository.language == 'Go' %>>1<<% else %>><<{ missing }>><<% endif %>>", "z": "1"},
    )
    go, python = entry("acme/go", language="Go"), entry("acme/py", language="Python")
    found.check([go])
    ((what, line),) = problems(found, go, python)
    assert what == "d.yml reads `missing`, which is not set. It concerns acme/py."
    assert line == 19


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"values": {"a": "<<{ b }>>", "b": "<<{ c }>>", "c": "<<{ a }>>"}}, "in a circle"),
        ({"values": {"a": "<<{ a }>>"}}, "a → a refer to each other"),
        ({"values": {"a-b": "1"}}, "'a_b'"),
        ({"values": {"repository": "1"}}, "is set for every template"),
        ({"values": {"a": {"b": "c"}}}, "values.a"),
        ({"values": {"a": "<<{ b "}}, "is no template"),
        ({"files": [rule("t/a.txt", "<<{ x }>>")]}, "set `template: true`"),
        ({"files": [rule("logo.png", "l", template=True)]}, "holds bytes that are no text"),
        ({"files": [rule("plain/a", "a", mirror=True)]}, "`mirror` is about directories"),
        ({"files": [rule("plain/", "a", merge="json")]}, "`merge` is about one file"),
        ({"files": [rule("plain/", ".", mirror=True)]}, "would remove everything else"),
        ({"files": [{"target": "a", "symbolic-link": "../b"}]}, "leads out of the repository"),
        ({"files": [{"target": "a", "symbolic-link": "/b"}]}, "relative path"),
        ({"files": [{"target": "a", "absent": True, "template": True}]}, "`template` is about content"),
        ({"files": [rule("plain/a", "a", merge="json", block=True)]}, "exclude each other"),
        ({"files": [rule("plain/a", "a", **{"if": "absent"})]}, "must be 'always', 'missing' or 'present'"),
        ({"files": [rule("plain/a", "a", mode="777")]}, "files.0.mode"),
        ({"groups": {"A b": {"files": ["plain/a"]}}}, "is no name of a group"),
        ({"groups": {"campaign": {"files": ["plain/a"]}}}, "'campaign'"),
        ({"groups": {"one": {"files": ["plain/a"], "fils": 1}}}, "groups.one.fils: is not a known key"),
        ({"groups": {"one": {"files": [{"sorce": "x"}]}}}, "groups.one.files.0.sorce"),
        ({"groups": {"one": {"files": []}}}, "groups.one.files"),
        ({"files": None, "targets": None, "groups": {"one": {"files": ["plain/a"]}}}, "the group 'one' has none"),
        ({"files": ["plain/a"], "pull-request": {"title": "t", "reviewers": "3 of [a, b]"}}, "asks for 3 of 2 logins"),
        (
            {"files": ["plain/a"], "pull-request": {"title": "<<{ x", "template": True}},
            "is no template",
        ),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_read(keys: dict[str, Any], said: str) -> None:
    whats = [what for what, _ in problems(**({"files": ["plain/a"]} | keys))]
    assert any(said in what for what in whats), whats


def test_every_problem_of_several_rules_is_named_at_once() -> None:
    found = campaign(
        files=[rule("t/a.txt", "a", template=True), rule("t/b.txt", "b", template=True)],
        groups={"one": {"files": [rule("plain/a", "../<<{ x }>>", template=True)]}},
    )
    assert [what.split(" It concerns")[0] for what, _ in problems(found)] == [
        "t/a.txt reads `x`, which is not set.",
        "t/b.txt reads `y`, which is not set.",
        "t/b.txt reads `z`, which is not set.",
        "d.yml reads `x`, which is not set.",
    ]


PARTS = st.lists(st.sampled_from(["a", "..", ".", "/", "\\", ".git", "\0", "b.c", "~", "C:", ""]), max_size=6)


@given(PARTS.map("".join))
def test_a_template_never_yields_a_path_outside(value: str) -> None:
    found = campaign(files=[rule("plain/a", "d/<<{ repository.language }>>/x", template=True)])
    try:
        (change,) = found.desired(entry(language=value or None)).changes
    except InputError:
        return
    parts = change.path.split("/")
    assert parts[0] == "d"
    assert not {"..", ".", "", ".git"} & set(parts)
    assert "\\" not in change.path


def test_title_body_and_path_are_templates_where_they_say_so() -> None:
    text = "<<{ repository.name }>> <<{ x }>>"
    found = campaign(
        **{
            "values": {"x": "1"},
            "files": [rule("plain/a", "docs/<<{ repository.name }>>.md", template=True)],
            "pull-request": {"title": text, "body": f"{text}!", "template": True},
        }
    )
    desired = found.desired(entry())
    assert (desired.title, desired.block, desired.commit_message) == ("api 1", "api 1!", "api 1")
    assert [each.path for each in desired.changes] == ["docs/api.md"]
    plain = campaign(**{"files": ["plain/a"], "pull-request": {"title": text}})
    assert plain.desired(entry()).title == text


def test_a_target_without_facts_that_differ_is_resolved_once() -> None:
    found = campaign(files=["plain/"], groups={"one": {"files": [rule("plain/a", "x")]}})
    assert found.desired(entry("acme/a")) is found.desired(entry("acme/b"))
    assert found.desired(entry("acme/a")) is not found.desired(entry("acme/b", "one"))


def conditional(**keys: Any) -> Campaign:
    return campaign(
        files=["plain/a", rule("plain/b", "b", when={"languages": ["Go"]})],
        groups={
            "one": {"when": {"topics": ["x"]}, "files": ["plain/deep/c"]},
            "two": {"files": [rule("plain/b", "two", when={"visibility": "private"})]},
        },
        **keys,
    )


@pytest.mark.parametrize(
    ("facts", "groups", "paths", "left_out"),
    [
        (
            {"language": "Go", "topics": ("x",), "visibility": "private"},
            ("campaign", "one", "two"),
            ["b", "plain/a", "plain/deep/c", "two"],
            [],
        ),
        (
            {"language": "C", "visibility": "public"},
            ("campaign",),
            ["plain/a"],
            [("campaign", "plain/b → b"), ("one", ""), ("two", "plain/b → two")],
        ),
        ({"topics": ("x",)}, ("campaign", "one"), ["plain/a", "plain/deep/c"], None),
    ],
)
def test_a_condition_that_does_not_hold_leaves_a_rule_or_a_group_out_with_its_reason(
    facts: dict[str, Any], groups: tuple[str, ...], paths: list[str], left_out: list[tuple[str, str]] | None
) -> None:
    found = conditional()
    target = entry(**facts).target
    applicable = found.applies(target, GROUPS)
    assert applicable.groups == groups
    assert sorted(tree(found, entry("acme/api", *applicable.groups, **facts))) == paths
    assert all(each.reason for each in applicable.left_out)
    if left_out is not None:
        assert [(each.group, each.rule) for each in applicable.left_out] == left_out


def test_a_target_for_which_no_rule_counts_is_excluded_with_the_reasons() -> None:
    found = campaign(files=[rule("plain/a", "a", when={"languages": ["Go"]})])
    target = entry(language="C").target
    grouped = unite({"campaign": Selected((target,), ())}, found.applies)
    assert grouped.selected.targets == ()
    (excluded,) = grouped.selected.excluded
    assert (excluded.repository, excluded.reason) == ("acme/api", "no-rule")
    assert "primary language" in excluded.detail


def test_the_facts_that_conditions_and_templates_need_are_asked_for() -> None:
    assert campaign(files=["plain/a"]).facts_needed == FactsNeeded()
    with_file = campaign(files=[rule("plain/a", "a", when={"has-file": "go.mod", "types": ["go"]})]).facts_needed
    assert (with_file.has_file, with_file.types, with_file.properties) == (("go.mod",), True, False)
    text = "<<{ repository.properties.team }>>"
    assert campaign(files=[rule("plain/a", "a")], values={"x": text}).facts_needed.properties
    assert campaign(**{"files": ["plain/a"], "pull-request": {"title": text, "template": True}}).facts_needed.properties


def test_a_custom_property_is_a_value_of_templates() -> None:
    found = campaign(files=[rule("plain/a", "<<{ repository.properties.team }>>", template=True)])
    assert list(tree(found, entry(properties={"team": "core"}))) == ["core"]
    ((what, _),) = problems(found, entry())
    assert "reads an attribute `team`, which is not set" in what


def test_a_header_stands_once_at_the_top_of_each_text_file_in_its_own_syntax() -> None:
    text = "Kept by <<{ campaign.name }>>."
    found = campaign(files=[rule("plain/a", "a.sh", header=text, template=True), rule("logo.png", "logo.png")])
    made = tree(found, entry())
    assert made["a.sh"] == b"# BEGIN action-patterns header\n# Kept by c.\n# END action-patterns header\n1"
    plain = campaign(files=[rule("plain/a", "a.md", header="x"), rule("logo.png", "x.png", header="x")])
    assert tree(plain, entry())["a.md"].splitlines()[1] == b"<!-- x -->"
    assert tree(plain, entry())["x.png"] == SOURCES["logo.png"]
    assert any("comment" in what for what, _ in problems(files=[rule("plain/a", "a.unknown", header="x")]))


def test_targets_that_share_all_else_have_their_own_reviewers() -> None:
    found = campaign(**{"files": ["plain/a"], "pull-request": {"title": "t", "reviewers": "1 of [ann, bob]"}})
    chosen = {
        found.desired(
            PlanEntry(
                index=0, target=Target(repository=f"acme/r{i}", id=i, default_branch="main"), expected_head_oid=None
            )
        ).reviewers
        for i in range(50)
    }
    assert chosen == {("ann",), ("bob",)}


def test_a_repository_that_one_group_excludes_and_another_selects_is_a_target() -> None:
    target, other = entry().target, entry("acme/web").target
    out = [Exclusion(repository=each.repository, reason="excluded") for each in (target, other)]
    grouped = unite({"one": Selected((), tuple(out)), "two": Selected((target,), ())}, all_apply)
    assert grouped.selected.targets == (target,)
    assert [each.repository for each in grouped.selected.excluded] == ["acme/web"]
    assert grouped.groups["acme/api"].groups == ("two",)


GO, PYTHON = {"languages": ["Go"]}, {"languages": ["Python"]}


def test_rules_that_exclude_each_other_may_name_one_path() -> None:
    found = campaign(files=[rule("plain/a", "x", when=GO), rule("plain/b", "x", when=PYTHON)])
    assert tree(found, entry(language="Go")) == {"x": b"1"}
    assert tree(found, entry(language="Python")) == {"x": b"2"}
    both = campaign(files=[rule("plain/a", "x", when=GO), rule("plain/b", "x", when={"languages": ["Go", "C"]})])
    ((what, _),) = problems(both, entry(language="Go"))
    assert "x is a target twice" in what


def test_two_rules_of_one_name_count_each_for_itself() -> None:
    """A target for which neither counts would otherwise be one without a file, and green."""
    twice = [rule("t/b.txt", "x", when=each, template=True) for each in (GO, PYTHON)]
    found = campaign(files=twice, values={"y": "1", "z": "2"})
    applicable = found.applies(entry(language="C").target, ("campaign",))
    assert (applicable.groups, len(applicable.left_out)) == ((), 2)
    for language in ("Go", "Python"):
        assert found.applies(entry(language=language).target, ("campaign",)).groups == ("campaign",)


@pytest.mark.parametrize("there", ["d/", "d/deep/", "d/a/b"])
def test_two_mirrors_of_one_directory_are_refused(there: str) -> None:
    """Each would remove the files that the other keeps."""
    mirrors = [rule("plain/", "d/", mirror=True, exclude=["own"]), rule("plain/deep/", there, mirror=True)]
    whats = [what for what, _ in problems(files=mirrors[:1], groups={"one": {"files": mirrors[1:]}})]
    assert any("meets the mirror d of" in what for what in whats), whats
    apart = {"one": {"files": [rule("plain/deep/", "dd/", mirror=True)]}}
    assert campaign(files=mirrors[:1], groups=apart).desired(entry())


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (rule("bad.json", "package.json", merge="json"), "The source of package.json"),
        (rule("bad.json", "x.toml", merge="toml"), "TOML"),
        (rule("plain/a", "x.unknown", block=True), "comment"),
        (rule("plain/a", "x.unknown", volatile=["$.a"]), "x.unknown"),
    ],
)
def test_our_own_part_of_a_file_is_checked_before_a_target_is_read(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as refused:
        campaign(files=[keys])
    assert any(said in each.what for each in refused.value.problems), refused.value.problems
    assert {each.file for each in refused.value.problems} == {"d.yml"}


@pytest.mark.parametrize("name", ["true", "none", "True", "if", "in"])
def test_a_value_is_not_called_like_a_word_of_the_templates(name: str) -> None:
    assert any("is a word of the templates" in what for what, _ in problems(values={name: "1"}, files=["plain/a"]))


def test_a_mode_that_a_rule_names_counts_for_merged_files_too() -> None:
    (own,) = campaign(files=[rule("plain/a", "x.sh", block=True, mode="755")]).desired(entry()).edits
    (theirs,) = campaign(files=[rule("plain/a", "x.sh", block=True)]).desired(entry()).edits
    assert (own.mode, own.keeps_mode, theirs.keeps_mode) == ("100755", False, True)
