"""The meaning of an installer's output: the cause, what to set, and whether another try may end otherwise."""

from __future__ import annotations

import errno
import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

LOCKED = Path(__file__).resolve().parent / "requirements.lock"
# Attempts follow each other after these pauses. The tools retry single requests once themselves.
PAUSES_SECONDS = (2.0, 6.0)
# A host that refuses, or a name server that does not answer, may just be starting.
SHORT_PAUSES_SECONDS = (1.0,)


class CannotStartError(Exception):
    """No environment, so no action. `args[0]` says what happened, why and how to fix it; `output` is the tool's own."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.output = output


class SourceError(CannotStartError):
    """One source of packages did not serve them. Another one may."""


class Failure(NamedTuple):
    """A kind of failure."""

    pattern: str
    """Found in the output, in small or capital letters."""
    cause: str
    remedy: str
    pauses_seconds: tuple[float, ...] = ()
    """Before each further try; (): another try would end alike."""
    of_source: bool = True
    """Another source may do better."""


MAKE_ROOM = "Make room there, or name a directory with 200 MB of room in ACTION_PATTERNS_VENV_DIR."
NO_EXEC = (
    "Set ACTION_PATTERNS_VENV_DIR to a directory on a file system that is mounted without `noexec`, and which no "
    "untrusted job can write to."
)
NETWORK = (
    "Check the network of the runner. Behind a proxy or a mirror set HTTPS_PROXY, PIP_INDEX_URL or UV_DEFAULT_INDEX; "
    "for a runner without network set PIP_NO_INDEX and PIP_FIND_LINKS to a directory of wheels, or put a ready "
    "environment in ACTION_PATTERNS_VENV_DIR."
)
# A status of HTTP as urllib, pip, uv and a proxy's tunnel write it. A bare number may be part of an address.
STATUS = r"(?:Error {0}\b|\b{0} (?:Client|Server) Error|\({0}\b|failed: {0}\b|many {0} error)"
MISSING = Failure(
    r"No matching distribution found|not found in the package registry|there is no version of|"
    r"not found in the provided package locations|" + STATUS.format(404),
    "{missing} is not at {sources}",
    "Let the mirror pass PyPI's files through, or put the locked version there: it is one of "
    "src/bootstrap/requirements.lock. Do not edit the lock.",
)
# The first that fits is the cause: what comes later may follow from it.
FAILURES = (
    Failure(
        r"hash mismatch|do not match the hashes|hashes are required|must have a hash",
        "a file does not have the hash the lock records for it. Either the index or a proxy serves another file than "
        "the one that was locked, or the lock was edited",
        "Do not edit the lock by hand and do not remove the hash: restore the lock from git, or find out who serves "
        "the other file.",
        of_source=False,
    ),
    Failure(
        r"No module named '?(?:pip|venv)\b",
        "{python} has no pip, and there is no uv on PATH{others}",
        "Install either (on Debian: apt-get install python3-pip), or set ACTION_PATTERNS_PYTHON to a Python that has "
        "pip, or run actions/setup-python.",
        of_source=False,
    ),
    Failure(
        r"No space left on device|os error 28\b|Disk quota exceeded|os error 122\b",
        "the disk is full at {directory}",
        MAKE_ROOM,
        of_source=False,
    ),
    Failure(
        r"Read-only file system|os error 30\b",
        "{directory} is on a file system that is read-only",
        "Name another directory in ACTION_PATTERNS_VENV_DIR.",
        of_source=False,
    ),
    Failure(
        r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|invalid peer certificate|UnknownIssuer",
        "the certificate of {place} is not trusted{proxy}",
        "Set SSL_CERT_FILE (or REQUESTS_CA_BUNDLE, PIP_CERT, NODE_EXTRA_CA_CERTS) to a PEM file with the certificate "
        "of the authority that signs for this network, or install it in the runner's system.{unreadable} Do not "
        "switch the check off.",
    ),
    Failure(
        STATUS.format(407) + r"|proxy authori[sz]ation required|Proxy Authentication Required",
        "the proxy before {place} asks for a user and a password (407)",
        "Put them into HTTPS_PROXY or PIP_PROXY (http://user:password@host:port), kept as a secret, or list the host "
        "in NO_PROXY.",
    ),
    Failure(
        STATUS.format(401),
        "{place} asks for a user and a password (401)",
        "Put them into the address of the index (kept as a secret), into ~/.netrc, or for an index of uv into "
        "UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD.",
    ),
    Failure(
        STATUS.format(403),
        "{place} refuses the file (403)",
        "Let the mirror or the firewall pass the locked files, or name another index in PIP_INDEX_URL or "
        "UV_DEFAULT_INDEX.",
    ),
    Failure(
        r"Name or service not known|No such host is known|Name does not resolve|nodename nor servname",
        "there is no host of the name in {place}{proxy}",
        NETWORK,
    ),
    Failure(
        r"Temporary failure in name resolution|Try again\b|failed to lookup address",
        "no name server answers for {place}{proxy}",
        NETWORK,
        SHORT_PAUSES_SECONDS,
    ),
    Failure(
        r"Connection refused|os error 111\b", "{place} refused the connection{proxy}", NETWORK, SHORT_PAUSES_SECONDS
    ),
    Failure(
        r"no usable wheels|no wheels with a matching|has no wheels|not a supported wheel|no binary distribution",
        "there is no wheel for this machine among the locked files (Python {version}, {machine})",
        "Set ACTION_PATTERNS_PYTHON to CPython 3.11 to 3.14 on x86_64 or aarch64. Building from source is off on "
        "purpose: it would run code that is not locked.",
        of_source=False,
    ),
    Failure(
        r"timed out|timeout|os error 110\b|IncompleteRead|connection (?:was )?reset|broken pipe|"
        + STATUS.format("(?:429|5[0-9][0-9])"),
        "{place} did not answer in full{proxy} ({line})",
        "Rerun the job. " + NETWORK,
        PAUSES_SECONDS,
    ),
    Failure(
        r"Bad CRC|zip file contains|invalid zip|not a zip|BadZipFile|end.of.central.directory|corrupt",
        "a file from {sources} is damaged ({line})",
        "Put the locked file there again, or rerun the job if it was cut on its way.",
        PAUSES_SECONDS,
    ),
    MISSING,
)
UNKNOWN = Failure("", "{line}", "Rerun the job if the network had a bad moment. " + NETWORK, PAUSES_SECONDS)


class Room(NamedTuple):
    """The facts that a message names and the output does not."""

    directory: str = ""
    """The directory that files are written to."""
    sources: str = ""
    """The sources of packages, without passwords."""
    proxy: str = ""
    """The proxy that may stand before them, without its password."""
    unreadable: tuple[str, ...] = ()
    """Files of authorities which are named and cannot be read."""
    others: str = ""
    """The other Pythons, and what each lacks."""
    python: str = ""


def read(output: str) -> Failure:
    """Return the kind of failure an output tells of."""
    return next((each for each in FAILURES if re.search(each.pattern, output, re.IGNORECASE)), UNKNOWN)


def error(what: str, failure: Failure, output: str, room: Room, attempts: int = 1) -> CannotStartError:
    """Return the error of a failure that stays."""
    often = f" {attempts} times" if attempts > 1 else ""
    values = {
        "line": last_line(output),
        "place": place(failure.pattern, output) or room.sources,
        "missing": missing(output),
        "version": sys.version.split()[0],
        "machine": os.uname().machine,
        "directory": room.directory,
        "sources": room.sources,
        "unreadable": f" These are named and cannot be read: {', '.join(room.unreadable)}." if room.unreadable else "",
        "proxy": f" (proxy: {room.proxy})" if room.proxy else "",
        "others": f" (seen: {room.others})" if room.others else "",
        "python": room.python,
    }
    message = f"{what} failed{often}: {failure.cause}. {failure.remedy}"
    kind = SourceError if failure.of_source else CannotStartError
    return kind(re.sub(r"\{(\w+)\}", lambda found: str(values[found[1]]), message), output)


def place(pattern: str, output: str) -> str:
    """Return the address that failed, without what it holds of passwords."""
    lines = output.splitlines()
    near = [index for index, line in enumerate(lines) if pattern and re.search(pattern, line, re.IGNORECASE)]
    # uv names the address above its causes.
    for text in (*("\n".join(lines[max(0, index - 4) : index + 1]) for index in near[-1:]), output):
        if found := re.findall(r"https?://[^\s'\"`<>()\[\],]+", text):
            return re.sub(r"//[^/@]*@", "//", str(found[-1])).rstrip(".:;")
        if host := re.search(r"host='([^']+)', port=(\d+)", text):
            return f"{host[1]}:{host[2]}"
    return ""


def missing(output: str) -> str:
    """Return the package that was not found."""
    found = re.search(
        r"No matching distribution found for (\S+)|there is no version of (\S+)|(?:because |^\s*)(\S+) was not found",
        output,
        re.IGNORECASE | re.MULTILINE,
    )
    name = next(filter(None, found.groups()), "") if found else ""
    locked = re.search(rf"^{re.escape(name)}==\S+", LOCKED.read_text(encoding="utf-8"), re.MULTILINE) if name else None
    return locked[0] if locked else name or "a locked file"


def last_line(output: str) -> str:
    """Return the line of a tool's output most likely to name the cause."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"error:|cause:", line, re.IGNORECASE)]
    line = (errors or lines or ["no output"])[-1].rstrip(".")
    return re.sub(r"//[^/@\s]*@", "//", line)[:200]


def of_system(problem: OSError, directory: str) -> CannotStartError:
    """Return the error of a file system that refused."""
    where = str(problem.filename or directory)
    why, remedy = {
        errno.ENOSPC: ("The disk is full", MAKE_ROOM),
        errno.EDQUOT: ("The quota of this user is used up", MAKE_ROOM),
        errno.EROFS: ("The file system is read-only", "Name another directory in ACTION_PATTERNS_VENV_DIR."),
        errno.ENOEXEC: (
            "The program is for another processor or system",
            "Remove it, or put one for this machine in its place.",
        ),
    }.get(
        problem.errno or 0,
        (
            f"The file system refused: {problem.strerror or problem}",
            "Fix the permissions there, or name another directory in ACTION_PATTERNS_VENV_DIR.",
        ),
    )
    return CannotStartError(f"The Python environment could not be made at {where}. {why}. {remedy}")


def remedy_of_import(output: str) -> str:
    """Return what to do about a compiled module that does not load."""
    if "failed to map segment" in output or "Operation not permitted" in output:
        return f"Its file system runs no programs (`noexec`). {NO_EXEC}"
    if "GLIBC" in output or "version `" in output:
        return "The C library of this system is too old for the wheel. Use a newer image or system for the runner."
    if "No space left" in output:
        return f"The disk is full. {MAKE_ROOM}"
    return (
        "The wheel does not run on this processor or system. Set ACTION_PATTERNS_PYTHON to CPython 3.11 to 3.14, "
        "or use another image."
    )
