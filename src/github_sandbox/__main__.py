"""Serve a sandbox from a shell: ``python -m github_sandbox --seed fleet.yml --port 0``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time

from github_sandbox.clock import VirtualClock
from github_sandbox.sandbox import Sandbox
from github_sandbox.seed import SeedError


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m github_sandbox", description="A local GitHub made of real git objects."
    )
    parser.add_argument("--seed", required=True, help="YAML file: organizations, users, tokens, repositories")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0: any free port")
    parser.add_argument(
        "--contract", action="store_true", help="check every REST request and response; see /_sandbox/violations"
    )
    parser.add_argument("--virtual-time", action="store_true", help="time passes only by POST /_sandbox/clock")
    options = parser.parse_args(arguments)
    try:
        sandbox = Sandbox.from_seed_file(options.seed, clock=VirtualClock() if options.virtual_time else time.time)
    except (SeedError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    sandbox.contract = options.contract
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with sandbox.serve(options.port) as server:
        print(f"GITHUB_SERVER_URL={server.url}")
        print(f"GITHUB_API_URL={server.api_url}")
        print(f"GITHUB_GRAPHQL_URL={server.graphql_url}")
        print(
            f"# requests so far: curl {server.url}/_sandbox/requests   end state: curl {server.url}/_sandbox/snapshot"
        )
        print(f"# look inside:     git clone {server.url}/OWNER/REPOSITORY   (Ctrl-C stops)", flush=True)
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
