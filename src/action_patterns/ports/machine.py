"""The machine of the job, as far as it can be looked at without a change: variables, programs, hosts, room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Protocol


class Program(NamedTuple):
    """A program that is asked for its version, without a shell: `("git", "--version")`."""

    argv: tuple[str, ...]
    timeout_seconds: float = 10.0


class Printed(NamedTuple):
    """The end of a program that was asked. `exit_code` None: there is no such program, or it may not be run."""

    exit_code: int | None
    output: str = ""
    """Standard output, then standard error; at most 64 KiB."""
    path: str = ""
    """The file that was run. Empty: none was found."""
    timed_out: bool = False


class Endpoint(NamedTuple):
    """A host that is asked whether it answers."""

    scheme: Literal["http", "https", "tls", "tcp"]
    """`tcp` connects, `tls` also checks the certificate, the others send one GET."""
    host: str
    port: int
    path: str = "/"
    """Path and query of the GET."""
    timeout_seconds: float = 10.0


class Reply(NamedTuple):
    """The way to a host, as far as it went."""

    failed: Literal["", "dns", "connect", "proxy", "certificate", "tls", "answer"] = ""
    """The part that failed. Empty: none."""
    detail: str = ""
    """Why it failed, in the system's words."""
    transient: bool = False
    """Whether the failure may pass without a change: a time-out, a refused connection."""
    status: int | None = None
    """The status of the HTTP answer."""
    location: str = ""
    """The address to which an answer redirects."""
    expires: datetime | None = None
    """The end of the host's certificate."""
    proxy: str = ""
    """Host and port of the proxy between. Empty: none."""


class Memory(NamedTuple):
    """Bytes of memory."""

    total: int
    available: int


class Machine(Protocol):
    """Every verb reads. Values of variables are the caller's secrets: a caller shows none."""

    def variable(self, name: str) -> str | None:
        """Return a variable of this step. None: it is not set. Inputs of the action are none."""

    def find_program(self, name: str) -> str:
        """Return the file on PATH that a name stands for. Empty: there is none that may be run."""

    def ask_programs(self, programs: Sequence[Program]) -> Sequence[Printed]:
        """Run programs side by side and return what they print, in their order.

        They have the step's variables without its tokens, inputs and files.
        """

    def ask_endpoints(self, endpoints: Sequence[Endpoint]) -> Sequence[Reply]:
        """Ask hosts side by side, and return the replies in their order. The proxies of the variables are used."""

    def free_bytes(self, path: str) -> int | None:
        """Return the room for files at a path, relative to the workspace. None: there is no such path."""

    def memory(self) -> Memory | None:
        """Return the memory of the machine, or of the container around this process. None: not known."""
