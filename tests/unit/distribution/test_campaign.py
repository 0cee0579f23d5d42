"""The campaign in process: what is read, what reaches how far, and how targets are worked on side by side."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from action_patterns.action.reach import check_reach
from action_patterns.contracts import Exclusion, PlanEntry, TargetResult
from action_patterns.discovery.discover import discover, excluded_summary, plan_from
from action_patterns.discovery.selection import Selection
from action_patterns.discovery.source import Source
from action_patterns.distribution import apply as module
from action_patterns.distribution.apply import apply
from action_patterns.distribution.campaign import Campaign
from action_patterns.distribution.reading import read_campaign
from action_patterns.errors import InputError, Problem, UnavailableError
from action_patterns.ports.credentials import Credentials
from action_patterns.ports.pull_requests import Observed
from action_patterns.ports.repositories import FactsNeeded
from action_patterns.pull_request.ownership.source import hashed
from support.fake_github import FakeGitHub, FakePullRequests
from support.fake_repository import KilledError, Repository
from support.memory_ports import MemoryFiles, StillClock
from support.report_builders import context, plan

FILE = """\
name: sync
targets: {owners: [acme]}
files: [{target: ci.yml, source: files/ci.yml}]
pull-request: {title: Sync}
"""


def campaign(text: str = FILE, content: str = "on: push\n") -> Campaign:
    return read_campaign("d.yml", MemoryFiles({"d.yml": text, "files/ci.yml": content, "files/x": "x"}), context())


def fleet(count: int, pulls: type[FakePullRequests] = FakePullRequests) -> FakeGitHub:
    github = FakeGitHub(*(Repository(f"acme/r{i:02}", {"README.md": b"x\n"}) for i in range(count)))
    github.pulls = pulls(github)
    return github


def roster(count: int) -> tuple[PlanEntry, ...]:
    return plan(*(f"acme/r{i:02}" for i in range(count))).roster


def run(github: FakeGitHub, entries: tuple[PlanEntry, ...], written: list[TargetResult]) -> list[TargetResult]:
    return apply(entries, campaign(), "p", github, StillClock(), attempt=1, dry_run=False, on_result=written.append)


# Reading


def test_the_name_is_the_key_unless_a_key_is_given() -> None:
    (entry,) = roster(1)
    assert campaign().desired(entry).key == "sync"
    assert campaign(FILE + "key: other\n").desired(entry).key == "other"


@pytest.mark.parametrize(
    "other",
    [
        campaign(content="on: pull_request\n"),
        campaign(FILE.replace("ci.yml, source", "other.yml, source")),
        campaign(FILE.replace("title: Sync", "title: Sync all")),
        campaign(FILE.replace("title: Sync", "title: Sync, labels: [x]")),
        campaign(FILE + "key: other\n"),
    ],
    ids=["content", "path", "title", "labels", "key"],
)
def test_the_digest_sees_content_fields_and_key(other: Campaign) -> None:
    assert other.digest != campaign().digest


def test_the_digest_does_not_see_who_the_targets_are() -> None:
    assert campaign(FILE.replace("[acme]", "[umbrella]")).digest == campaign().digest


def test_a_campaign_that_cannot_be_desired_is_refused() -> None:
    with pytest.raises(InputError, match="The title has 300"):
        campaign(FILE.replace("title: Sync", f"title: {'x' * 300}"))


def test_looking_lists_owners_and_reads_what_is_named() -> None:
    github = fleet(3)
    github.hosted["umbrella/x"] = Repository("umbrella/x", {"a": b"1"})
    selection = Selection(owners=("acme",), repositories=("acme/r00", "umbrella/x", "acme/absent"))
    seen = discover([selection], github)
    listed = seen.listed(Source("owners", "acme"))
    assert [target.repository for target in listed] == ["acme/r00", "acme/r01", "acme/r02"]
    assert seen.named("acme/absent") is None
    assert seen.visible == 4


class Counted:
    """GitHub, with a record of what is read of its repositories."""

    def __init__(self, github: Any) -> None:
        self.rate_limits = github.rate_limits
        self.repositories = self
        self._repositories = github.repositories
        self.asked: list[Any] = []

    def __getattr__(self, verb: str) -> Any:
        def call(*arguments: Any) -> Any:
            self.asked.append((verb, *(each for each in arguments if not isinstance(each, FactsNeeded))))
            return getattr(self._repositories, verb)(*arguments)

        return call


def test_what_several_selections_mean_is_read_once() -> None:
    github = fleet(2)
    github.hosted["umbrella/x"] = Repository("umbrella/x", {"a": b"1"})
    github.teams = {"acme/web": ("acme/r01", "umbrella/x")}
    github.index = {"org:acme r": ("acme/r00", "acme/former")}
    first = Selection(owners=("acme",), repositories=("umbrella/X",), installation=True)
    second = Selection(owners=("ACME",), repositories=("umbrella/x", "acme/absent"), teams=("acme/web",))
    third = Selection(teams=("acme/web",), search=("org:acme r",), none_of=(Selection(installation=True),))
    counted: Any = Counted(github)
    seen = discover([first, second, third], counted)
    assert sorted(counted.asked) == [
        ("list_installation",),
        ("list_owner", "acme"),
        ("list_team", "acme/web"),
        ("read", ["umbrella/X", "acme/absent", "acme/former"]),
        ("search", "acme", "org:acme r"),
    ]
    assert seen.visible == 3


def test_no_selection_is_a_defect_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least one selection"):
        discover([], fleet(1))


def test_one_repository_named_in_two_spellings_is_visible_once() -> None:
    assert discover([Selection(repositories=("acme/r00", "ACME/R00"))], fleet(1)).visible == 1


def test_a_plan_follows_from_what_was_seen() -> None:
    selection = Selection(owners=("acme",), exclude=("r01",))
    made = plan_from(
        discover([selection], fleet(3)),
        {"campaign": selection},
        name="sync",
        content_digest="c",
        per_leg=2,
        context=context(),
        now=StillClock().now(),
    )
    assert [entry.target.repository for entry in made.roster] == ["acme/r00", "acme/r02"]
    assert [(pack.first, pack.last) for pack in made.packing] == [(0, 1)]
    assert excluded_summary(made.excluded) == {"excluded": 1}
    assert made.budget.requests_remaining == 5000


def test_exclusions_are_counted_most_first() -> None:
    reasons: list[Any] = ["fork", "archived", "archived", "empty"]
    counts = excluded_summary([Exclusion(repository="x", reason=reason) for reason in reasons])
    assert list(counts.items()) == [("archived", 2), ("empty", 1), ("fork", 1)]


# Reach

JOB = Credentials("job", "job")
HERE = context().repository


@pytest.mark.parametrize(
    ("credentials", "selection", "writing"),
    [
        (JOB, {"repositories": (HERE,)}, True),
        (JOB, {"repositories": (HERE.upper(),)}, True),
        (JOB, {"owners": ("acme",), "visibility": "public"}, False),
        (Credentials("app", "job"), {"owners": ("acme",), "repositories": ("umbrella/x",)}, True),
        (Credentials("pat", None), {"owners": ("acme",)}, True),
    ],
    ids=["its own repository", "in another case", "public discovery", "another token", "no job token known"],
)
def test_a_token_that_reaches_is_let_through(
    credentials: Credentials, selection: dict[str, Any], writing: bool
) -> None:
    check_reach(credentials, Selection(**selection).reach, context(), writing=writing)


@pytest.mark.parametrize("writing", [True, False])
@pytest.mark.parametrize(
    ("selection", "named"),
    [
        ({"repositories": ("acme/other",)}, "acme/other"),
        ({"repositories": (HERE, "acme/other")}, "acme/other"),
        ({"owners": ("acme",)}, "the repositories of acme"),
        ({"owners": ("acme",), "visibility": "private"}, "the repositories of acme"),
        ({"owners": ("acme",), "repositories": ("x/y",), "visibility": "public"}, "the repositories of acme"),
    ],
)
def test_githubs_own_token_is_stopped_before_the_first_request(
    selection: dict[str, Any], named: str, writing: bool
) -> None:
    with pytest.raises(InputError) as refused:
        check_reach(JOB, Selection(**selection).reach, context(), writing=writing)
    assert named in refused.value.message
    assert "GitHub App" in refused.value.remediation
    assert "personal access token" in refused.value.remediation
    assert refused.value.exit_code == 2


def test_what_is_public_may_be_listed_but_not_written_with_it() -> None:
    with pytest.raises(InputError):
        check_reach(JOB, Selection(owners=("acme",), visibility="public").reach, context(), writing=True)


# Applying


def test_every_entry_has_one_result_in_order_of_the_roster() -> None:
    written: list[TargetResult] = []
    results = run(fleet(20), roster(20), written)
    assert [result.index for result in results] == list(range(20))
    assert {result.outcome for result in results} == {"created"}
    assert sorted(result.index for result in written) == list(range(20))


def test_no_entry_is_no_result() -> None:
    assert run(fleet(0), (), []) == []


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (UnavailableError("down", remediation="wait"), "failed", "unavailable"),
        (ZeroDivisionError("oops"), "failed", "defect"),
    ],
)
def test_one_target_that_fails_does_not_stop_the_others(error: Exception, outcome: str, reason: str) -> None:
    class Failing(FakePullRequests):
        def observe(self, repository: str, **values: Any) -> Observed:
            if repository == "acme/r02":
                raise error
            return super().observe(repository, **values)

    results = run(fleet(5, Failing), roster(5), [])
    assert [result.outcome for result in results] == ["created", "created", outcome, "created", "created"]
    assert results[2].reason == reason
    assert results[2].error is not None
    assert str(error) in results[2].error.message


def test_a_record_is_written_as_soon_as_its_target_ends() -> None:
    recorded = threading.Event()

    class Waiting(FakePullRequests):
        def observe(self, repository: str, **values: Any) -> Observed:
            if repository == "acme/r01":
                assert recorded.wait(10), "the first record was not written while the second target was at work"
            return super().observe(repository, **values)

    results = apply(
        roster(2),
        campaign(),
        "p",
        fleet(2, Waiting),
        StillClock(),
        attempt=1,
        dry_run=False,
        on_result=lambda _: recorded.set(),
    )
    assert [result.outcome for result in results] == ["created", "created"]


def test_when_it_is_cancelled_what_is_done_is_written_and_what_has_not_begun_does_not_begin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "WORKERS", 1)
    begun: list[str] = []
    proceed = threading.Event()

    class Counting(FakePullRequests):
        def observe(self, repository: str, **values: Any) -> Observed:
            begun.append(repository)
            if len(begun) > 1:
                proceed.wait(10)
            return super().observe(repository, **values)

    written: list[TargetResult] = []

    def cancel(result: TargetResult) -> None:
        written.append(result)
        raise KeyboardInterrupt

    github = fleet(9, Counting)
    with pytest.raises(KeyboardInterrupt):
        apply(roster(9), campaign(), "p", github, StillClock(), attempt=1, dry_run=False, on_result=cancel)
    proceed.set()
    for thread in threading.enumerate():
        if thread.name.startswith("target"):
            thread.join(10)
    assert [result.target for result in written] == ["acme/r00"]
    assert len(begun) <= 2


def test_a_process_that_dies_in_a_target_ends_the_run() -> None:
    class Dying(FakePullRequests):
        def observe(self, repository: str, **values: Any) -> Observed:
            raise KilledError

    with pytest.raises(KilledError):
        run(fleet(1, Dying), roster(1), [])


def test_a_directory_that_cannot_be_listed_costs_the_list_and_not_the_campaign() -> None:
    class Closed(MemoryFiles):
        def listing(self) -> tuple[str, ...]:
            raise InputError(Problem("'root-only' cannot be read (Permission denied).", "Check its permissions."))

    read = read_campaign("d.yml", Closed({"d.yml": FILE, "files/ci.yml": "x"}), context())
    assert read.source.present is None
    assert campaign().source.present == {hashed("d.yml"), hashed("files/ci.yml")}
