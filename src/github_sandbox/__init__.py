"""A local GitHub made of real git objects: REST, GraphQL and git smart HTTP on one loopback port.

from github_sandbox import Sandbox
with Sandbox.from_seed({...}).serve() as server:
    ...  # GITHUB_API_URL=server.api_url
"""

from github_sandbox.clock import VirtualClock
from github_sandbox.edition import Edition
from github_sandbox.faults import Fault
from github_sandbox.inspection import RepositoryView
from github_sandbox.lag import Lag
from github_sandbox.limits import Limits
from github_sandbox.pull_view import PullView
from github_sandbox.request_log import RequestRecord
from github_sandbox.sandbox import Sandbox
from github_sandbox.seed import SeedError

__all__ = [
    "Edition",
    "Fault",
    "Lag",
    "Limits",
    "PullView",
    "RepositoryView",
    "RequestRecord",
    "Sandbox",
    "SeedError",
    "VirtualClock",
]
