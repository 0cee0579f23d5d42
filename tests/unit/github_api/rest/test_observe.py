"""What is read over REST is what is read over GraphQL, field by field, but for what REST cannot know."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from action_patterns.errors import ActionPatternsError, RefusedError
from action_patterns.github_api.graphql.observe import observe as observe_over_graphql
from action_patterns.github_api.graphql.observe import read_files as read_files_over_graphql
from action_patterns.github_api.rest.observe import observe as observe_over_rest
from action_patterns.github_api.rest.observe import read_files as read_files_over_rest
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls
from action_patterns.ports.git import RefRule
from action_patterns.ports.pull_requests import Observed, PullRequest
from action_patterns.pull_request.ownership.comment import render_comment
from github_sandbox import Limits
from github_sandbox.errors import ApiError
from github_sandbox.inspection import RepositoryView
from support import people
from support.answers import answer
from support.sample import examples
from support.stage import FLEET, FULL, JOB_TOKEN, TARGET, DyingTransport, Stage, desired_state, stage

DESIRED = desired_state(team_reviewers=["core"], **FULL)
BRANCH = DESIRED.branch
PATHS = ("README.md", "ci.yml", "src", "src/app.py", "src/none.py", "none/x", "old.txt")
CONTENTS = ("README.md", "src", "src/none.py")
NOTE = render_comment("sync-config", "note", "x")
ALICE = "Alice <alice@example.com>"

SEED = FLEET | {
    "repositories": [FLEET["repositories"][0] | {"auto-merge": True, "protected": ["main"]}],
    "tokens": FLEET["tokens"]
    | {"ghs_app": {"login": "apb[bot]", "kind": "installation", "permission": "write", "repositories": "all"}},
}


def read(
    scene: Stage, *, token: str = "tok-bot", repository: str = TARGET, **asked: object
) -> tuple[Observed, Observed]:
    """Over GraphQL, and over REST."""
    arguments: dict[str, object] = {"branch": BRANCH, "base": None, "paths": PATHS, "contents": CONTENTS}
    arguments |= {"head_repository": None, "milestone": None} | asked
    if not arguments["paths"]:
        arguments["contents"] = ()
    calls = Calls(DyingTransport(scene.context, token=token))
    both = (observe_over_graphql, observe_over_rest)
    over_graphql, over_rest = (observe(calls, repository, **arguments) for observe in both)  # type: ignore[arg-type]
    return over_graphql, over_rest


def known_to_rest(observed: Observed, milestone: object) -> Observed:
    """Without what REST does not tell, and without what nobody looks at."""
    pulls = [_known_to_rest(pull) for pull in observed.pull_requests if not pull.foreign_head]
    return replace(
        observed,
        pull_requests=tuple(sorted(pulls, key=lambda pull: pull.number)),
        base_rule=RefRule(),
        branch_rule=RefRule(),
        auto_merge_allowed=None,
        graphql=True,
        parent_on_base=None,
        stacked=(),
        compare_and_swap=True,
        milestones=tuple(item for item in observed.milestones if item.title == milestone),
        blobs={},
        branch_clash=None if observed.branch_tip else observed.branch_clash,
    )


def _known_to_rest(pull: PullRequest) -> PullRequest:
    if pull.state == "OPEN":
        return replace(pull, review=None, reviewed=tuple(sorted({*pull.reviewed} - {*pull.requested})))
    return PullRequest(
        number=pull.number,
        url=pull.url,
        state=pull.state,
        title=pull.title,
        body=pull.body,
        base=pull.base,
        head_oid=pull.head_oid,
        id=pull.id,
        draft=pull.draft,
        author=pull.author,
        by_us=pull.by_us,
    )


def same(scene: Stage, **asked: object) -> Observed:
    over_graphql, over_rest = read(scene, **asked)
    milestone = asked.get("milestone")
    assert known_to_rest(over_rest, milestone) == known_to_rest(over_graphql, milestone)
    assert not over_rest.compare_and_swap
    assert (over_graphql.graphql, over_rest.graphql) == (True, False)
    return over_rest


# Whatever may have happened

Event = Callable[[Stage], object]


def _repository(scene: Stage) -> RepositoryView:
    return scene.sandbox.repository(TARGET)


EVENTS: dict[str, Event] = {
    "we run": lambda s: s.upsert(DESIRED),
    "we run again with other content": lambda s: s.upsert(desired_state({"src/app.py": "new\n"}, title="New", **FULL)),
    "a commit by hand": lambda s: _repository(s).commit_files(BRANCH, {"mine.txt": b"x\n"}, author=ALICE),
    "the base moves": lambda s: _repository(s).commit_files("main", {"ci.yml": b"other\n", "src/none.py": b"1\n"}),
    "the base gets a file": lambda s: _repository(s).commit_files("main", {"none/x": b"1\n"}),
    "the base loses a directory": lambda s: _repository(s).commit_files("main", {"src/app.py": None, "src": b"file\n"}),
    "a binary and a link": lambda s: _repository(s).commit_files("main", {"ci.yml": ("120000", b"README.md")}),
    "update branch": lambda s: _repository(s).update_branch(1),
    "labels": lambda s: _repository(s).edit_pull(1, labels=["urgent", "sync"], title="My title", body="Mine\r\ntoo"),
    "a draft": lambda s: _repository(s).edit_pull(1, draft=True),
    "a milestone": lambda s: _repository(s).edit_pull(1, milestone=_repository(s).add_milestone("v1")),
    "a milestone that is closed": lambda s: _repository(s).add_milestone("v1", state="closed"),
    "another milestone": lambda s: _repository(s).add_milestone("v1.1"),
    "auto-merge": lambda s: _repository(s).enable_auto_merge(1, "squash"),
    "a review": lambda s: _repository(s).review(1, "alice"),
    "a review for a team": lambda s: _repository(s).review(1, "bob", "CHANGES_REQUESTED"),
    "asked again": lambda s: _repository(s).request_review(1, "alice", teams=["core"]),
    "called off": lambda s: _repository(s).withdraw_review_request(1, "alice", teams=["core"]),
    "a comment of a person": lambda s: _repository(s).comment(1, NOTE, author="alice"),
    "a comment of ours": lambda s: _repository(s).comment(1, NOTE, author="bot"),
    "closed": lambda s: _repository(s).close_pull(1),
    "reopened": lambda s: _repository(s).reopen_pull(1),
    "merged": lambda s: _repository(s).merge_pull(1),
    "branch deleted": lambda s: _repository(s).delete_branch(BRANCH),
    "a second pull request": lambda s: _repository(s).open_pull(BRANCH, base="dev"),
    "archived": lambda s: _repository(s).set_archived(),
    "a branch above": lambda s: _repository(s).set_branch("action-patterns", _repository(s).tip("main")),
    "a branch below": lambda s: _repository(s).set_branch(BRANCH + "/more", _repository(s).tip("main")),
}


CHECKED = ("we run", "a review for a team", "a comment of ours", "merged")
"""Every kind of exchange is among these: those are held against GitHub's description, which takes its time."""
NEEDS = {"reopened": ["closed"], "update branch": ["the base gets a file"]}


@pytest.mark.slow
@pytest.mark.parametrize("name", EVENTS)
def test_after_one_thing_happened_both_read_the_same(name: str) -> None:
    with stage(SEED, checked=name in CHECKED) as scene:
        _repository(scene).set_branch("dev", _repository(scene).tip("main"))
        if not name.startswith("a branch"):
            scene.upsert(DESIRED)
        for before in NEEDS.get(name, ()):
            EVENTS[before](scene)
        EVENTS[name](scene)
        same(scene, milestone="v1")
        same(scene, base="dev")
        same(scene, base="nowhere", paths=())


@settings(max_examples=examples(25))
@given(happened=st.lists(st.sampled_from(sorted(EVENTS)), max_size=7))
@example(happened=["a review for a team", "a review for a team"])
@example(happened=["a review for a team", "asked again", "called off"])
def test_whatever_happened_both_read_the_same(happened: list[str]) -> None:
    with stage(SEED, checked=False) as scene:
        _repository(scene).set_branch("dev", _repository(scene).tip("main"))
        for name in ("we run", *happened):
            with suppress(ApiError, ActionPatternsError, KeyError):
                EVENTS[name](scene)
        same(scene, milestone="v1")


def test_an_empty_repository_is_empty_and_not_without_its_base() -> None:
    with stage() as scene:
        scene.sandbox.add_repository("acme/void", files={})
        assert same(scene, repository="acme/void").empty
        assert not same(scene, base="nowhere").empty


def test_a_renamed_repository_is_read_under_its_new_name() -> None:
    with stage(served=True) as scene:
        scene.upsert(DESIRED)
        _repository(scene).rename("new")
        observed = same(scene, repository=TARGET)
        assert observed.repository == "acme/new"
        assert [pull.number for pull in observed.pull_requests] == [1]


def test_a_tree_too_large_for_one_answer_is_read_directory_by_directory() -> None:
    with stage() as scene:
        whole = same(scene).files
        scene.sandbox.limits = Limits(tree_entries=1)
        scene.forget()
        assert read(scene)[1].files == whole
        assert scene.sent("git/get-tree") == 3  # all of it, its root, `src`; `none` is not there


@pytest.mark.slow
def test_more_than_a_page_of_comments_and_pull_requests_is_read_to_its_end() -> None:
    with stage() as scene:
        scene.upsert(DESIRED)
        for number in range(101):
            _repository(scene).comment(1, f"{number}", author="bot")
        assert len(same(scene).pull_requests[0].comments) == 101
        _repository(scene).close_pull(1)
        for _ in range(101):
            _repository(scene).close_pull(_repository(scene).open_pull(BRANCH).number)
        assert len(read(scene)[1].pull_requests) == 102


def test_a_branch_in_a_fork_and_a_branch_of_that_name_elsewhere() -> None:
    forks = [{"name": f"{owner}/api", "fork": TARGET} for owner in ("bot", "alice")]
    with stage(FLEET | {"repositories": [*FLEET["repositories"], *forks]}) as scene:
        for owner in ("bot", "alice"):
            forked = scene.sandbox.repository(f"{owner}/api")
            forked.commit_files(BRANCH, {f"{owner}.txt": b"x"}, parent=forked.tip("main"))
            calls = Calls(DyingTransport(scene.context))
            body = {"title": owner, "head": f"{owner}:{BRANCH}", "base": "main"}
            calls.rest("unsafe", "content", "POST", TARGET, "/pulls", body)
        observed = same(scene, head_repository="bot/api")
        assert (observed.holder, observed.head_parent) == ("bot/api", TARGET)
        assert [pull.title for pull in observed.pull_requests] == ["bot"]
        assert same(scene).branch_tip is None


def test_an_app_is_nobody_and_every_bots_comment_may_be_its_own() -> None:
    with stage(SEED) as scene:
        scene.upsert(DESIRED, token="ghs_app")
        ours = render_comment("sync-config", "note", "x")
        for author, text in (("apb[bot]", ours), ("alice", ours), ("apb[bot]", "no marker")):
            _repository(scene).comment(1, text, author=author)
        scene.forget()
        observed = observe_over_rest(
            Calls(DyingTransport(scene.context, token="ghs_app")),
            TARGET,
            branch=BRANCH,
            base=None,
            paths=(),
            head_repository=None,
            milestone=None,
        )
        (pull,) = observed.pull_requests
        assert (pull.by_us, [comment.body for comment in pull.comments]) == (None, [ours, "no marker"])
        assert observed.can_push is None
        assert observed.branch_tip is not None
        assert observed.branch_tip.verified
        assert scene.sent("users/get-authenticated") == 0


def test_both_spell_a_bots_login_as_rest_does() -> None:
    bots = [{"login": f"{name}[bot]", "bot": True} for name in ("helper", "critic")]
    with stage(SEED | {"users": [*SEED["users"], *bots]}) as scene:
        scene.upsert(DESIRED, token="ghs_app")
        _repository(scene).request_review(1, "helper[bot]", "alice")
        _repository(scene).review(1, "critic[bot]")
        (pull,) = same(scene).pull_requests
        assert pull.author == "apb[bot]"
        assert {"helper[bot]", "alice"} <= {*pull.requested}
        assert "critic[bot]" in pull.reviewed


def test_the_jobs_own_token_is_known_without_asking() -> None:
    """`GET /user` is refused to it. Over GraphQL it is asked, and is the same account."""
    with stage(people.seed()) as scene:
        scene.upsert(DESIRED, token=JOB_TOKEN)
        _repository(scene).comment(1, "no marker", author="github-actions[bot]")
        _repository(scene).comment(1, "no marker", author="app[bot]")
        scene.forget()
        over_graphql, over_rest = read(scene, token=JOB_TOKEN)
        for observed in (over_graphql, over_rest):
            (pull,) = observed.pull_requests
            assert (pull.by_us, len(pull.comments)) == (True, 1)
        assert scene.sent("users/get-authenticated") == 0


def test_files_of_a_commit_are_those_graphql_reads() -> None:
    with stage() as scene:
        calls = Calls(DyingTransport(scene.context))
        oid = _repository(scene).tip("main")
        assert read_files_over_rest(calls, TARGET, oid, PATHS) == read_files_over_graphql(calls, TARGET, oid, PATHS)


def test_a_directory_that_no_answer_holds_is_refused_and_not_read_in_part() -> None:
    class Truncating(Calls):
        def read(self, repository: str, path: str) -> Answer:
            read = super().read(repository, path)
            return answer(read.value | {"truncated": True}) if "/git/trees/" in path else read

    with stage() as scene:
        oid = _repository(scene).tip("main")
        with pytest.raises(RefusedError, match="too large"):
            read_files_over_rest(Truncating(DyingTransport(scene.context)), TARGET, oid, PATHS)
