"""git/blobs, git/trees, git/commits. Objects are written at once, and have no effect until a ref points at them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dulwich.objects import Tag

from github_sandbox.errors import ApiError, not_found, unprocessable
from github_sandbox.git_store import DIRECTORY, MODES, SUBMODULE, Flat, GitStore, Identity
from github_sandbox.node_ids import encode
from github_sandbox.pulls import github_identity
from github_sandbox.rest import git_shapes, media
from github_sandbox.rest.contents import refuse_workflow
from github_sandbox.rest.routing import Call, Reply, router

_HEX = re.compile(r"[0-9a-f]{40}")
BAD_OBJECT = "GitRPC::BadObjectState"


@router.on("GET", "/repos/{owner}/{repo}/git/blobs/{file_sha}", "git/get-blob", "contents=read", (media.RAW,))
def get_blob(call: Call) -> Reply:
    repository, oid = call.with_objects(), call.params["file_sha"]
    content = repository.git.blob(oid)
    if content is None:
        raise not_found()
    if call.media == media.RAW:
        return Reply(200, content)
    return Reply(200, {
        "sha": oid, "node_id": encode("B", repository.id, oid), "size": len(content),
        "url": f"{git_shapes.api(repository)}/git/blobs/{oid}",
        "content": base64.encodebytes(content).decode(), "encoding": "base64",
    })  # fmt: skip


@router.on("POST", "/repos/{owner}/{repo}/git/blobs", "git/create-blob", "contents=write")
def create_blob(call: Call) -> Reply:
    repository = call.with_objects(write=True)
    text, encoding = (call.text("content", required=True) or "", call.text("encoding") or "utf-8")
    if encoding == "base64":
        try:
            content = base64.b64decode("".join(text.split()), validate=True)
        except binascii.Error:
            raise unprocessable("content is not valid Base64") from None
    elif encoding == "utf-8":
        content = text.encode()
    else:
        raise unprocessable("Encoding must be utf-8 or base64")
    oid = repository.git.write_blob(content)
    url = f"{git_shapes.api(repository)}/git/blobs/{oid}"
    return Reply(201, {"sha": oid, "url": url}, {"Location": url})


@router.on("GET", "/repos/{owner}/{repo}/git/trees/{tree_sha}", "git/get-tree", "contents=read")
def get_tree(call: Call) -> Reply:
    repository = call.with_objects()
    oid = repository.git.resolve(call.params["tree_sha"])
    commit = repository.git.commit(oid) if oid else None
    oid = commit.tree if commit else oid
    if oid is None or git_shapes.object_kind(repository, oid) != "tree" or repository.git.get(oid) is None:
        raise not_found()
    # GitHub's page: any value of `recursive`, even 0 or false, turns it on; its absence turns it off.
    recursive = "recursive" in call.query
    most = call.services.limits.tree_entries if recursive else None
    return Reply(200, git_shapes.tree(repository, oid, recursive=recursive, most=most))


@router.on("POST", "/repos/{owner}/{repo}/git/trees", "git/create-tree", "contents=write")
def create_tree(call: Call) -> Reply:
    repository = call.with_objects(write=True)
    git, entries = repository.git, call.body.get("tree")
    if not isinstance(entries, list):
        raise ApiError(422, 'Invalid request.\n\n"tree" wasn\'t supplied.')
    files: Flat = {}
    for entry in entries:
        if isinstance(entry, Mapping):
            refuse_workflow(call.actor, str(entry.get("path")))
    base = call.text("base_tree")
    if base:
        commit = git.commit(base)
        base = commit.tree if commit else base
        if git.get(base) is None or git_shapes.object_kind(repository, base) != "tree":
            raise not_found()
        files = git.flatten(base)
    for entry in entries:
        _apply_entry(git, files, entry if isinstance(entry, Mapping) else {})
    return Reply(201, git_shapes.tree(repository, git.write_tree(files), recursive=False))


def _apply_entry(git: GitStore, files: Flat, entry: Mapping[str, Any]) -> None:
    """Put one entry of the request into ``files``. Raises ApiError 422."""
    path, mode = _path_and_mode(entry)
    below = [name for name in files if name.startswith(path + "/")]
    deletes = "sha" in entry and entry["sha"] is None
    if deletes and path not in files and not below:
        raise unprocessable(BAD_OBJECT)
    for name in [*below, path]:
        files.pop(name, None)
    if deletes:
        return
    # The new path replaces a file that is in the place of one of its folders.
    parts = path.split("/")
    for end in range(1, len(parts)):
        files.pop("/".join(parts[:end]), None)
    if "content" in entry:
        files[path] = (mode, git.write_blob(entry["content"].encode()))
    else:
        files.update(_existing(git, path, mode, str(entry["sha"])))


def _path_and_mode(entry: Mapping[str, Any]) -> tuple[str, int]:
    path, mode = entry.get("path"), MODES.get(str(entry.get("mode", "100644")))
    if not isinstance(path, str) or {"", ".", "..", ".git"} & set(path.split("/")):
        raise unprocessable("tree.path contains a malformed path component")
    if mode is None:
        raise unprocessable(f"tree.mode {entry.get('mode')} is not a valid mode")
    if "sha" in entry and "content" in entry:
        raise unprocessable("Must supply either tree.sha or tree.content, but not both.")
    if "sha" not in entry and not isinstance(entry.get("content"), str):
        raise unprocessable("Must supply tree.sha or tree.content")
    return path, mode


def _existing(git: GitStore, path: str, mode: int, oid: str) -> Flat:
    """Return the files of an entry that names an object; a submodule names a commit of another repository."""
    known = _HEX.fullmatch(oid)
    if known and mode == SUBMODULE:
        return {path: (mode, oid)}
    expected = "tree" if mode == DIRECTORY else "blob"
    item = git.get(oid) if known else None
    if item is None or item.type_name.decode() != expected:
        raise unprocessable(f"tree.sha {oid} is not a valid {expected}")
    if mode == DIRECTORY:
        return {f"{path}/{name}": found for name, found in git.flatten(oid).items()}
    return {path: (mode, oid)}


@router.on("GET", "/repos/{owner}/{repo}/git/commits/{commit_sha}", "git/get-commit", "contents=read")
def get_commit(call: Call) -> Reply:
    repository = call.with_objects()
    commit = repository.git.commit(call.params["commit_sha"])
    if commit is None:
        raise not_found()
    return Reply(200, git_shapes.git_commit(repository, commit))


@router.on("POST", "/repos/{owner}/{repo}/git/commits", "git/create-commit", "contents=write")
def create_commit(call: Call) -> Reply:
    repository = call.with_objects(write=True)
    git, token = repository.git, call.actor
    message, tree = (call.text("message", required=True) or "", call.text("tree", required=True) or "")
    if git.get(tree) is None or git_shapes.object_kind(repository, tree) != "tree":
        raise unprocessable("Tree SHA does not exist")
    parents = call.texts("parents")
    for parent in parents:
        if git.commit(parent) is None:
            raise unprocessable("Parent SHA does not exist or is not a commit object")
    now = int(call.world.clock())
    own = Identity(name=token.account.login, email=token.account.email, seconds=now)
    given_author, given_committer = call.body.get("author"), call.body.get("committer")
    author = _identity(given_author, own) if given_author else own
    # GitHub signs only an app's commit without author and committer, and then GitHub is the committer.
    signed = token.app and not given_author and not given_committer and not call.body.get("signature")
    committer = _identity(given_committer, author) if given_committer else author
    if signed:
        committer = github_identity(now)
    oid = git.write_commit(tree, parents, message, author, committer)
    if signed:
        repository.contents.verified.add(oid)
    commit = git.commit(oid)
    assert commit is not None
    shape = git_shapes.git_commit(repository, commit)
    return Reply(201, shape, {"Location": shape["url"]})


@router.on("GET", "/repos/{owner}/{repo}/git/tags/{tag_sha}", "git/get-tag", "contents=read")
def get_tag(call: Call) -> Reply:
    repository = call.with_objects()
    item = repository.git.get(call.params["tag_sha"])
    if not isinstance(item, Tag):
        raise not_found()
    return Reply(200, git_shapes.tag(repository, item))


def _identity(given: Any, default: Identity) -> Identity:
    if not isinstance(given, Mapping) or not given.get("name") or not given.get("email"):
        raise ApiError(422, 'Invalid request.\n\n"name" and "email" weren\'t supplied.')
    seconds, offset = default.seconds, 0
    if given.get("date"):
        try:
            when = datetime.fromisoformat(str(given["date"]))
        except ValueError:
            raise unprocessable("date is not in ISO 8601") from None
        seconds, delta = int(when.timestamp()), when.utcoffset()
        offset = int(delta.total_seconds()) if delta else 0
    return Identity(name=str(given["name"]), email=str(given["email"]), seconds=seconds, offset=offset)
