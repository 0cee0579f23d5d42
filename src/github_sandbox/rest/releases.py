"""Releases, and the tag that a published one makes."""

from __future__ import annotations

from github_sandbox import ref_updates
from github_sandbox.clock import stamp
from github_sandbox.errors import not_found, validation_failed
from github_sandbox.git_store import ZERO
from github_sandbox.model import RefUpdate, Release, Repository
from github_sandbox.node_ids import encode
from github_sandbox.rest import git_shapes, shapes
from github_sandbox.rest.routing import Call, Reply, router
from github_sandbox.rest.shapes import Shape


def _shape(repository: Repository, item: Release) -> Shape:
    api = f"{git_shapes.api(repository)}/releases"
    # A draft's page has a name made up for it, as it has no tag yet.
    tag = f"untagged-{item.id:020x}" if item.draft else item.tag
    return {
        "url": f"{api}/{item.id}",
        "html_url": f"{git_shapes.html(repository)}/releases/tag/{tag}",
        "assets_url": f"{api}/{item.id}/assets",
        "upload_url": f"{api}/{item.id}/assets{{?name,label}}",
        "tarball_url": None if item.draft else f"{git_shapes.api(repository)}/tarball/{item.tag}",
        "zipball_url": None if item.draft else f"{git_shapes.api(repository)}/zipball/{item.tag}",
        "id": item.id,
        "node_id": encode("RE", item.id),
        "tag_name": item.tag,
        "target_commitish": item.target,
        "name": item.name,
        "body": item.body,
        "draft": item.draft,
        "prerelease": item.prerelease,
        "created_at": stamp(item.created_at),
        "published_at": None if item.draft else stamp(item.created_at),
        "author": shapes.user(repository.world, item.author),
        "assets": [],
    }


@router.on("GET", "/repos/{owner}/{repo}/releases", "repos/list-releases", "contents=read")
def releases(call: Call) -> Reply:
    """List, newest first. A draft shows only to who may push."""
    repository = call.repository
    pushes = call.token is not None and call.token.may_write(repository) and call.token.grants("contents=write")
    found = [r for r in repository.contents.releases.values() if pushes or not r.draft]
    newest = sorted(found, key=lambda r: (r.created_at, r.id), reverse=True)
    return call.page(newest, lambda item: _shape(repository, item))


@router.on("GET", "/repos/{owner}/{repo}/releases/tags/{path}", "repos/get-release-by-tag", "contents=read")
def release_by_tag(call: Call) -> Reply:
    """Return the published release of a tag. A tag's name may have slashes."""
    repository = call.repository
    found = [r for r in repository.contents.releases.values() if r.tag == call.params["path"] and not r.draft]
    if not found:
        raise not_found()
    return Reply(200, _shape(repository, found[0]))


@router.on("POST", "/repos/{owner}/{repo}/releases", "repos/create-release", "contents=write")
def create_release(call: Call) -> Reply:
    """Create a release. Drafts may share a tag; a published one has its tag alone."""
    repository = call.with_objects(write=True)
    tag, draft = call.text("tag_name", required=True) or "", call.body.get("draft", False) is True
    if not ref_updates.valid_name(f"refs/tags/{tag}"):
        raise validation_failed("Release", "tag_name", "invalid", "tag_name is not a valid tag")
    target = call.text("target_commitish") or repository.default_branch
    oid = repository.git.resolve(target)
    if not draft:
        if any(r.tag == tag and not r.draft for r in repository.contents.releases.values()):
            raise validation_failed("Release", "tag_name", "already_exists")
        if repository.git.ref(f"refs/tags/{tag}") is None:
            if oid is None:
                raise validation_failed("Release", "target_commitish", "invalid")
            ref_updates.apply(repository, [RefUpdate(name=f"refs/tags/{tag}", before=ZERO, after=oid)], call.token)
    made = Release(
        id=call.world.next_id(), tag=tag, author=call.actor.account, created_at=call.world.clock(), target=target,
        name=call.text("name"), body=call.text("body"), draft=draft,
        prerelease=call.body.get("prerelease", False) is True,
    )  # fmt: skip
    repository.contents.releases[made.id] = made
    shape = _shape(repository, made)
    return Reply(201, shape, {"Location": shape["url"]})


@router.on("DELETE", "/repos/{owner}/{repo}/releases/{release_id}", "repos/delete-release", "contents=write")
def delete_release(call: Call) -> Reply:
    """Delete a release. Its tag stays."""
    found, wanted = call.writable().contents.releases, call.params["release_id"]
    if not wanted.isdigit() or found.pop(int(wanted), None) is None:
        raise not_found()
    return Reply(204)
