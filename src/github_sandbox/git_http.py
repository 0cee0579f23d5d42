"""Git smart HTTP for clone, fetch and push, over the same objects and refs that the API serves."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import parse_qs

from dulwich.objects import ObjectID
from dulwich.protocol import ReceivableProtocol
from dulwich.refs import Ref
from dulwich.server import Backend, ReceivePackHandler

from github_sandbox import git_copy, git_upload, ref_updates, tokens
from github_sandbox.errors import ApiError
from github_sandbox.git_store import ZERO, GitStore
from github_sandbox.history import ancestors
from github_sandbox.http_messages import HttpRequest, HttpResponse
from github_sandbox.model import RefUpdate, Repository
from github_sandbox.services import Services
from github_sandbox.tokens import Token

_PATH = re.compile(r"/(?P<name>[^/]+/[^/]+?)(?:\.git)?/(?P<service>info/refs|git-upload-pack|git-receive-pack)")


def handle(services: Services, request: HttpRequest, token: Token | None, secret: str | None) -> HttpResponse:
    """Return the response to a git request: anyone reads public repositories; a push needs a token that may write."""
    match = _PATH.fullmatch(request.path)
    if not match:
        return HttpResponse(status=404, headers={"Content-Type": "text/plain"}, body=b"Not Found")
    service = match["service"]
    if service == "info/refs":
        service = parse_qs(request.query).get("service", [""])[0]
    if secret is not None and token is None:
        return _ask_for_token(b"Invalid username or token.")
    try:
        with services.world.lock:
            found = services.world.repository(match["name"]) or services.world.renamed_from(match["name"])
            if found is None or not tokens.may_read(token, found):
                # Without a token GitHub asks for one, and does not reveal that the repository is absent.
                return HttpResponse(status=404, body=b"Repository not found.") if token else _ask_for_token()
            if service == "git-receive-pack":
                if token is None:
                    return _ask_for_token()
                services.world.next_turn()
                tokens.require_write(token, found)
                return _answer(request, service, _receive(found, token, request))
            state = git_copy.state(found)
        if service == git_upload.SERVICE:
            # git runs without the lock: the state holds all that it reads.
            protocol = request.headers.get("git-protocol", "")
            served = git_upload.serve(state, request.body, protocol=protocol, advertise=_advertises(request))
            return _answer(request, service, served)
    except ApiError as error:
        return HttpResponse(status=403, headers={"Content-Type": "text/plain"}, body=error.message.encode())
    return HttpResponse(status=403, headers={"Content-Type": "text/plain"}, body=b"Please upgrade your git client.")


def _ask_for_token(body: bytes = b"") -> HttpResponse:
    headers = {"WWW-Authenticate": 'Basic realm="GitHub"', "Content-Type": "text/plain"}
    return HttpResponse(status=401, headers=headers, body=body)


def _advertises(request: HttpRequest) -> bool:
    return request.path.endswith("/info/refs")


def _answer(request: HttpRequest, service: str, body: bytes) -> HttpResponse:
    kind = "advertisement" if _advertises(request) else "result"
    headers = {"Content-Type": f"application/x-{service}-{kind}", "Cache-Control": "no-cache"}
    return HttpResponse(status=200, headers=headers, body=body)


class _Backend(Backend):
    """A dulwich backend of a single repository. ``token`` is the one that pushes.

    ``shallow``: whether the history of the client is cut.
    """

    def __init__(self, repository: Repository, token: Token, *, shallow: bool) -> None:
        self.repository = repository
        self.token = token
        self.shallow = shallow
        self._git = repository.git.repo  # read under the lock: a HistoryView may replace it for a moment

    def open_repository(self, path: str) -> Any:  # noqa: ARG002 - dulwich's signature
        return self._git


class _Push(ReceivePackHandler):
    """Changes refs by ``ref_updates``, on condition that they are as the client saw them; rules and effects apply."""

    def _apply_pack(self, refs: list[tuple[ObjectID, ObjectID, Ref]]) -> Any:
        if any(new.decode() != ZERO for _, new, _ in refs):
            objects: Any = self.repo.object_store
            objects.add_thin_pack(self.proto.read, getattr(self.proto, "recv", None))
        yield b"unpack", b"ok"
        backend = self.backend
        assert isinstance(backend, _Backend)
        updates = [
            RefUpdate(name=name.decode(), before=old.decode(), after=new.decode(), force=True)
            for old, new, name in refs
        ]
        together = [updates] if self.has_capability(b"atomic") else [[u] for u in updates]
        for group in together:
            problem = b"ok"
            try:
                if any(_has_gaps(backend.repository.git, update.after) for update in group):
                    raise ApiError(
                        422, "shallow update not allowed" if backend.shallow else "missing necessary objects"
                    )
                ref_updates.apply(backend.repository, group, backend.token)
            except ApiError as error:
                problem = (error.push_message or error.message).encode()
            for update in group:
                yield update.name.encode(), problem


def _has_gaps(git: GitStore, oid: str) -> bool:
    """Return whether a commit of this history names a parent that the repository does not have."""
    known = ancestors(git, oid)
    return any(parent not in known for commit in known.values() for parent in commit.parents)


def _receive(repository: Repository, token: Token, request: HttpRequest) -> bytes:
    """Return the answer of receive-pack, after the changes."""
    advertise, service = _advertises(request), b"git-receive-pack"
    shallow, body = _without_shallow(b"" if advertise else request.body)
    output = io.BytesIO()
    protocol = ReceivableProtocol(io.BytesIO(body).read, output.write)
    backend = _Backend(repository, token, shallow=shallow)
    served = _Push(backend, ["/"], protocol, stateless_rpc=True, advertise_refs=advertise)
    if advertise:
        protocol.write_pkt_line(b"# service=%s\n" % service)
        protocol.write_pkt_line(None)
    served.handle()
    return output.getvalue()


def _without_shallow(body: bytes) -> tuple[bool, bytes]:
    """Return whether a push names the ends of a cut history, and the push without these lines.

    A shallow clone sends them first (git's pack-protocol, "Reference Update Request"); dulwich does not read them.
    """
    start = 0
    while body[start + 4 : start + 12] == b"shallow ":
        start += int(body[start : start + 4], 16)
    return start > 0, body[start:]
