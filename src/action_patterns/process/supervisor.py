"""Supervise one command: `python -I -S supervisor.py CONTROL STATUS TIMEOUT GRACE KEEP PROGRAM [ARGUMENT...]`.

This process stands between the wrapper (an action) and the command, in a session that the wrapper made for it. It
adopts every process of the command's tree whose parent ends, as Linux lets a child subreaper do (prctl(2),
PR_SET_CHILD_SUBREAPER). So the tree is gone exactly when this process has no child left, in whichever session or
process group they are.

- CONTROL is a pipe from the wrapper, in lines. `end SECONDS` ends the tree, with these seconds between SIGTERM and
  SIGKILL: the step was cancelled. The pipe's end does the same with GRACE seconds: the wrapper was killed.
  `until TIME` is a time of CLOCK_MONOTONIC, which all processes share. The command has until then, in place of what was
  left of its time.
- STATUS is a pipe to the wrapper, in lines. `started PID` or `refused ERRNO` comes first. `timed-out`,
  `background NAME`, `survivor NAME` and `ended CODE` follow, and `gone` is last.
- TIMEOUT is in seconds; a negative one is none. KEEP is `1` where a successful command may leave processes.

This file is a program beside the package. It imports little, as its start is part of every command.
"""

import ctypes
import os
import select
import sys
import time
from _thread import start_new_thread

# Numbers of Linux on every architecture that GitHub's runner is built for (signal(7)). To import `signal` would take
# more time than all the rest of the start.
SIGKILL, SIGPIPE, SIGTERM, SIGCONT, SIGSTOP, SIGXFSZ = 9, 13, 15, 18, 19, 25
PR_SET_CHILD_SUBREAPER = 36
LINGER_SECONDS = 1.0
"""Time for what a command started to end after it, as the `tee` of `exec > >(tee log)` does."""
KILL_SECONDS = 2.0
"""Time for killed processes to be gone. With the usual grace it is over before GitHub's second signal."""
RESCAN_SECONDS = 0.05

ENDED, GONE = 0, 1
START_TIME = 19
"""Place of `starttime` in /proc/PID/stat behind the name (proc(5), field 22)."""

Member = tuple[int, str]
"""A process by its id and its start time: an id may belong to another process later."""


def main(arguments: list[str]) -> None:
    """Supervise the command that the arguments name."""
    control, status = int(arguments[0]), int(arguments[1])
    for fd in (control, status):
        os.set_inheritable(fd, False)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    timeout, grace = float(arguments[2]), float(arguments[3])
    supervisor = Supervisor(control, status, grace=grace, keep_background=arguments[4] == "1")
    supervisor.run(arguments[5:], None if timeout < 0 else time.monotonic() + timeout)


class Supervisor:
    """One command and its tree, from start to end."""

    def __init__(self, control: int, status: int, *, grace: float, keep_background: bool) -> None:
        self._control = control
        self._status = status
        self._grace = grace
        self._keep = keep_background
        self._news, self._write_news = os.pipe()
        self._poll = select.poll()
        self._poll.register(self._news, select.POLLIN)
        self._poll.register(control, select.POLLIN)
        self._deadline: float | None = None
        self._main = 0
        self._code = 0
        self._ended = self._gone = self._asked = False

    def run(self, argv: list[str], deadline: float | None) -> None:
        """Start the command, wait for it, and end what it leaves."""
        try:
            # In another process group, so that `kill 0` in the command does not reach this process. Python ignores the
            # two signals; the command shall not.
            self._main = os.posix_spawnp(argv[0], argv, os.environ, setpgroup=0, setsigdef=[SIGPIPE, SIGXFSZ])
        except OSError as error:
            self._say(f"refused {error.errno}")
            return
        self._say(f"started {self._main}")
        start_new_thread(self._reap, ())
        self._deadline = deadline
        self._wait(until_main=True)
        succeeded = self._ended and self._code == 0
        if not self._ended and not self._asked:
            self._say("timed-out")
        elif self._ended and not (succeeded and self._keep):
            self._wait(time.monotonic() + LINGER_SECONDS)
            if succeeded and not self._gone and not self._asked:
                for name in members().values():
                    self._say(f"background {name}")
        if not (self._gone or (succeeded and self._keep)):
            self._end()
        if self._ended:
            self._say(f"ended {self._code}")
        self._say("gone")

    def _end(self) -> None:
        """Ask every process to end, and kill those that do not in the grace."""
        send(SIGTERM)
        send(SIGCONT)  # a stopped process handles no other signal
        self._wait(time.monotonic() + self._grace)
        deadline = time.monotonic() + KILL_SECONDS
        while not self._gone and time.monotonic() < deadline:
            kill()
            self._wait(time.monotonic() + RESCAN_SECONDS)
        if not self._gone:
            for name in members().values():
                self._say(f"survivor {name}")

    def _wait(self, until: float | None = None, *, until_main: bool = False) -> None:
        """Wait until the tree is gone, the time is there, or the wrapper asks. `until_main`: wait for the command
        instead, within its own time, which the wrapper may extend.
        """
        asked = self._asked
        while not (self._gone or (until_main and self._ended) or self._asked != asked):
            deadline = self._deadline if until_main else until
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            # An extension that came in time counts, also where this process is late.
            ready = self._poll.poll(None if left is None else left * 1000 + (left > 0))
            if not ready and left == 0:
                return
            for fd, _ in ready:
                if fd == self._control:
                    self._listen()
                else:
                    news = os.read(self._news, 4096)
                    self._ended = self._ended or ENDED in news
                    self._gone = self._gone or GONE in news

    def _listen(self) -> None:
        """Take what the wrapper says, or its end. Nothing is heard after an end: a cancelled step stays cancelled."""
        heard = os.read(self._control, 4096)
        for line in heard.decode().splitlines():
            word, _, seconds = line.partition(" ")
            if word == "until":
                self._deadline = float(seconds)
                continue
            self._grace = float(seconds)
            heard = b""
            break
        if not heard:
            self._poll.unregister(self._control)
            self._asked = True

    def _reap(self) -> None:
        """Wait for children, adopted ones too, until there is none."""
        while True:
            try:
                pid, status = os.waitpid(-1, 0)
            except ChildProcessError:
                os.write(self._write_news, bytes([GONE]))
                return
            if pid == self._main:
                code = os.waitstatus_to_exitcode(status)
                self._code = code if code >= 0 else 128 - code
                os.write(self._write_news, bytes([ENDED]))

    def _say(self, text: str) -> None:
        """Write a line to the wrapper. One that was killed hears nothing."""
        try:
            os.write(self._status, f"{text}\n".encode())
        except OSError:
            self._status = os.open(os.devnull, os.O_WRONLY)


def members() -> dict[Member, str]:
    """Return the living processes below this one with their names, by the parents that /proc has."""
    below: dict[int, list[tuple[int, str, str, str]]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (found := stat(int(entry))):
            name, state, parent, start = found
            below.setdefault(parent, []).append((int(entry), name, state, start))
    found_members: dict[Member, str] = {}
    waiting = [os.getpid()]
    while waiting:
        for pid, name, state, start in below.get(waiting.pop(), ()):
            waiting.append(pid)
            if state not in "ZX":
                found_members[pid, start] = f"{name} (pid {pid})"
    return found_members


def children() -> set[Member]:
    """Return the processes right below this one. None where the kernel does not list them (proc(5), `children`).

    A process that starts another and ends, again and again, is always one of them: its parent is gone. To look for it
    among all processes of the machine takes longer than it lives. It may end before it is looked at too, and then the
    one that it started is in the next list. So only a list without a new process is the last.
    """
    found: set[Member] = set()
    known: set[int] = set()
    while fresh := listed_children() - known:
        known |= fresh
        found |= {(pid, seen[3]) for pid in fresh if (seen := stat(pid)) and seen[1] not in "ZX"}
    return found


def listed_children() -> set[int]:
    """Return the ids of the processes right below this one, also of those that ended and were not waited for."""
    found: set[int] = set()
    for thread in os.listdir("/proc/self/task"):
        try:
            with open(f"/proc/self/task/{thread}/children", "rb") as file:
                found.update(map(int, file.read().split()))
        except OSError:
            continue
    return found


def stat(pid: int) -> tuple[str, str, int, str] | None:
    """Return a process's name, state, parent and start time (proc(5)). None: there is none."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            text = file.read().decode(errors="replace")
    except OSError:
        return None
    # A name may hold parentheses and line ends; nothing behind it does.
    before, _, after = text.rpartition(")")
    fields = after.split()
    return " ".join(before.partition("(")[2].split()), fields[0], int(fields[1]), fields[START_TIME]


def send(number: int) -> None:
    """Send a signal to every process below this one."""
    for member in members():
        _send(member, number)


def kill() -> None:
    """Kill every process below this one. All are stopped first: a stopped process starts no other."""
    stopped: set[Member] = set()
    while fresh := (children() - stopped) or (members().keys() - stopped):
        for member in fresh:
            _send(member, SIGSTOP)
        stopped |= fresh
    send(SIGKILL)


def _send(member: Member, number: int) -> None:
    pid, start = member
    found = stat(pid)
    if found is None or found[3] != start:
        return
    try:
        os.kill(pid, number)
    except OSError:  # It is gone, or another user's.
        return


if __name__ == "__main__":
    main(sys.argv[1:])
