"""The difference between absence and a look that failed.

GitHub answers 404 for what does not exist and for what a token may not see. Only if the collection that the thing would
be in can be read does a 404 say that the thing does not exist.
"""

from __future__ import annotations

from action_patterns.errors import NotFoundError
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls


def read_or_absent(calls: Calls, repository: str, path: str, collection: str) -> Answer | None:
    """Return the answer at a path. None: it is 404, and the collection can be read.

    Raises:
        NotFoundError: the repository or the collection cannot be seen, which leaves open whether the thing exists.
    """
    try:
        return calls.read(repository, path)
    except NotFoundError:
        listed = calls.read(repository, collection)
        # An answer of another form than a list of things leaves it open too.
        if not isinstance(listed.value, dict):
            listed.items()
        else:
            listed["total_count"].number()
        return None
