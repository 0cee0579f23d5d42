"""The reads by which a campaign discovers targets: search, teams, members, custom properties, runs; and their lag."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from github_sandbox_bench import Bench, served

from github_sandbox import Fault, Lag, Sandbox, SeedError
from github_sandbox.rest.search import UNSEARCHABLE

JOBS = [
    "call / Apply 0",
    {"name": "call / Apply 1", "conclusion": "cancelled", "runner": ""},
    {"name": "gate", "conclusion": "skipped", "runner": ""},
    {"name": "call / Apply 0", "attempt": 2},
    {"name": "call / Apply 1", "attempt": 2, "status": "in_progress", "conclusion": None},
]

SEED: dict[str, Any] = {
    "organizations": {
        "acme": {"members": ["mona", "bot"], "public-members": ["alice"], "teams": {"core": ["mona"], "web": []}},
    },
    "users": ["stranger"],
    "tokens": {
        "tok-bot": {"login": "bot"},
        "outsider": {"login": "stranger"},
        "no-members": {"login": "fleet[bot]", "kind": "installation", "permissions": {"contents": "read"}},
        "members": {"login": "fleet[bot]", "kind": "installation", "permissions": {"members": "read"}},
        "props": {"login": "bot", "kind": "fine-grained", "permissions": {"organization_custom_properties": "read"}},
    },
    "repositories": [
        {"name": "acme/api", "topics": ["go"], "language": "Go", "files": {"a": "b"},
         "branches": {"f": {"files": {"c": "d"}}},
         "teams": {"core": "push"}, "properties": {"tier": "one", "langs": ["go", "c"]},
         "runs": [{"name": "CI", "artifacts": ["plan", "report"], "attempt": 2, "jobs": JOBS},
                  {"event": "schedule", "status": "queued"}],
         "checks": [{"name": "lint"}, {"name": "test", "conclusion": "failure"}]},
        {"name": "acme/web", "topics": ["js"], "archived": True, "files": {"a": "b"}},
        {"name": "acme/hidden", "private": True, "files": {"a": "b"}, "teams": {"core": "admin"}},
        {"name": "acme/fork", "fork": "acme/api"},
        {"name": "acme/old", "created-at": "2020-01-01T10:00:00Z"},
    ],
}  # fmt: skip


@pytest.fixture
def bench() -> Iterator[Bench]:
    with served(SEED) as made:
        yield made


def found(bench: Bench, query: str, **arguments: Any) -> list[str]:
    return [r["name"] for r in bench.get("/search/repositories", params={"q": query}, **arguments).json()["items"]]


@pytest.mark.parametrize(("query", "names"), [
    ("org:acme", ["api", "web", "hidden", "old"]),
    ("org:acme archived:false", ["api", "hidden", "old"]),
    ("org:acme topic:go", ["api"]),
    ("org:acme -topic:go", ["web", "hidden", "old"]),
    ("language:go", ["api"]),
    ("org:acme fork:true", ["api", "web", "hidden", "fork", "old"]),
    ("fork:only", ["fork"]),
    ("org:acme is:private", ["hidden"]),
    ("props.tier:one", ["api"]),
    ("web in:name", ["web"]),
    ("org:acme created:2019-12-31..2020-06-01", ["old"]),
    ("org:acme created:2020-01-01T10:00:00Z..2020-01-01T10:00:00Z", ["old"]),
    ("org:acme created:2020-01-01T10:00:01Z..2021-01-01", []),
    ("org:acme created:2020-01-01", ["old"]),
    ("org:acme created:<=2020-01-01", ["old"]),
    ("org:acme created:<2020-01-01", []),
    ("org:acme -created:>2020-01-01", ["old"]),
    ("org:acme created:2020-01-01..* topic:go", ["api"]),
    ("org:acme pushed:*..2015-01-01", []),
])  # fmt: skip
def test_a_search_understands_what_campaigns_ask(bench: Bench, query: str, names: list[str]) -> None:
    assert found(bench, query) == names


def test_a_search_shows_what_the_token_may_see_and_refuses_nothing(bench: Bench) -> None:
    assert found(bench, "org:acme", token=None) == ["api", "web", "old"]
    assert bench.get("/search/repositories").status_code == 422


def test_a_search_of_an_owner_that_does_not_exist_is_refused(bench: Bench) -> None:
    refused = bench.get("/search/repositories", params={"q": "topic:go org:nobody"})
    assert (refused.status_code, refused.json()["errors"][0]["message"]) == (422, UNSEARCHABLE)


def test_a_search_ends_after_a_thousand_results_and_may_give_up_before() -> None:
    many = [{"name": f"acme/r{n}"} for n in range(1050)]
    with served(
        {"organizations": {"acme": {}}, "tokens": {"tok-bot": {"login": "acme"}}, "repositories": many}
    ) as bench:
        bench.sandbox.contract = False  # the check of a page of a hundred takes long
        path = "/search/repositories?q=org:acme&per_page=100&page="
        last = bench.get(f"{path}10").json()
        assert (last["total_count"], len(last["items"]), last["incomplete_results"]) == (1050, 100, False)
        assert "next" not in bench.get(f"{path}10").links
        over = bench.get(f"{path}11")
        assert (over.status_code, over.json()["message"]) == (422, "Only the first 1000 search results are available")
        bench.sandbox.limits = type(bench.sandbox.limits)(search_repositories=500)
        early = bench.get(f"{path}1").json()
        assert (early["total_count"], early["incomplete_results"]) == (500, True)


def test_search_learns_late_and_other_reads_at_once(bench: Bench) -> None:
    bench.sandbox.lag = Lag(search=30)
    bench.sandbox.add_repository("acme/fresh", topics=["go"], files={"a": "b"})
    bench.repository().set_topics("rust")
    bench.sandbox.repository("acme/web").set_archived(False)
    bench.sandbox.repository("acme/hidden").rename("shown")
    bench.sandbox.repository("acme/old").delete()
    assert found(bench, "org:acme") == ["api", "web", "hidden", "old"]
    assert (found(bench, "topic:rust"), found(bench, "org:acme archived:true")) == ([], ["web"])
    assert "fresh" in [r["name"] for r in bench.get("/orgs/acme/repos").json()]
    bench.clock.advance(31)
    assert found(bench, "org:acme") == ["api", "web", "shown", "fresh"]
    assert (found(bench, "topic:rust"), found(bench, "org:acme archived:true")) == (["api"], [])


def test_a_search_that_ends_early_says_so(bench: Bench) -> None:
    with bench.sandbox.faults.during(Fault.of("incomplete-search")):
        answer = bench.get("/search/repositories?q=org:acme").json()
        assert (answer["incomplete_results"], len(answer["items"]), answer["total_count"]) == (True, 2, 4)
        assert bench.get("/search/repositories?q=org:acme").json()["incomplete_results"] is False


def test_lists_lag_and_single_reads_do_not(bench: Bench) -> None:
    bench.sandbox.lag = Lag(lists=10)
    number = bench.post("/repos/acme/api/pulls", {"head": "f", "base": "main", "title": "t"}).json()["number"]
    assert bench.get("/repos/acme/api/pulls").json() == []
    assert bench.get(f"/repos/acme/api/pulls/{number}").json()["title"] == "t"
    assert bench.post("/repos/acme/api/pulls", {"head": "f", "base": "main", "title": "t"}).status_code == 422
    bench.clock.advance(5)
    bench.patch(f"/repos/acme/api/pulls/{number}", {"title": "new"})
    bench.clock.advance(6)
    assert [p["title"] for p in bench.get("/repos/acme/api/pulls").json()] == ["t"]
    bench.clock.advance(5)
    assert [p["title"] for p in bench.get("/repos/acme/api/pulls").json()] == ["new"]


def test_members_see_members_and_others_the_public_ones(bench: Bench) -> None:
    def members(token: str | None) -> list[str]:
        return [m["login"] for m in bench.get("/orgs/acme/members", token=token).json()]

    assert members("tok-bot") == members("members") == ["alice", "bot", "mona"]
    assert members("outsider") == members("no-members") == members(None) == ["alice"]
    assert bench.get("/orgs/acme/members/mona").status_code == 204
    assert bench.get("/orgs/acme/members/stranger").status_code == 404
    assert bench.get("/orgs/acme/members/mona", token="outsider").status_code == 302


def test_teams_and_their_repositories(bench: Bench) -> None:
    assert [t["slug"] for t in bench.get("/orgs/acme/teams").json()] == ["core", "web"]
    repositories = bench.get("/orgs/acme/teams/core/repos").json()
    assert [(r["name"], r["role_name"], r["permissions"]["push"]) for r in repositories] == [
        ("api", "write", True), ("hidden", "admin", True),
    ]  # fmt: skip
    assert [r["permissions"]["admin"] for r in repositories] == [False, True]
    assert bench.get("/orgs/acme/teams/none/repos").status_code == 404
    assert bench.get("/orgs/acme/teams", token="outsider").status_code == 404
    assert bench.get("/orgs/acme/teams", token="no-members").status_code == 403


def test_custom_properties(bench: Bench) -> None:
    expected = [{"property_name": "langs", "value": ["go", "c"]}, {"property_name": "tier", "value": "one"}]
    assert bench.get("/repos/acme/api/properties/values").json() == expected
    values = {v["repository_name"]: v["properties"] for v in bench.get("/orgs/acme/properties/values").json()}
    assert values["api"] == expected
    assert values["web"] == []
    assert bench.get("/orgs/acme/properties/values", token="props").status_code == 200
    assert bench.get("/orgs/acme/properties/values", token="members").status_code == 403


def test_runs_artifacts_and_checks(bench: Bench) -> None:
    runs = bench.get("/repos/acme/api/actions/runs").json()
    assert [(r["event"], r["status"]) for r in runs["workflow_runs"]] == [("schedule", "queued"), ("push", "completed")]
    assert bench.get("/repos/acme/api/actions/runs?status=success").json()["total_count"] == 1
    run = runs["workflow_runs"][1]["id"]
    assert bench.get(f"/repos/acme/api/actions/runs/{run}").json()["name"] == "CI"
    names = [a["name"] for a in bench.get(f"/repos/acme/api/actions/runs/{run}/artifacts").json()["artifacts"]]
    assert names == ["report", "plan"]
    assert bench.get("/repos/acme/api/actions/artifacts?name=plan").json()["total_count"] == 1
    assert bench.get("/repos/acme/api/actions/runs/1/artifacts").status_code == 404
    checks = bench.get("/repos/acme/api/commits/main/check-runs").json()
    assert [(c["name"], c["conclusion"]) for c in checks["check_runs"]] == [("lint", "success"), ("test", "failure")]
    assert bench.get("/repos/acme/api/commits/f/check-runs").json()["total_count"] == 0


def test_the_jobs_of_a_run_by_attempt_and_page(bench: Bench) -> None:
    run = next(
        r["id"] for r in bench.get("/repos/acme/api/actions/runs").json()["workflow_runs"] if r["event"] == "push"
    )
    path = f"/repos/acme/api/actions/runs/{run}/jobs"
    latest = bench.get(path).json()
    assert (latest["total_count"], [job["run_attempt"] for job in latest["jobs"]]) == (2, [2, 2])
    pages = [bench.get(f"{path}?filter=all&per_page=2&page={page}") for page in (1, 2, 3)]
    assert [page.json()["total_count"] for page in pages] == [5, 5, 5]
    assert 'rel="next"' in pages[1].headers["Link"]
    assert 'rel="next"' not in pages[2].headers["Link"]
    jobs = [job for page in pages for job in page.json()["jobs"]]
    assert [(job["name"], job["run_attempt"], job["conclusion"]) for job in jobs] == [
        ("call / Apply 0", 1, "success"),
        ("call / Apply 1", 1, "cancelled"),
        ("gate", 1, "skipped"),
        ("call / Apply 0", 2, "success"),
        ("call / Apply 1", 2, None),
    ]
    assert [(job["runner_id"], len(job["steps"])) for job in jobs] == [(1, 2), (0, 0), (None, 0), (1, 2), (1, 1)]
    assert jobs[0]["html_url"] == f"{bench.server.url}/acme/api/actions/runs/{run}/job/{jobs[0]['id']}"
    assert len({job["id"] for job in jobs}) == 5
    assert bench.get("/repos/acme/api/actions/runs/1/jobs").status_code == 404


def test_a_file_is_written_by_one_request(bench: Bench) -> None:
    path, body = "/repos/acme/api/contents/docs/a.md", {"message": "m", "content": "eA=="}
    made = bench.send("PUT", path, json=body)
    assert (made.status_code, made.json()["content"]["path"]) == (201, "docs/a.md")
    assert bench.send("PUT", path, json=body).status_code == 422
    assert bench.send("PUT", path, json=body | {"sha": "0" * 40}).status_code == 409
    sha = made.json()["content"]["sha"]
    assert bench.send("PUT", path, json=body | {"content": "eQ==", "sha": sha}).status_code == 200
    assert bench.repository().files()["docs/a.md"] == ("100644", b"y")
    assert bench.send("PUT", path, json=body | {"branch": "none", "sha": sha}).status_code == 404


def test_an_internal_repository_is_private_and_says_that_it_is_internal() -> None:
    data = {
        "organizations": {"acme": {"members": ["bot"]}},
        "tokens": {"tok": {"login": "bot", "permission": "maintain"}},
        "repositories": [
            {"name": "acme/x", "visibility": "internal", "pushed-at": "2025-11-05T06:07:08Z", "files": {"a": "b"}}
        ],
    }
    with served(data) as bench:
        over_rest = bench.get("/repos/acme/x", token="tok").json()
        assert (over_rest["private"], over_rest["visibility"]) == (True, "internal")
        assert over_rest["pushed_at"] == "2025-11-05T06:07:08Z"
        granted = [name for name, given in over_rest["permissions"].items() if given]
        assert granted == ["pull", "triage", "push", "maintain"]
        query = '{ repository(owner: "acme", name: "x") { isPrivate visibility pushedAt viewerPermission } }'
        assert bench.graphql(query, token="tok")["data"]["repository"] == {
            "isPrivate": True,
            "visibility": "INTERNAL",
            "pushedAt": "2025-11-05T06:07:08Z",
            "viewerPermission": "MAINTAIN",
        }


@pytest.mark.parametrize(
    "wrong", [{"visibility": "secret"}, {"visibility": "public", "private": True}, {"pushed-at": "now"}]
)
def test_a_seed_says_each_of_these_once_and_in_its_form(wrong: dict[str, Any]) -> None:
    with pytest.raises(SeedError):
        Sandbox.from_seed({"organizations": {"acme": {}}, "repositories": [{"name": "acme/x"} | wrong]})
