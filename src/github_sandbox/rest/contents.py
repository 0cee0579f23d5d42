"""File contents: read a path, write one file as one commit."""

from __future__ import annotations

import base64
import binascii
import posixpath

from github_sandbox import ref_updates
from github_sandbox.errors import ApiError, not_found, unprocessable
from github_sandbox.git_store import DIRECTORY, FILE, SUBMODULE, SYMLINK, ZERO, Flat, Identity
from github_sandbox.history import flat
from github_sandbox.model import RefUpdate, Repository
from github_sandbox.ref_rules import WORKFLOWS
from github_sandbox.rest import git_shapes, media
from github_sandbox.rest.routing import Call, Reply, router
from github_sandbox.rest.shapes import Shape
from github_sandbox.tokens import Token, inaccessible

_MEDIA = (media.RAW, media.OBJECT)


@router.on("GET", "/repos/{owner}/{repo}/contents/{path}", "repos/get-content", "contents=read", _MEDIA)
@router.on("GET", "/repos/{owner}/{repo}/contents", "repos/get-content", "contents=read", _MEDIA)
def contents(call: Call) -> Reply:
    repository, path = call.repository, call.params.get("path", "").strip("/")
    git, revision = repository.git, call.query.get("ref") or repository.default_branch
    commit = git.commit(git.resolve(revision) or "")
    if commit is None:
        raise not_found("This repository is empty." if repository.empty else f"No commit found for the ref {revision}")
    found = git.lookup(commit.tree, path)
    if found is None:
        raise not_found()
    mode, oid = found
    if mode == DIRECTORY:
        prefix = f"{path}/" if path else ""
        entries = [_content(repository, prefix + name, m, o, revision, whole=False) for name, m, o in git.entries(oid)]
        if call.media == media.OBJECT:
            return Reply(200, _content(repository, path, mode, oid, revision, whole=False) | {"entries": entries})
        return Reply(200, entries)
    if call.media == media.RAW:
        if mode == SYMLINK:
            # GitHub follows a link to a file of the repository, and gives any other as its text.
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), (git.blob(oid) or b"").decode()))
            _, oid = git.lookup(commit.tree, target) or found
        return Reply(200, git.blob(oid) or b"")
    return Reply(200, _content(repository, path, mode, oid, revision, whole=True))


def _content(repository: Repository, path: str, mode: int, oid: str, revision: str, *, whole: bool) -> Shape:
    url = f"{git_shapes.api(repository)}/contents/{path}?ref={revision}"
    data = repository.git.blob(oid) or b""
    kind = {DIRECTORY: "dir", SUBMODULE: "submodule", SYMLINK: "symlink"}.get(mode, "file")
    git_kind = "trees" if mode == DIRECTORY else "blobs"
    git_url, page = (
        f"{git_shapes.api(repository)}/git/{git_kind}/{oid}",
        f"{git_shapes.html(repository)}/blob/{revision}/{path}",
    )
    shape: Shape = {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": oid,
        "size": len(data),
        "url": url,
        "html_url": page,
        "git_url": git_url,
        "download_url": None if mode == DIRECTORY else page.replace("/blob/", "/raw/"),
        "type": kind,
        "_links": {"self": url, "git": git_url, "html": page},
    }
    if whole and mode == SYMLINK:
        shape["target"] = data.decode("utf-8", "replace")
    elif whole and mode != SUBMODULE:
        shape |= {"content": base64.encodebytes(data).decode(), "encoding": "base64"}
    return shape


def refuse_workflow(token: Token, path: str) -> None:
    """Refuse a workflow file before there is a commit: 404 for a classic token (octokit.rb#1184, github/docs#4770), 403
    for the others.
    """
    if path.startswith(WORKFLOWS) and not token.may_change_workflows():
        raise not_found() if token.classic else inaccessible(token)


@router.on("PUT", "/repos/{owner}/{repo}/contents/{path}", "repos/create-or-update-file-contents", "contents=write")
def put_contents(call: Call) -> Reply:
    repository, token, path = call.writable(), call.actor, call.params["path"].strip("/")
    message, encoded = (call.text("message", required=True) or "", call.text("content", required=True) or "")
    refuse_workflow(token, path)
    try:
        content = base64.b64decode("".join(encoded.split()), validate=True)
    except binascii.Error:
        raise unprocessable("content is not valid Base64") from None
    git, branch = repository.git, call.text("branch") or repository.default_branch
    tip = repository.tip(branch)
    if tip is None and not repository.empty:
        raise not_found(f"Branch {branch} not found")
    files: Flat = flat(git, tip)
    before, given = files.get(path), call.text("sha")
    if before is not None and given is None:
        raise ApiError(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    if given is not None and (before is None or before[1] != given):
        raise ApiError(409, f"{path} does not match {given}")
    files[path] = (before[0] if before else FILE, git.write_blob(content))
    oid = git.write_commit(git.write_tree(files), [tip] if tip else [], message, *_identities(call, token))
    if token.app:
        repository.contents.verified.add(oid)
    try:
        ref_updates.apply(repository, [RefUpdate(name=f"refs/heads/{branch}", before=tip or ZERO, after=oid)], token)
    except ApiError as error:
        error.message = f"Could not {'update' if before else 'create'} file: {error.message}"
        error.status = 409 if error.status == 422 else error.status
        raise
    record = git.commit(oid)
    assert record is not None
    mode, blob = files[path]
    shape = {
        "content": _content(repository, path, mode, blob, branch, whole=False),
        "commit": git_shapes.git_commit(repository, record),
    }
    return Reply(200 if before else 201, shape)


def _identities(call: Call, token: Token) -> tuple[Identity, Identity]:
    now = int(call.world.clock())
    author = Identity(name=token.account.login, email=token.account.email, seconds=now)
    return author, Identity(name="GitHub", email="noreply@github.com", seconds=now)
