"""Every answer that each kind of check can give: a list, the job it runs in, and the code of what is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from action_patterns.actions.breaker import run as breaker
from action_patterns.actions.breaker.interface import BreakerInputs
from action_patterns.actions.lock import run as lock
from action_patterns.actions.lock.interface import LockInputs
from action_patterns.github_api.client import Client
from action_patterns.ports.bundle import Ports
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.github import GitHub
from action_patterns.ports.machine import Memory, Printed, Reply
from github_sandbox import Fault
from github_sandbox.limits import Limits
from github_sandbox.model import Environment, Repository
from support import editions
from support.in_process import StageTransport
from support.memory_machine import MemoryMachine
from support.memory_ports import World
from support.preflight_stage import CLIENT_ID, Preflight, Runner
from support.stage import JOB_TOKEN, TARGET, RecordingLog, Stage, VirtualClock, stage

NOW = datetime(2026, 7, 1, 14, 2, tzinfo=UTC)
CLASSIC, FINE, POOR, READER = "ghp_bot", "github_pat_bot", "ghp_poor", "ghp_reader"
"""Tokens: classic, fine-grained, classic without a scope, and of an account that may only read."""
ENDS, OLD = "github_pat_ends", "old_token"
SECRET = "s3cr3t-value-of-a-token"


class FixedClock(VirtualClock):
    """Time that begins at NOW."""

    def __init__(self) -> None:
        super().__init__()
        self._now = NOW


def world() -> dict[str, Any]:
    """A private repository with what the checks ask for, and a token of every kind."""
    full: dict[str, Any] = {"login": "bot", "kind": "pat", "permission": "write", "repositories": "all"}
    fine = full | {"kind": "fine-grained"}
    names = ("contents", "issues", "pull_requests", "actions", "secrets")
    permissions = dict.fromkeys(names, "read") | {"contents": "write", "metadata": "read"}
    return {
        "organizations": {"acme": {"members": ["bot", "alice"], "teams": {"core": ["bot"]}}},
        "users": ["alice", "bot", "mallory"],
        "tokens": {
            CLASSIC: full,
            FINE: fine,
            POOR: full | {"scopes": ["read:org"]},
            READER: full | {"login": "alice", "permission": "read"},
            ENDS: fine | {"expires-in-seconds": 3 * 86_400 + 60},
            OLD: full,
            "ghs_installed": {"login": "fleet[bot]", "kind": "installation", "permissions": {"metadata": "read"}},
            JOB_TOKEN: {
                "login": "github-actions[bot]",
                "kind": "actions",
                "permissions": {"contents": "read"},
                "repositories": [TARGET],
            },
        },
        "apps": {
            "fleet": {
                "client-id": CLIENT_ID,
                "owner": "acme",
                "permissions": permissions,
                "installations": {"acme": {"repositories": ["api"]}},
            }
        },
        "repositories": [
            {
                "name": TARGET,
                "private": True,
                "files": {"README.md": "# api\n"},
                "branches": {"bot": {}, "guarded": {}},
                "labels": ["sync"],
                "secrets": ["NPM_TOKEN"],
                "organization-secrets": ["SHARED"],
                "protected": ["guarded"],
                "rulesets": [
                    {"refs": ["main"], "rules": ["pull_request"]},
                    {"refs": ["release/*"], "rules": ["creation"], "bypass": ["bot"]},
                ],
                "runs": [{"artifacts": ["dist"]}],
            },
            {"name": "acme/other", "private": True, "files": {"a": "a\n"}},
            {"name": "acme/public", "files": {"a": "a\n"}},
            {"name": "acme/old", "archived": True, "files": {"a": "a\n"}},
            {"name": "acme/off", "disabled": True, "files": {"a": "a\n"}},
        ],
    }


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """One answer of one kind."""

    kind: str
    checks: str
    answer: str = "yes"
    code: str = "held"
    words: str = ""
    """A part of the message."""
    machine: MemoryMachine = field(default_factory=MemoryMachine)
    needs: str = ""
    token: str = CLASSIC
    app: bool = False
    context: Mapping[str, Any] = field(default_factory=dict)
    offset: float = 0.0
    prepare: Callable[[Stage], object] | None = None
    """What people do before. None: nothing. The kinds without GitHub have no stage."""
    remote: bool = False

    @property
    def id(self) -> str:
        via = "app" if self.app else self.token if self.remote else ""
        return f"{self.kind}: {self.code} {via}: {' '.join(self.checks.split())[:60]} {self.words}".strip()

    @contextmanager
    def run(self) -> Iterator[tuple[Preflight, Stage | None, Mapping[str, Any]]]:
        """Run the list once, on a GitHub where the kind asks it. Yields the state before, too."""
        with ExitStack() as closing:
            scene, before, clock = None, {}, FixedClock()
            if self.remote:
                closing.enter_context(editions.played_on("full", by_default=False))
                scene = closing.enter_context(stage(world(), clock=clock))
                if self.prepare is not None:
                    self.prepare(scene)
                scene.forget()
                before = scene.sandbox.snapshot()
            runner = Runner(scene, machine=self.machine, clock=clock, context=self.context)
            yield (
                runner.preflight(
                    self.checks, token=self.token, app=self.app, offset=self.offset, needs=self.needs, fail=False
                ),
                scene,
                before,
            )


def variables(**values: str) -> MemoryMachine:
    return MemoryMachine(variables=values)


def prints(tool: str, output: str, exit_code: int | None = 0, *, timed_out: bool = False) -> MemoryMachine:
    return MemoryMachine(programs={tool: Printed(exit_code, output, f"/usr/bin/{tool}", timed_out)})


def replies(**reply: Any) -> MemoryMachine:
    return MemoryMachine(hosts={"db.example": Reply(**reply)})


NEEDS = '{"build": {"result": "success"}, "test": {"result": "failure"}}'
HOST = "- endpoint: https://db.example/health?key=hidden"
LOCAL = (
    Case(kind="job", checks="- job: build", needs=NEEDS),
    Case(kind="job", checks="- job: test\n  result: success, failure", needs=NEEDS),
    Case(kind="job", checks="- job: test", needs=NEEDS, answer="no", code="job-result"),
    Case(kind="job", checks="- job: lint", needs=NEEDS, answer="no", code="job-unknown"),
    Case(kind="env", checks="- env: STAGE\n  one-of: [dev, prod]", machine=variables(STAGE="dev")),
    Case(kind="env", checks="- env: STAGE", answer="no", code="variable-missing"),
    Case(kind="env", checks="- env: STAGE", machine=variables(STAGE=""), answer="no", code="variable-missing"),
    *(
        Case(
            kind="env",
            checks=f"- env: STAGE\n  {rule}",
            machine=variables(STAGE=value),
            answer="no",
            code="variable-malformed",
            words=words,
        )
        for rule, value, words in (
            ("one-of: [dev, prod]", SECRET, "is none of: dev, prod"),
            ("min-length: 30", SECRET, "has 23 characters, fewer than 30"),
            ("max-length: 3", SECRET, "has 23 characters, more than 3"),
            ("pattern: '[a-z]+'", SECRET, "does not match the pattern [a-z]+"),
            ("format: boolean", SECRET, "is not `true` or `false`"),
            ("format: integer", "1.5", "is not a whole number"),
            ("format: number\n  minimum: 2", "1.5", "is less than 2"),
            ("format: number\n  maximum: 1", "1.5", "is more than 1"),
            ("format: json", "{", "is not JSON"),
            ("format: url", "ftp://x", "is not an address"),
            ("format: email", "x@y", "is not an e-mail address"),
            ("format: pem", "-----BEGIN KEY----- abc -----END KEY-----", "is not PEM text"),
            ("format: sha", "abc", "is not a full commit id"),
            ("format: repository", "acme", "is not a repository"),
        )
    ),
    Case(kind="secret", checks="- secret: TOKEN\n  min-length: 20", machine=variables(TOKEN=SECRET)),
    Case(kind="secret", checks="- secret: TOKEN", machine=variables(TOKEN=""), answer="no", code="secret-missing"),
    Case(
        kind="secret",
        checks="- secret: TOKEN",
        context={"from_fork": True},
        answer="no",
        code="secret-missing",
        words="pull request from a fork",
    ),
    Case(
        kind="secret",
        checks="- secret: TOKEN\n  format: pem",
        machine=variables(TOKEN=SECRET),
        answer="no",
        code="secret-malformed",
    ),
    Case(kind="disk", checks="- disk: 10 GB", machine=MemoryMachine(free={".": 10_000_000_000})),
    Case(kind="disk", checks="- disk: 10 GB", machine=MemoryMachine(free={".": 9_999}), answer="no", code="disk-full"),
    Case(kind="disk", checks="- disk: 1\n  path: nowhere", answer="no", code="disk-no-place"),
    Case(kind="memory", checks="- memory: 4 GB", machine=MemoryMachine(room=Memory(8_000_000_000, 4_000_000_000))),
    Case(
        kind="memory",
        checks="- memory: 4 GB",
        machine=MemoryMachine(room=Memory(8_000_000_000, 3_900_000_000)),
        answer="no",
        code="memory-low",
    ),
    Case(kind="memory", checks="- memory: 4 GB", answer="unknown", code="memory-unread"),
    Case(kind="tool", checks="- tool: git", machine=prints("git", "")),
    Case(kind="tool", checks="- tool: git >=2.30,<3", machine=prints("git", "git version 2.39.5")),
    Case(kind="tool", checks="- tool: git", answer="no", code="tool-missing"),
    Case(
        kind="tool",
        checks="- tool: git >=2.40",
        machine=prints("git", "git version 2.39.5"),
        answer="no",
        code="tool-version",
    ),
    Case(kind="tool", checks="- tool: git >=2", machine=prints("git", "", 1), answer="no", code="tool-broken"),
    Case(kind="tool", checks="- tool: git >=2", machine=prints("git", "", None), answer="no", code="tool-broken"),
    Case(
        kind="tool",
        checks="- tool: git >=2",
        machine=prints("git", "", -9),
        answer="no",
        code="tool-broken",
        words="was ended by signal 9",
    ),
    Case(
        kind="tool", checks="- tool: git >=2", machine=prints("git", "v?"), answer="unknown", code="version-unreadable"
    ),
    Case(
        kind="tool",
        checks="- tool: git >=2",
        machine=prints("git", "", 137, timed_out=True),
        answer="error",
        code="tool-timed-out",
    ),
    Case(kind="endpoint", checks="- endpoint: tcp://db.example:5432", machine=replies()),
    Case(kind="endpoint", checks=HOST, machine=replies(status=204)),
    Case(kind="endpoint", checks=f"{HOST}\n  status: 401, 403", machine=replies(status=403)),
    *(
        Case(kind="endpoint", checks=HOST, machine=replies(failed=failed, detail="why"), answer="no", code=code)
        for failed, code in (
            ("dns", "endpoint-unknown"),
            ("connect", "endpoint-unreachable"),
            ("certificate", "certificate-invalid"),
            ("tls", "endpoint-no-tls"),
            ("answer", "endpoint-silent"),
        )
    ),
    Case(
        kind="endpoint",
        checks=HOST,
        machine=replies(failed="proxy", detail="why", proxy="proxy.example:3128"),
        answer="no",
        code="endpoint-proxy",
        words="through the proxy proxy.example:3128",
    ),
    Case(kind="endpoint", checks=HOST, machine=replies(status=503), answer="no", code="endpoint-status"),
    Case(
        kind="endpoint",
        checks=f"{HOST}\n  status: 200",
        machine=replies(status=301, location="https://ann:hidden@elsewhere.example/?key=hidden#hidden"),
        answer="no",
        code="endpoint-status",
        words="redirects to https://elsewhere.example/.",
    ),
    Case(
        kind="endpoint",
        checks=f"{HOST}\n  certificate-days: 14",
        machine=replies(status=200, expires=NOW + timedelta(days=13)),
        answer="no",
        code="certificate-expires",
    ),
    Case(
        kind="endpoint",
        checks=f"{HOST}\n  certificate-days: 14",
        machine=replies(status=200, expires=NOW + timedelta(days=14)),
    ),
    Case(
        kind="endpoint",
        checks="- endpoint: tls://db.example:443\n  certificate-days: 14",
        machine=replies(),
        answer="unknown",
        code="certificate-unread",
    ),
)
"""The kinds that ask no GitHub."""


def remote(kind: str, checks: str, answer: str = "yes", code: str = "held", **fields: Any) -> Case:
    return Case(kind=kind, checks=checks, answer=answer, code=code, remote=True, **fields)


def _spend(left: int) -> Callable[[Stage], object]:
    def prepare(scene: Stage) -> None:
        budget = scene.sandbox.services.ledger.budget(CLASSIC, "core")
        budget.used = budget.limit - left

    return prepare


def _no_limits(scene: Stage) -> None:
    scene.sandbox.limits = Limits(reported=False)


def _unreported(scene: Stage) -> None:
    body = {"resources": {"core": {"limit": 5000, "used": 1, "remaining": 4999, "reset": 1_800_000_000}}}
    scene.sandbox.faults.add(Fault(status=200, body=body, path="^/rate_limit", times=1))


def _target(scene: Stage) -> Repository:
    found = scene.sandbox.world.repository(TARGET)
    assert found is not None
    return found


def _in_run(scene: Stage) -> None:
    """The run of this job is the one with artifacts."""
    contents = _target(scene).contents
    contents.runs[0].id = 1
    for artifact in contents.artifacts:
        artifact.run_id = 1


def _expired(scene: Stage) -> None:
    _in_run(scene)
    for artifact in _target(scene).contents.artifacts:
        artifact.expired = True


def _others(scene: Stage) -> Ports:
    """The ports of another job."""
    context, log = replace(scene.context, repository=TARGET, run_id=7), RecordingLog()

    def connect(credentials: Credentials, allowance: Allowance) -> GitHub:
        return Client(StageTransport(credentials, context, FixedClock(), log, allowance))

    return replace(World(context=context).ports(), github=connect, log=log, clock=FixedClock())


def _held(scene: Stage) -> None:
    """Another job has acquired the lock by the action."""
    lock(LockInputs(mode="acquire", name="deploy", token=SecretStr(CLASSIC)), _others(scene))


def _opened(scene: Stage) -> None:
    """Another job has reported a failure, and one opens the breaker."""
    given: dict[str, Any] = {"key": "registry", "threshold": 1, "token": SecretStr(CLASSIC)}
    claim = breaker(BreakerInputs(mode="check", **given), _others(scene)).outputs.claim
    breaker(BreakerInputs(mode="report", result="failure", claim=claim, **given), _others(scene))


def _stopped(scene: Stage) -> None:
    given: dict[str, Any] = {"key": "registry", "message": "The registry moves.", "token": SecretStr(CLASSIC)}
    breaker(BreakerInputs(mode="stop", **given), _others(scene))


def _replaced(kind: str, prepare: Callable[[Stage], None]) -> Callable[[Stage], None]:
    """The ref of the record is at a commit that is none of ours."""

    def prepared(scene: Stage) -> None:
        prepare(scene)
        git = _target(scene).git
        (name,) = git.refs(f"refs/action-patterns/{kind}/")
        git.set_ref(name, git.ref("refs/heads/main"))

    return prepared


def _suspended(scene: Stage) -> None:
    (installation,) = scene.sandbox.app("fleet").installations.values()
    installation.suspended = True


def _single_sign_on(scene: Stage) -> None:
    """The organization wants the token authorized for single sign-on (GitHub docs, "Authenticating with SAML")."""
    headers = {"X-GitHub-SSO": "required; url=https://github.com/orgs/acme/sso?authorization_request=A1"}
    body = {"message": "Resource protected by organization SAML enforcement."}
    scene.sandbox.faults.add(Fault(status=403, headers=headers, body=body, path="^/repos/", times=9))


def _deploys(scene: Stage) -> None:
    environment = Environment(id=1, name="prod", created_at=0.0, updated_at=0.0)
    _target(scene).contents.environments["prod"] = environment


def _administered(scene: Stage) -> None:
    token = scene.sandbox.tokens[JOB_TOKEN]
    permissions = dict(token.permissions or {}) | {"administration": "read", "contents": "write"}
    scene.sandbox.tokens[JOB_TOKEN] = replace(token, permissions=permissions)


def _forbidden(scene: Stage) -> None:
    _administered(scene)
    _target(scene).actions_may_open_pulls = False


def _bypass_hidden(scene: Stage) -> None:
    scene.sandbox.faults.add(Fault(status=404, body={"message": "Not Found"}, operation="repos/get-repo-ruleset"))


JOB: dict[str, Any] = {"token": JOB_TOKEN}
APP: dict[str, Any] = {"app": True}
READS_NOT = "may not even read"
REMOTE = (
    remote("token", "- token: valid\n  kind: classic, app"),
    remote("token", "- token: valid\n  kind: app", **APP),
    remote("token", "- token: valid\n  days: 7", **JOB),
    remote("token", "- token: valid\n  days: 2", token=ENDS),
    remote("token", "- token: valid", "no", "token-refused", token="ghp_revoked"),
    remote("token", "- token: valid\n  repository: acme/none", "no", "token-reaches-not"),
    remote("token", "- token: valid\n  repository: acme/other", "no", "token-reaches-not", **APP),
    remote("token", "- token: valid", "no", "token-reaches-not", **APP, prepare=_suspended, words="suspended"),
    remote("token", "- token: valid", "no", "token-reaches-not", prepare=_single_sign_on, words="SAML"),
    remote("token", "- token: valid\n  kind: app", "no", "token-kind"),
    remote("token", "- token: valid\n  kind: app", "unknown", "token-kind", token=OLD),
    remote("token", "- token: valid\n  days: 7", "no", "token-expires", token=ENDS),
    remote("token", "- token: valid\n  days: 7", "unknown", "token-end-unknown"),
    remote("covered", f"- covered: {TARGET}", **APP),
    remote("covered", "- covered: acme/public", "no", "not-covered", **APP),
    remote("covered", f"- covered: {TARGET}", token="ghs_installed"),
    remote("covered", f"- covered: {TARGET}", "unknown", "not-an-app"),
    remote("permission", "- permission: contents", **APP),
    remote("permission", "- permission: contents"),
    remote("permission", "- permission: workflows"),
    remote("permission", "- permission: pull-requests\n  level: read", token=FINE),
    remote("permission", "- permission: issues", "no", "permission", **APP),
    remote(
        "permission",
        "- permission: workflows\n  repository: acme/public",
        "no",
        "permission",
        token=POOR,
        words="workflow.",
    ),
    remote("permission", "- permission: administration", "no", "permission", words="no administrator"),
    remote(
        "permission",
        "- permission: contents\n  repository: acme/public",
        "no",
        "permission",
        token=READER,
        words="role",
    ),
    remote(
        "permission",
        "- permission: contents",
        "no",
        "permission",
        **JOB,
        context={"from_fork": True},
        words="from a fork",
    ),
    remote("permission", "- permission: workflows", "no", "permission", **JOB),
    remote("permission", "- permission: issues", "no", "permission", **JOB, words=READS_NOT),
    remote("permission", "- permission: contents\n  repository: acme/none", "no", "token-reaches-not"),
    remote("permission", "- permission: contents", "unknown", "permission-unknown", **JOB),
    remote("permission", "- permission: contents", "unknown", "permission-unknown", token=FINE),
    remote("permission", "- permission: pages\n  level: read", "unknown", "permission-unknown", token=FINE),
    remote("pull-requests", "- pull-requests: open"),
    remote("pull-requests", "- pull-requests: open", **JOB, prepare=_administered, words="administered"),
    remote("pull-requests", "- pull-requests: open", "no", "pull-requests-forbidden", **JOB, prepare=_forbidden),
    remote("pull-requests", "- pull-requests: open", "unknown", "pull-requests-unknown", **JOB),
    remote("pull-requests", "- pull-requests: start-workflows", **APP),
    remote("pull-requests", "- pull-requests: start-workflows", "no", "starts-no-workflows", **JOB),
    remote("repository", f"- repository: {TARGET}\n  default-branch: main\n  visibility: private"),
    remote("repository", "- repository: acme/old\n  archived: true"),
    remote("repository", f"- repository: {TARGET}", **APP),
    remote("repository", "- repository: acme/none", "no", "repository-invisible"),
    remote(
        "repository",
        "- repository: acme/other",
        "no",
        "repository-renamed",
        prepare=lambda scene: scene.sandbox.repository("acme/other").rename("new"),
    ),
    remote("repository", "- repository: acme/off", "no", "repository-disabled"),
    remote("repository", "- repository: acme/old", "no", "repository-archived"),
    remote("repository", f"- repository: {TARGET}\n  default-branch: master", "no", "default-branch"),
    remote("repository", f"- repository: {TARGET}\n  visibility: public", "no", "visibility"),
    remote("branch", "- branch: bot\n  exists: true\n  change: force-push"),
    remote("branch", "- branch: release/1\n  change: create"),
    remote("branch", "- branch: none\n  exists: true", "no", "branch-absent"),
    remote("branch", "- branch: bot\n  exists: false", "no", "branch-exists"),
    remote("branch", "- branch: main\n  change: push", "no", "branch-rules"),
    remote("branch", "- branch: main\n  change: push", "unknown", "branch-rules-unknown", prepare=_bypass_hidden),
    remote("branch", "- branch: guarded\n  change: push", "unknown", "branch-rules-unknown"),
    remote("branch", "- branch: bot\n  repository: acme/none", "no", "repository-invisible"),
    remote("label", "- label: Sync"),
    remote("label", "- label: none", "no", "label-absent"),
    remote("label", "- label: sync", "unknown", "not-readable", **JOB),
    remote("environment", "- environment: prod", prepare=_deploys),
    remote("environment", "- environment: prod", "no", "environment-absent"),
    remote("environment", "- environment: prod", "unknown", "not-readable", **JOB),
    remote("team", "- team: acme/core"),
    remote("team", "- team: acme/none", "no", "team-invisible"),
    remote("team", "- team: acme/core", "unknown", "not-readable", **JOB),
    remote("team", "- team: acme/core", "unknown", "not-readable", **APP, words="lacks members: read"),
    remote("stored-secret", "- stored-secret: [NPM_TOKEN]"),
    remote("stored-secret", "- stored-secret: shared"),
    remote("stored-secret", "- stored-secret: NONE", "no", "stored-secret-absent"),
    remote("stored-secret", "- stored-secret: NPM_TOKEN", "unknown", "not-readable", **JOB),
    remote("artifact", "- artifact: dist", prepare=_in_run),
    remote("artifact", "- artifact: none\n  run-id: 1", "no", "artifact-absent", prepare=_in_run),
    remote(
        "artifact",
        "- artifact: dist",
        "no",
        "artifact-expired",
        prepare=_expired,
    ),
    remote("artifact", "- artifact: dist", "unknown", "not-readable", **JOB),
    remote("lock", "- lock: deploy"),
    remote("lock", "- lock: deploy", "no", "lock-held", prepare=_held),
    remote("lock", "- lock: deploy", "error", "lock-unreadable", prepare=_replaced("lock", _held)),
    remote("breaker", "- breaker: registry"),
    remote("breaker", "- breaker: registry", "no", "breaker-open", prepare=_opened),
    remote("breaker", "- breaker: registry", "no", "stopped", prepare=_stopped, words="The registry moves."),
    remote("breaker", "- breaker: registry", "error", "breaker-unreadable", prepare=_replaced("breaker", _opened)),
    remote("quota", "- quota: core=200"),
    remote("quota", "- quota: core=200", prepare=_no_limits, words="off"),
    remote("quota", "- quota: core=200\n  reserve: 10", "no", "quota-too-low", prepare=_spend(205)),
    remote("quota", "- quota: core=6000", "no", "quota-exceeds-limit"),
    remote("quota", "- quota: search=5", "unknown", "quota-unreported", prepare=_unreported),
    remote("clock", "- clock: 30 s", offset=20),
    remote("clock", "- clock: 30", "no", "clock-skew", offset=90, words="ahead of"),
    remote("clock", "- clock: 30", "no", "clock-skew", offset=-90, words="behind"),
    remote("clock", "- clock: 30\n  repository: acme/none", "unknown", "clock-unread"),
)
"""The kinds that ask GitHub. Each of them can also be an `error`: see the outage."""

OF_GITHUB = {
    "token": "- token: valid",
    "covered": f"- covered: {TARGET}",
    "permission": "- permission: contents",
    "pull-requests": "- pull-requests: open",
    "repository": f"- repository: {TARGET}",
    "branch": "- branch: bot",
    "team": "- team: acme/core",
    "stored-secret": "- stored-secret: NPM_TOKEN",
    "artifact": "- artifact: dist",
    "lock": "- lock: deploy",
    "breaker": "- breaker: registry",
    "label": "- label: sync",
    "environment": "- environment: prod",
    "quota": "- quota: core=1",
    "clock": "- clock: 30",
}
"""One check of each kind that asks GitHub."""
