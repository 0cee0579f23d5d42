"""Messages of tools, and what each says about the command that printed it.

`tests/support/failed_commands.py` holds a real output and its source for each tool. Phrases are in lower case.
"""

from __future__ import annotations

import re
from typing import Literal

Judgement = Literal["transient", "rate-limited", "permanent", "conflict"]

PHRASES: dict[Judgement, tuple[str, ...]] = {
    "rate-limited": (
        "rate limit exceeded",
        "rate limit already exceeded",
        "secondary rate limit",
        "your pull rate limit",
        "toomanyrequests",
        "too many requests",
        "abuse detection mechanism",
        "was submitted too quickly",
    ),
    "conflict": (
        # git push, git pull, git rebase
        "(fetch first)",
        "(non-fast-forward)",
        "(stale info)",
        "(cannot lock ref",
        "(failed to update ref)",
        "(incorrect old value provided)",
        "(already exists)",
        "merge conflict in",
        "automatic merge failed",
        "error: could not apply",
        # gh, docker, npm
        "a pull request for branch",
        "is already in use by container",
        "cannot publish over",
        "code epublishconflict",
    ),
    "permanent": (
        # git and ssh
        "repository not found",
        "authentication failed for",
        "could not read username for",
        "could not read password for",
        "permission denied (publickey",
        "host key verification failed",
        "remote: permission to",
        "did not match any file(s) known to git",
        "error: src refspec",
        "not found in upstream",
        "couldn't find remote ref",
        "not a git repository",
        "hook declined",
        "protected branch update failed",
        "refusing to allow",
        "unknown revision or path not in the working tree",
        "is not a git command",
        "dubious ownership",
        "usage: git",
        # certificates, for every tool
        "ssl certificate problem",
        "certificate verify failed",
        "certificate verification failed",
        "certificate has expired",
        "self-signed certificate",
        "self signed certificate",
        "certificate signed by unknown authority",
        # npm
        "code etarget",
        "code eresolve",
        "code eusage",
        "code ejsonparse",
        "code ebadengine",
        "code eneedauth",
        "code eotp",
        "missing script:",
        # pip
        "resolutionimpossible",
        "do not match the hashes",
        "invalid requirement",
        "could not open requirements file",
        "requires a different python",
        # docker
        "manifest unknown",
        "pull access denied",
        "access to the resource is denied",
        "unauthorized: ",
        "invalid reference format",
        "no matching manifest for",
        "dockerfile parse error",
        "failed to read dockerfile",
        # apt
        "are you root?",
        "have unmet dependencies",
        "is not signed",
        "no_pubkey",
        # gh
        "bad credentials",
        "gh auth login",
        "set the gh_token environment variable",
        "resource not accessible by",
        "could not resolve to a",
        "unknown command ",
        "unknown flag: ",
        # bash and the system
        "unbound variable",
        "syntax error near unexpected token",
        "syntax error: unexpected end of file",
        "unexpected eof while looking for matching",
        "unexpected eof while parsing",
        "no space left on device",
    ),
    "transient": (
        # names and connections, in the words of C, Go, Python and Node.js
        "temporary failure in name resolution",
        "temporary failure resolving",
        "could not resolve host",
        "could not resolve proxy",
        "couldn't resolve host",
        "name or service not known",
        "failed to resolve '",
        "no such host",
        "connection reset",
        "connection was reset",
        "connection refused",
        "connection timed out",
        "connection aborted",
        "connection closed by",
        "connection broken by",
        "operation timed out",
        "read timed out",
        "connect timed out",
        "network is unreachable",
        "no route to host",
        "tls handshake timeout",
        "i/o timeout",
        "context deadline exceeded",
        "client.timeout exceeded",
        "unexpected eof",
        "remote end closed connection",
        "incompleteread",
        "max retries exceeded with url",
        "resource temporarily unavailable",
        "econnreset",
        "econnrefused",
        "etimedout",
        "eai_again",
        "enotfound",
        "err_socket_timeout",
        "socket hang up",
        "socket timeout",
        # curl and git over HTTP
        "failed to connect to",
        "couldn't connect to server",
        "empty reply from server",
        "was not closed cleanly",
        "ssl_error_syscall",
        "gnutls recv error",
        "gnutls_handshake() failed",
        "transfer closed with",
        # apt
        "unable to connect to",
        "could not connect to",
        "hash sum mismatch",
        "file has unexpected size",
        "it is held by process",
        "is another process using it",
        # gh
        "error connecting to ",
    ),
}
"""Judgement -> phrases that stand for it. In a line with several, the first judgement here counts."""

FOLLOWS: dict[Judgement, tuple[str, ...]] = {
    "permanent": (
        "no matching distribution found for",
        "could not find a version that satisfies the requirement",
        "unable to locate package",
        "has no installation candidate",
    ),
    "transient": (
        "rpc failed",
        "early eof",
        "unexpected disconnect while reading sideband packet",
        "the remote end hung up unexpectedly",
        "could not read from remote repository",
    ),
}
"""Phrases that another error leads to. They count only where no other line says more: pip also names no distribution
when it could not reach the index."""

STATUS = re.compile(
    r"the requested url returned error: (\d{3})\b"  # curl --fail, and git over HTTP
    r"|rpc failed; http (\d{3})\b"  # git
    r"|rpc failed; result=\d{1,3}, http code = (\d{3})\b"  # git before 2.13
    r"|^[<\s]{0,3}http/\d(?:\.\d)? (\d{3})\b"  # curl --include, --head and --verbose
    r"|\(http (\d{3})\)"  # gh api
    r"|\bhttp (\d{3}): "  # gh
    r"|\bnpm (?:err!|error) code e(\d{3})\b"
    r"|\bnpm (?:err!|error) (\d{3}) [a-z]"
    r"|\berr_pnpm_fetch_(\d{3})\b"
    r"|\brequest failed \\?\"(\d{3}) [a-z]"  # yarn
    r"|\bhttp error (\d{3}) while getting "  # pip
    r"|\bhttp error (\d{3}): "  # Python's urllib
    r"|\b(\d{3}) (?:client|server) error: "  # Python's requests, which pip and twine use
    r"|^\s{0,4}(\d{3})  [a-z][a-z -]{2,40} \[ip: "  # apt, below `Err:`
    r"|failed to fetch \S{1,2000}  (\d{3})  [a-z]"  # apt
    r"|unexpected http status(?: code)?: (\d{3})\b"  # docker
    r"|unexpected status(?: code)?(?: from [a-z]{1,10} request to)? [^\s]{1,2000}: (\d{3})\b"  # docker, containerd
    r"|\berror parsing http (\d{3}) response\b"  # docker
    r"|\bfailed with status code (\d{3})\b"  # npm before 3, and axios
    r"|\breceived status code (\d{3}) from server\b"  # Gradle
    r"|\bstatus code: (\d{3}), reason phrase: "  # Maven
    r"|^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d error (\d{3}): ",  # wget
)
"""An HTTP status in a tool's own words, in a line in lower case. A number alone is none."""

CURL_CODE = re.compile(r"\bcurl: \((\d{1,3})\)|\brpc failed; (?:http \d{3} )?curl (\d{1,3})\b")
"""curl's exit code in its own message, and in git's."""

RETRY_AFTER = re.compile(r"^[<\s]{0,3}retry-after:\s{0,8}(\S[^\r\n]{0,40})")
LIMIT_REMAINING = re.compile(r"^[<\s]{0,3}x-ratelimit-remaining:\s{0,8}(\d{1,10})\s*$")
LIMIT_RESET = re.compile(r"^[<\s]{0,3}x-ratelimit-reset:\s{0,8}(\d{1,12})\s*$")
"""Headers of an answer that the output shows, in lower case."""

CURL_TRANSIENT = frozenset({5, 6, 7, 12, 16, 18, 28, 35, 52, 55, 56, 81, 87, 92, 95, 96})
"""curl's exit codes for names, connections, time and transfers (curl docs: "Exit codes")."""
CURL_PERMANENT = frozenset({1, 2, 3, 4, 9, 26, 37, 45, 47, 48, 51, 53, 54, 58, 59, 60, 63, 66, 67, 77, 78, 82, 83, 90})
"""curl's exit codes for what stays as it is: the address, an option, a local file, a certificate, a login."""


def judge_status(status: int) -> Judgement:
    """Return what an HTTP status of 400 or more says. RFC 9110, 15.5 and 15.6; curl docs: `--retry`."""
    if status == 429:
        return "rate-limited"
    if status in (409, 412):
        return "conflict"
    if status in (408, 425) or (status >= 500 and status not in (501, 505, 506, 508, 510, 511)):
        return "transient"
    return "permanent"
