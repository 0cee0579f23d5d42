"""Git smart HTTP over the same objects and refs the API serves: clone, fetch, push."""

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
from github_sandbox.exchange import Answer, Incoming
from github_sandbox.git_store import ZERO
from github_sandbox.model import RefUpdate, Repository
from github_sandbox.services import Services
from github_sandbox.tokens import Token

_PATH = re.compile(r"/(?P<name>[^/]+/[^/]+?)(?:\.git)?/(?P<service>info/refs|git-upload-pack|git-receive-pack)")
_ASK = {"WWW-Authenticate": 'Basic realm="GitHub"', "Content-Type": "text/plain"}


def handle(services: Services, incoming: Incoming, token: Token | None, secret: str | None) -> Answer:
    """Answer a git request. Anonymous users read public repositories; a push needs a token that may write."""
    match = _PATH.fullmatch(incoming.path)
    if not match:
        return Answer(404, {"Content-Type": "text/plain"}, b"Not Found")
    service = match["service"]
    if service == "info/refs":
        service = parse_qs(incoming.query).get("service", [""])[0]
    if secret is not None and token is None:
        return Answer(401, dict(_ASK), b"Invalid username or token.")
    try:
        with services.world.lock:
            found = services.world.repository(match["name"]) or services.world.renamed_from(match["name"])
            if found is None or not tokens.may_read(token, found):
                # Without a token GitHub asks for one rather than telling that there is nothing.
                return Answer(404, {}, b"Repository not found.") if token else Answer(401, dict(_ASK), b"")
            if service == "git-receive-pack":
                if token is None:
                    return Answer(401, dict(_ASK), b"")
                services.world.next_turn()
                tokens.require_write(token, found)
            backend = _One(found, token)
            if service == "git-receive-pack":
                return _run(_Push, backend, service, incoming)
        if service == "git-upload-pack":
            return _run(UploadPackHandler, backend, service, incoming)
    except ApiError as error:
        return Answer(403, {"Content-Type": "text/plain"}, error.message.encode())
    return Answer(403, {"Content-Type": "text/plain"}, b"Please upgrade your git client.")


class _One(Backend):
    """A dulwich backend with a single repository in it; ``token``: who pushes."""

    def __init__(self, repository: Repository, token: Token | None) -> None:
        self.repository = repository
        self.token = token
        self._git = repository.git.repo  # taken under the lock: a lagging read may swap it for a moment

    def open_repository(self, path: str) -> Any:  # noqa: ARG002 - dulwich's signature
        return self._git


class _Push(ReceivePackHandler):
    """Ref changes go through ``ref_updates``: guarded by what the client saw, all rules and effects included."""

    def _apply_pack(self, refs: list[tuple[ObjectID, ObjectID, Ref]]) -> Any:
        if any(new.decode() != ZERO for _, new, _ in refs):
            objects: Any = self.repo.object_store
            objects.add_thin_pack(self.proto.read, getattr(self.proto, "recv", None))
        yield b"unpack", b"ok"
        backend = self.backend
        assert isinstance(backend, _One)
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


def _run(handler: Callable[..., Any], backend: _One, service: str, incoming: Incoming) -> Answer:
    advertise = incoming.path.endswith("/info/refs")
    output = io.BytesIO()
    protocol = ReceivableProtocol(io.BytesIO(b"" if advertise else incoming.body).read, output.write)
    served = handler(backend, ["/"], protocol, stateless_rpc=True, advertise_refs=advertise)
    if advertise:
        protocol.write_pkt_line(f"# service={service}\n".encode())
        protocol.write_pkt_line(None)
    served.handle()
    kind = "advertisement" if advertise else "result"
    headers = {"Content-Type": f"application/x-{service}-{kind}", "Cache-Control": "no-cache"}
    return Answer(200, headers, output.getvalue())
