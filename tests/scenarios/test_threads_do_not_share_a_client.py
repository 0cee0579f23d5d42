"""PyGithub's client keeps the request under way on itself. Each thread has one of its own, or answers get mixed up."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from github import Github

from action_patterns.github_api.client import Client
from action_patterns.github_api.transport.tokens import Authorization
from action_patterns.github_api.transport.transport import Response
from support.editions import first_on
from support.stage import TARGET, DyingTransport, stage

pytestmark = first_on("full", why="It is about the client, whatever it asks, and it takes real connections.")

THREADS = 8


@pytest.fixture
def _nervous() -> Iterator[None]:
    """Threads take turns a hundred times as often as they would by default."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


class Watching(DyingTransport):
    """Notes which thread used which client."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self.users: dict[int, set[int]] = {}
        self.kept: list[Github] = []

    def exchange(self, method: str, url: str, body: object, auth: Authorization) -> Response:
        client = self._clients.rest(auth)
        self.kept.append(client)
        self.users.setdefault(id(client.requester), set()).add(threading.get_ident())
        return super().exchange(method, url, body, auth)


@pytest.mark.usefixtures("_nervous")
def test_every_thread_gets_its_own_answers() -> None:
    with stage(served=True) as scene:
        repository = scene.sandbox.repository(TARGET)
        tips = {
            f"b{n}": repository.commit_files(f"b{n}", {"n": str(n)}, parent=repository.tip("main"))
            for n in range(THREADS)
        }
        transport = Watching(scene.context)
        gateway = Client(transport)
        together = threading.Barrier(THREADS)

        def read(branch: str) -> list[str | None]:
            together.wait()
            return [gateway.git.read_branch(TARGET, branch) for _ in range(20)]

        with ThreadPoolExecutor(THREADS) as pool:
            for branch, answers in zip(tips, pool.map(read, tips), strict=True):
                assert set(answers) == {tips[branch]}
        assert len(transport.users) == THREADS
        assert {len(threads) for threads in transport.users.values()} == {1}


def test_what_a_thread_used_is_counted_for_it_alone() -> None:
    with stage(served=True) as scene:
        gateway = Client(DyingTransport(scene.context))
        together = threading.Barrier(3)

        def read(times: int) -> int:
            gateway.reset_usage()
            together.wait()
            for _ in range(times):
                gateway.git.read_branch(TARGET, "main")
            return gateway.usage().requests

        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(read, [1, 2, 3])) == [1, 2, 3]
