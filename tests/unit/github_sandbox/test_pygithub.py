"""PyGithub, as anyone installs it, works with the local GitHub as it works with GitHub."""

from __future__ import annotations

import pytest
from github import Auth, Github, GithubException, InputGitTreeElement, UnknownObjectException
from github_sandbox_bench import Bench


@pytest.fixture
def client(bench: Bench) -> Github:
    return Github(
        base_url=bench.server.api_url, auth=Auth.Token("tok-bot"), per_page=2, retry=None, seconds_between_requests=0,
        seconds_between_writes=0,
    )  # fmt: skip


def test_it_finds_creates_updates_and_merges_a_pull_request(bench: Bench, client: Github) -> None:
    repository = client.get_repo("acme/api")
    assert list(repository.get_pulls(state="open", head="acme:feature")) == []
    pull = repository.create_pull(base="main", head="feature", title="One", body="x", draft=False)
    with pytest.raises(GithubException, match="A pull request already exists for acme:feature") as refused:
        repository.create_pull(base="main", head="feature", title="Two", body="x")
    assert refused.value.status == 422
    pull.edit(title="Renamed")
    pull.add_to_labels("a", "b")
    pull.create_review_request(reviewers=["alice"])
    pull.create_issue_comment("hello")
    (found,) = repository.get_pulls(state="open", head="acme:feature", base="main")
    assert (found.number, found.title, [label.name for label in found.labels]) == (pull.number, "Renamed", ["a", "b"])
    assert [file.filename for file in found.get_files()] == ["new.txt"]
    assert [comment.body for comment in found.get_issue_comments()] == ["hello"]
    assert pull.merge(merge_method="squash").merged
    assert repository.get_pull(pull.number).merged
    assert "new.txt" in bench.repository().files()


def test_it_reads_every_page(client: Github) -> None:
    branches = client.get_repo("acme/api").get_branches()
    assert [branch.name for branch in branches] == ["conflict", "feature", "main"]
    assert branches.totalCount == 3


def test_it_moves_refs_and_writes_git_objects(bench: Bench, client: Github) -> None:
    repository = client.get_repo("acme/api")
    tip = repository.get_branch("main").commit.sha
    base = repository.get_git_commit(tip)
    blob = repository.create_git_blob("text\n", "utf-8")
    tree = repository.create_git_tree([InputGitTreeElement("made.txt", "100644", "blob", sha=blob.sha)], base.tree)
    commit = repository.create_git_commit("Make", tree, [base])
    ref = repository.create_git_ref("refs/heads/made", commit.sha)
    assert bench.repository().commit("made").parents == (tip,)
    made = repository.get_contents("made.txt", ref="made")
    assert not isinstance(made, list)
    assert made.decoded_content == b"text\n"
    ref.delete()
    with pytest.raises(UnknownObjectException):
        repository.get_git_ref("heads/made")
    with pytest.raises(GithubException, match="Cannot delete the default branch"):
        repository.get_git_ref("heads/main").delete()


def test_it_asks_over_graphql(client: Github) -> None:
    _, body = client.requester.graphql_query("query($l: String!) { user(login: $l) { login } }", {"l": "alice"})
    assert body["data"] == {"user": {"login": "alice"}}
    with pytest.raises(GithubException, match="doesn't accept argument 'shoe'"):
        client.requester.graphql_query("{ viewer(shoe: 1) { login } }", {})
