"""distribution.yml: every wrong key is named with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.contracts.repository import is_repository
from action_patterns.discovery.selection import Place
from action_patterns.distribution.distribution_file import read_distribution
from action_patterns.errors import InputError

GOOD = """\
name: sync-ci
targets:
  owners: [acme]
files:
  - target: ci.yml
    source: files/ci.yml
pull-request:
  title: Sync CI
"""


def problems(text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(InputError) as refused:
        read_distribution(text, name="d.yml")
    assert all(problem.file == "d.yml" and problem.fix for problem in refused.value.problems)
    return [(problem.what, problem.line) for problem in refused.value.problems]


def test_the_least_that_is_needed() -> None:
    found = read_distribution(GOOD, name="d.yml")
    assert (found.name, found.key, found.targets.owners) == ("sync-ci", None, ("acme",))
    assert (found.files[0].target, found.files[0].source, found.files[0].absent) == ("ci.yml", "files/ci.yml", False)
    assert (found.pull_request.title, found.pull_request.draft, found.pull_request.base) == ("Sync CI", "false", None)
    assert (found.targets.visibility, found.targets.forks) == ((), False)


def test_all_that_can_be_given() -> None:
    text = """\
name: sync
key: sync v2
targets:
  owners: [acme]
  repositories: [acme/api, alice_acme/dot.files]
  topics: [go]
  include: ["acme/*"]
  exclude: ["*-old"]
  visibility: private
  forks: true
files:
  - {target: docs/, source: files/docs}
  - {target: ., source: files/root}
  - {target: old.yml, absent: true}
pull-request:
  title: Sync
  body: |
    Words.
  commit-message: "chore: sync"
  labels: [bot]
  assignees: [alice]
  reviewers: [bob]
  team-reviewers: [core]
  draft: True
  base: dev
"""
    found = read_distribution(text, name="d.yml")
    assert found.targets.forks is True
    assert [rule.target for rule in found.files] == ["docs/", ".", "old.yml"]
    assert found.files[2].absent is True
    assert (found.pull_request.commit_message, found.pull_request.body) == ("chore: sync", "Words.\n")
    assert (found.pull_request.draft, found.pull_request.team_reviewers) == ("true", ("core",))


def test_filters_of_facts() -> None:
    text = GOOD.replace(
        "owners: [acme]",
        """owners: [acme]
  types: [go, node]
  languages: Go
  any-topics: [web]
  properties:
    team: [web, data]
    live: true
  has-file: [go.mod, deploy/*.tf]
  visibility: [private, internal]
  pushed-since: 90d
  permission: write
  without-open-pull-request: true""",
    )
    found = read_distribution(text, name="d.yml").targets
    assert found is not None
    assert (found.types, found.languages, found.any_topics) == (("go", "node"), ("Go",), ("web",))
    assert (found.properties, found.has_file) == (
        {"team": ("web", "data"), "live": ("true",)},
        ("go.mod", "deploy/*.tf"),
    )
    assert (found.visibility, found.pushed_since, found.permission) == (("private", "internal"), "90d", "write")
    assert found.without_open_pull_request is True
    places = [("types", "node"), ("properties", "team=data"), ("has-file", "go.mod"), ("pushed-since", "90d")]
    assert [found.place(*each) for each in places] == [("d.yml", line) for line in (4, 8, 10, 12)]


def test_a_key_with_nothing_behind_it_is_the_default() -> None:
    found = read_distribution(GOOD + "  labels:\n  body: ~\nkey:\n", name="d.yml")
    assert (found.pull_request.labels, found.pull_request.body, found.key) == ((), "", None)


@pytest.mark.parametrize(
    ("old", "new", "said", "line"),
    [
        ("name: sync-ci", "name: Sync CI", "name: use lower-case", 1),
        ("name: sync-ci", "nmae: sync-ci", "nmae: is not a known key", 1),
        ("owners: [acme]", "owner: [acme]", "targets.owner: is not a known key", 3),
        ("owners: [acme]", "owners: acme", "targets.owners", 3),
        ("owners: [acme]", "owners: []", "targets: name at least one owner", 2),
        ("owners: [acme]", "owners:\n    - acme\n    - acme/*", "targets.owners.1: 'acme/*' is no name", 5),
        (
            "owners: [acme]",
            "owners: [acme]\n  include:\n    - a*\n    - '@(b)'",
            "include.1: the pattern '@(b)' matches",
            6,
        ),
        ("owners: [acme]", "owners: [acme]\n  exclude: ['{fix}/{why}/{a}']", "the pattern '{fix}/{why}/{a}'", 4),
        ("owners: [acme]", "owners: [acme]\n  topics: [go*]", "no repository can have the topic 'go*'", 4),
        ("owners: [acme]", "repositories: [acme]", "'acme' is not of the form owner/name", 3),
        ("owners: [acme]", "repositories: [acme/..]", "'acme/..' is not of the form", 3),
        ("owners: [acme]", "owners: [acme]\n  visibility: secret", "targets.visibility", 4),
        ("owners: [acme]", "owners: [acme]\n  visibility: [public, intern]", "targets.visibility.1: must be", 4),
        ("owners: [acme]", "owners: [acme]\n  types:\n    - go\n    - pyhton", "types.1: 'pyhton' is no type", 6),
        ("owners: [acme]", "owners: [acme]\n  laguages: [go]", "targets.laguages: is not a known key", 4),
        ("owners: [acme]", "owners: [acme]\n  has-file: ['**/x']", "targets.has-file.0: '**/x' has `**`", 4),
        ("owners: [acme]", "owners: [acme]\n  properties:\n    a b: x", "properties.a b: 'a b' is no name", 5),
        ("owners: [acme]", "owners: [acme]\n  properties: {team: []}", "properties.team: it has no value", 4),
        ("owners: [acme]", "owners: [acme]\n  pushed-since: 3 days", "targets.pushed-since: '3 days' is neither", 4),
        ("owners: [acme]", "owners: [acme]\n  permission: wriet", "targets.permission: must be", 4),
        ("owners: [acme]", "owners: [acme]\n  forks: yes", "targets.forks: must be true or false", 4),
        ("    source: files/ci.yml", "    surce: files/ci.yml", "files.0.surce: is not a known key", 6),
        ("    source: files/ci.yml", "    source: x\n    absent: true", "give either `source` or `absent: true`", 5),
        ("    source: files/ci.yml\n", "", "give either `source` or `absent: true`", 5),
        ("target: ci.yml", "target: ../ci.yml", "'../ci.yml' has a '.' or '..' component", 5),
        ("target: ci.yml", "target: /etc/passwd", "is absolute", 5),
        ("target: ci.yml", "target: .git/config", "'.git' component", 5),
        ("target: ci.yml", "target: /", "the path '/' is empty", 5),
        ("target: ci.yml\n    source: files/ci.yml", "target: .\n    absent: true", "would remove everything", 5),
        ("  title: Sync CI", "  titel: Sync CI", "pull-request.titel: is not a known key", 8),
        ("  title: Sync CI", "  title: ''", "pull-request.title", 8),
        ("  title: Sync CI", "  title:", "pull-request.title: is missing", 8),
        (
            "  title: Sync CI",
            "  title: x\n  draft: 1",
            "pull-request.draft: must be 'false', 'true' or 'always-true'",
            9,
        ),
        ("  title: Sync CI", "  title: x\n  labels: {a: b}", "pull-request.labels", 9),
    ],
)
def test_a_wrong_key_is_named_with_its_line(old: str, new: str, said: str, line: int) -> None:
    assert old in GOOD
    found = problems(GOOD.replace(old, new))
    assert any(said in what and where == line for what, where in found), found


def test_every_problem_is_said_at_once() -> None:
    found = problems("name: X Y\nfiles: []\nsurprise: 1\n")
    keys = sorted(what.split(": ")[1] for what, _ in found)
    assert keys == ["files", "name", "pull-request", "surprise", "targets"]


@pytest.mark.parametrize(
    ("old", "new", "fix"),
    [
        ("targets:", "target:", "Write `targets`."),
        ("owners:", "owner:", "Write `owners`."),
        ("source:", "sorce:", "Write `source`."),
        ("title:", "titel:", "Write `title`."),
        ("title: Sync CI", "title: x\n  on-closed: respct", "Write `respect`."),
        ("owners: [acme]", "owners: acme", "Write it as a list, for example `[a, b]`."),
        ("title: Sync CI", "title: x\n  zzz: x", "Remove `zzz`. Known here: "),
        ("  - target: ci.yml\n    source: files/ci.yml", "  - target: {a: b}", "Correct `files.0.target`."),
    ],
)
def test_one_mistake_is_one_problem_with_the_nearest_word(old: str, new: str, fix: str) -> None:
    """A key that is misspelt is not missing too."""
    with pytest.raises(InputError) as refused:
        read_distribution(GOOD.replace(old, new), name="d.yml")
    (problem,) = refused.value.problems
    assert problem.fix.startswith(fix)


@pytest.mark.parametrize("text", ["", "- a\n", "just text\n", "~"])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    ((what, line),) = problems(text)
    assert "must be a mapping" in what
    assert line == 1


@given(st.text(max_size=60))
def test_any_text_is_a_distribution_or_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_distribution(text, name="d.yml")


@pytest.mark.parametrize("name", ["acme/api", "a/b", "alice_acme/x", "A-1/.github", "acme/a_b-c.d", "acme/..."])
def test_names_of_repositories(name: str) -> None:
    assert is_repository(name)


@pytest.mark.parametrize(
    "name", ["acme", "acme/", "/api", "acme/a/b", "-a/b", "acme/.", "acme/..", "a b/c", "acme/$(x)"]
)
def test_names_that_are_none(name: str) -> None:
    assert not is_repository(name)


def test_an_item_of_a_selection_inside_has_its_line() -> None:
    text = """\
name: ci
targets:
  owners: [acme]
  none_of:
    - teams:
        - acme/web
      any-of:
        - topics: [go]
          owners:
            - beta
files: [{source: a, target: a}]
pull-request: {title: T}
"""
    (inside,) = read_distribution(text, name="d.yml").targets.none_of
    assert inside.place("teams", "acme/web") == Place("d.yml", 6)
    assert inside.any_of[0].place("owners", "beta") == Place("d.yml", 10)


@pytest.mark.parametrize(
    ("old", "new", "said", "line"),
    [
        ("acme/web", "acme web", "targets.none-of.0.teams.0: 'acme web' is not of the form organization/team", 4),
        ("teams:", "team:", "targets.none-of.0.team: is not a known key", 4),
        ("{teams: [acme/web]}", "{topics: [go]}", "targets.none-of.0: name at least one owner", 4),
    ],
)
def test_a_mistake_in_a_selection_inside_is_named_with_its_line(old: str, new: str, said: str, line: int) -> None:
    text = """\
name: ci
targets:
  owners: [acme]
  none-of: [{teams: [acme/web]}]
files: [{source: a, target: a}]
pull-request: {title: T}
"""
    with pytest.raises(InputError) as refused:
        read_distribution(text.replace(old, new), name="d.yml")
    (problem,) = refused.value.problems
    assert said in problem.what
    assert problem.line == line
