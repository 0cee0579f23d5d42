"""Git smart HTTP for clone, fetch and push, over the same objects and refs that the API serves."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from dulwich.objects import ObjectID
from dulwich.protocol import ReceivableProtocol
from dulwich.refs import Ref
from dulwich.server import Backend, ReceivePackHandler, UploadPackHandler

from github_sandbox import ref_updates, tokens
from github_sandbox.errors import ApiError
from github_sandbox.git_store import ZERO
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
            backend = _Backend(found, token)
            if service == "git-receive-pack":
                return _run(_Push, backend, service, request)
        if service == "git-upload-pack":
            return _run(UploadPackHandler, backend, service, request)
    except ApiError as error:
        return HttpResponse(status=403, headers={"Content-Type": "text/plain"}, body=error.message.encode())
    return HttpResponse(status=403, headers={"Content-Type": "text/plain"}, body=b"Please upgrade your git client.")


def _ask_for_token(body: bytes = b"") -> HttpResponse:
    headers = {"WWW-Authenticate": 'Basic realm="GitHub"', "Content-Type": "text/plain"}
    return HttpResponse(status=401, headers=headers, body=body)


class _Backend(Backend):
    """A dulwich backend of a single repository. ``token`` is the one that pushes."""

    def __init__(self, repository: Repository, token: Token | None) -> None:
        self.repository = repository
        self.token = token
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
                ref_updates.apply(backend.repository, group, backend.token)
            except ApiError as error:
                problem = (error.push_message or error.message).encode()
            for update in group:
                yield update.name.encode(), problem


def _run(handler: Callable[..., Any], backend: _Backend, service: str, request: HttpRequest) -> HttpResponse:
    advertise = request.path.endswith("/info/refs")
    output = io.BytesIO()
    protocol = ReceivableProtocol(io.BytesIO(b"" if advertise else request.body).read, output.write)
    served = handler(backend, ["/"], protocol, stateless_rpc=True, advertise_refs=advertise)
    if advertise:
        protocol.write_pkt_line(f"# service={service}\n".encode())
        protocol.write_pkt_line(None)
    served.handle()
    kind = "advertisement" if advertise else "result"
    headers = {"Content-Type": f"application/x-{service}-{kind}", "Cache-Control": "no-cache"}
    return HttpResponse(status=200, headers=headers, body=output.getvalue())
