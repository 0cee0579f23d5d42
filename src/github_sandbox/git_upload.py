"""Clone and fetch: git's own ``upload-pack``, in every protocol that git knows."""

from __future__ import annotations

from github_sandbox import git_copy

SERVICE = "git-upload-pack"
# GitHub serves filters, and every object that a client names.
SETTINGS = ("-c", "uploadpack.allowFilter=true", "-c", "uploadpack.allowAnySHA1InWant=true")


def serve(found: git_copy.State, body: bytes, *, protocol: str, advertise: bool) -> bytes:
    """Return the answer of ``git upload-pack``. ``protocol``: the client's ``Git-Protocol`` header."""
    mode = ("--stateless-rpc", *(("--advertise-refs",) if advertise else ()))
    answer = git_copy.run(found, (*SETTINGS, "upload-pack", *mode, "."), body, protocol=protocol)
    # Only protocol 2 begins without the name of the service.
    return _named(answer) if advertise and "version=2" not in protocol.split(":") else answer


def _named(answer: bytes) -> bytes:
    line = f"# service={SERVICE}\n".encode()
    return b"%04x%s0000%s" % (len(line) + 4, line, answer)
