"""Refs, branches, comparison and file contents."""

from __future__ import annotations

from github_sandbox import pull_refs, ref_rules, ref_updates
from github_sandbox.errors import not_found, unprocessable
from github_sandbox.git_store import ZERO
from github_sandbox.history import ancestors, between, merge_base
from github_sandbox.model import RefUpdate, Repository
from github_sandbox.pulls import find_head
from github_sandbox.rest import git_shapes, media
from github_sandbox.rest.routing import Call, Reply, router
from github_sandbox.rest.shapes import Shape


@router.on("GET", "/repos/{owner}/{repo}/git/ref/{ref}", "git/get-ref", "contents=read")
def get_ref(call: Call) -> Reply:
    repository, name = call.with_objects(), f"refs/{call.params['ref']}"
    oid = pull_refs.find(repository, name)
    if oid is None:
        raise not_found()
    return Reply(200, git_shapes.ref(repository, name, oid))


@router.on("GET", "/repos/{owner}/{repo}/git/matching-refs/{ref}", "git/list-matching-refs", "contents=read")
def matching_refs(call: Call) -> Reply:
    repository = call.with_objects()
    start = f"refs/{call.params['ref']}"
    found = list(repository.git.refs(start).items())
    if start.startswith(ref_updates.PULLS):
        found += [item for item in pull_refs.of(repository).items() if item[0].startswith(start)]
    return call.page(found, lambda item: git_shapes.ref(repository, *item))


@router.on("POST", "/repos/{owner}/{repo}/git/refs", "git/create-ref", "contents=write")
def create_ref(call: Call) -> Reply:
    repository = call.with_objects(write=True)
    name, oid = (call.text("ref", required=True) or "", call.text("sha", required=True) or "")
    if not ref_updates.valid_name(name):
        raise unprocessable("Reference name must start with 'refs/' and have at least two slashes.")
    if repository.git.ref(name):
        raise unprocessable("Reference already exists")
    _apply(call, repository, RefUpdate(name=name, before=ZERO, after=oid))
    shape = git_shapes.ref(repository, name, oid)
    return Reply(201, shape, {"Location": shape["url"]})


def _apply(call: Call, repository: Repository, update: RefUpdate) -> None:
    narrow = call.services.edition.only_branches_and_tags
    ref_updates.apply(repository, [update], call.token, only_branches_and_tags=narrow)


@router.on("PATCH", "/repos/{owner}/{repo}/git/refs/{ref}", "git/update-ref", "contents=write")
def update_ref(call: Call) -> Reply:
    repository, name = call.with_objects(write=True), f"refs/{call.params['ref']}"
    oid, force = (call.text("sha", required=True) or "", call.body.get("force", False) is True)
    current = repository.git.ref(name)
    if current is None:
        raise unprocessable("Reference does not exist")
    _apply(call, repository, RefUpdate(name=name, before=current, after=oid, force=force))
    return Reply(200, git_shapes.ref(repository, name, oid))


@router.on("DELETE", "/repos/{owner}/{repo}/git/refs/{ref}", "git/delete-ref", "contents=write")
def delete_ref(call: Call) -> Reply:
    repository, name = call.with_objects(write=True), f"refs/{call.params['ref']}"
    _apply(call, repository, RefUpdate(name=name, before=None, after=ZERO))
    return Reply(204)


@router.on("GET", "/repos/{owner}/{repo}/branches", "repos/list-branches", "contents=read")
def branches(call: Call) -> Reply:
    repository = call.repository
    found = list(repository.git.refs("refs/heads/").items())

    def shape(item: tuple[str, str]) -> Shape:
        commit = {"sha": item[1], "url": f"{git_shapes.api(repository)}/commits/{item[1]}"}
        return {
            "name": item[0].removeprefix("refs/heads/"),
            "commit": commit,
            "protected": ref_rules.protects(repository, item[0].removeprefix("refs/heads/")),
        }

    return call.page(found, shape)


@router.on("GET", "/repos/{owner}/{repo}/branches/{path}", "repos/get-branch", "contents=read")
def branch(call: Call) -> Reply:
    repository, name = call.repository, call.params["path"]
    commit = repository.git.commit(repository.tip(name) or "")
    if commit is None:
        raise not_found("Branch not found")
    url, protected = f"{git_shapes.api(repository)}/branches/{name}", ref_rules.protects(repository, name)
    return Reply(
        200,
        {
            "name": name,
            "commit": git_shapes.commit(repository, commit),
            "_links": {"self": url, "html": f"{git_shapes.html(repository)}/tree/{name}"},
            "protected": protected,
            "protection": {
                "enabled": protected,
                "required_status_checks": {"enforcement_level": "off", "contexts": [], "checks": []},
            },
            "protection_url": f"{url}/protection",
        },
    )


@router.on(
    "GET",
    "/repos/{owner}/{repo}/commits/{path}",
    "repos/get-commit",
    "contents=read",
    (media.DIFF, media.PATCH, media.SHA),
)
def commit_by_ref(call: Call) -> Reply:
    repository = call.with_objects()
    record = repository.git.commit(repository.git.resolve(call.params["path"]) or "")
    if record is None:
        raise unprocessable(f"No commit found for SHA: {call.params['path']}")
    if call.media == media.SHA:
        return Reply(200, record.oid.encode())
    if call.media in (media.DIFF, media.PATCH):
        parent = record.parents[0] if record.parents else None
        return Reply(200, media.difference(repository, parent, record.oid, call.media))
    files = git_shapes.changed_files(repository, record.parents[0] if record.parents else None, record.oid)
    totals = {key: sum(f[key] for f in files) for key in ("additions", "deletions")}
    shape = git_shapes.commit(repository, record)
    return Reply(200, shape | {"stats": totals | {"total": sum(totals.values())}, "files": files})


@router.on(
    "GET", "/repos/{owner}/{repo}/compare/{basehead}", "repos/compare-commits-with-basehead", "contents=read",
    (media.DIFF, media.PATCH),
)  # fmt: skip
def compare(call: Call) -> Reply:
    repository = call.with_objects()
    left, dots, right = call.params["basehead"].partition("...")
    base, head = (_endpoint(repository, left), _endpoint(repository, right if dots else ""))
    origin = merge_base(repository.git, base, head) if base and head else None
    if base is None or head is None or origin is None:
        raise not_found()
    if call.media in (media.DIFF, media.PATCH):
        return Reply(200, media.difference(repository, origin, head, call.media))
    ahead, behind = (between(repository.git, base, head), between(repository.git, head, base))
    status = ("diverged" if behind else "ahead") if ahead else ("behind" if behind else "identical")
    page = call.page(ahead, lambda c: git_shapes.commit(repository, c))
    known = ancestors(repository.git, base) | ancestors(repository.git, head)
    url = f"{git_shapes.html(repository)}/compare/{left}...{right}"
    return Reply(
        200,
        {
            "url": f"{git_shapes.api(repository)}/compare/{left}...{right}",
            "html_url": url,
            "permalink_url": url,
            "diff_url": f"{url}.diff",
            "patch_url": f"{url}.patch",
            "base_commit": git_shapes.commit(repository, known[base]),
            "merge_base_commit": git_shapes.commit(repository, known[origin]),
            "status": status,
            "ahead_by": len(ahead),
            "behind_by": len(behind),
            "total_commits": len(ahead),
            "commits": page.content,
            "files": git_shapes.changed_files(repository, origin, head),
        },
        page.headers,
    )


def _endpoint(repository: Repository, text: str) -> str | None:
    owner, branch = find_head(repository, text)
    return owner.git.resolve(branch) if owner else None
