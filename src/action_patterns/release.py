"""The repository and the release of this product, in one place."""

from action_patterns import __version__

REPOSITORY = "action-patterns/action-patterns"
VERSION = f"v{__version__}"
"""Releases are immutable and named in full; there is no moving major tag."""

PAGES_URL = f"https://github.com/{REPOSITORY}/blob/{VERSION}"
"""Below it github.com shows this repository's files as they were at this release."""

ISSUES_URL = f"https://github.com/{REPOSITORY}/issues/new"
