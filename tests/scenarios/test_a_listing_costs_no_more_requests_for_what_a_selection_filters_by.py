"""A filter that reads a file or an open pull request of each repository makes a campaign over hundreds of them slow, if
it sends a request for each. The listing brings these facts along. REST has no such listing: it takes a request for each
repository that is no archive, and the log says so.
"""

from __future__ import annotations

from pathlib import Path

from action_patterns.github_api.client import Client
from action_patterns.ports.repositories import FactsNeeded
from github_sandbox.limits import Limits
from support.campaign_steps import seed, step
from support.editions import WITH_GRAPHQL, only_on
from support.stage import DyingTransport, Stage, stage

NAMES = tuple(f"r{number:03}" for number in range(120))
FACTS = FactsNeeded(types=True, has_file=("go.mod", "deploy/*.tf"), open_from="bot")
BOOKKEEPING = {"rate-limit/get", "actions/list-workflow-runs"}


def fleet() -> dict[str, object]:
    files = {"files": {"go.mod": "x\n", "deploy/main.tf": "x\n"}}
    return seed(*NAMES, r000={"archived": True, **files}, r119=files, r007=files)


def client(scene: Stage) -> Client:
    return Client(DyingTransport(scene.context, log=scene.said))


def test_a_selection_by_owner_and_topic_sends_one_query_a_page(tmp_path: Path) -> None:
    with stage(fleet(), served=True) as scene:
        done = step("discover", scene, tmp_path, owners="acme", topics="none", visibility="public")
        assert done.code == 0, done.log
        sent = [operation for operation in scene.order() if operation not in BOOKKEEPING]
        listing = ["Owner", "Owner"] if scene.has_graphql else ["repos/list-for-org", "repos/list-for-org"]
        assert [operation for operation in sent if operation in listing] == listing
        assert not {"git/get-tree", "pulls/list", "orgs/custom-properties-for-repos-get-organization-values"} & set(
            sent
        )
        assert "take a request for each" not in done.log


@only_on(*WITH_GRAPHQL, why="REST has no listing with files.")
def test_all_facts_come_with_the_listing_at_the_price_of_a_few_points() -> None:
    with stage(fleet()) as scene:
        scene.sandbox.limits = Limits.published()
        github = client(scene)
        before = github.rate_limits.read("acme")
        scene.forget()
        listing = github.repositories.list_owner("acme", FACTS)
        assert scene.order() == ["Owner", "Owner"]
        after = github.rate_limits.read("acme")
        assert before is not None and after is not None
        left, left_after = before.remaining("graphql"), after.remaining("graphql")
        assert left is not None and left_after is not None
        assert left - left_after <= 4
        having = {target.name: (target.types, target.has) for target in listing.targets if target.has}
        assert having == dict.fromkeys(("r000", "r007", "r119"), (("go",), ("go.mod", "deploy/*.tf")))


@only_on("no-graphql", why="GraphQL brings the files along.")
def test_over_rest_each_repository_takes_a_request_and_the_log_says_so() -> None:
    with stage(fleet()) as scene:
        github = client(scene)
        wanted = FactsNeeded(types=True, has_file=("go.mod", "deploy/*.tf"))
        found = {
            target.name: (target.types, target.has) for target in github.repositories.list_owner("acme", wanted).targets
        }
        assert found["r007"] == (("go",), ("go.mod", "deploy/*.tf"))
        assert found["r001"] == (("unknown",), ())
        assert scene.sent("git/get-tree") == len(NAMES) - 1
        assert [line for line in scene.said.lines if "take a request for each of 120 repositories" in line]


@only_on("no-graphql", why="GraphQL gives the entries of a directory, however large the tree is.")
def test_a_tree_that_is_cut_is_read_directory_by_directory() -> None:
    files = {f"docs/{number:03}.md": "x\n" for number in range(40)} | {"zz/main.tf": "x\n", "go.mod": "x\n"}
    with stage(seed("api", api={"files": files})) as scene:
        scene.sandbox.limits = Limits(tree_entries=10)
        (target,) = (
            client(scene).repositories.list_owner("acme", FactsNeeded(types=True, has_file=("zz/*.tf",))).targets
        )
        assert (target.types, target.has) == (("go",), ("zz/*.tf",))
