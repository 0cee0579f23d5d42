"""The checkout that an action reads: where it is, and that it is of the repository written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from action_patterns.errors import InputError, NotFoundError, PermissionDeniedError, Problem

if TYPE_CHECKING:
    from action_patterns.ports.repositories import Repositories
    from action_patterns.ports.workspace import Checkout, Origin

_CONTENT_FROM_ELSEWHERE = "To propose files that were made elsewhere, give their `directory`."


def find_checkout(workspace: Checkout, path: str | None, accepted: tuple[str, ...]) -> Checkout:
    """Return the checkout at `path`.

    Without a `path` it is the workspace. If actions/checkout had a `path`, the workspace is no repository: then it is
    the one checkout of an accepted repository right below the workspace.

    Raises:
        InputError: `path` is no place in the workspace, or there is not one such checkout.
    """
    if path is not None:
        return workspace.at(path)
    places = workspace.places()
    if places in ((), (".",)):
        return workspace
    origins = {place: workspace.at(place).origin() for place in places}
    found = [place for place, origin in origins.items() if _is_one_of(origin.repository, accepted)]
    if len(found) == 1:
        return workspace.at(found[0])
    listed = ", ".join(f"{at!r} ({each.repository or each.url or 'no remote'})" for at, each in origins.items())
    raise InputError(
        Problem(
            f"The workspace is no repository. It has checkouts in {listed}; {'several are' if found else 'none is'} of"
            f" {' or '.join(accepted)}.",
            "Write in `path` the directory of the checkout to propose, and in `repository` its repository.",
        )
    )


def check_origin(origin: Origin, repository: str, *, own: str) -> None:
    """Check a checkout whose remote names no repository of this server. `own`: the repository whose workflow runs.

    Raises:
        InputError: the checkout is of another server, or nothing proves that it is of `repository`.
    """
    if origin.repository is not None:
        return
    if origin.elsewhere:
        raise InputError(
            Problem(
                f"The checkout's remote is {origin.url}, which is no repository of this server. The pull request would"
                f" be opened in {repository}.",
                f"Check out {repository}. If the remote is a mirror of it, set `url.<mirror>.insteadOf` in git's"
                f" configuration. {_CONTENT_FROM_ELSEWHERE}",
            )
        )
    # A commit's id proves its content, and the run's commit is of the repository whose workflow runs.
    if not (origin.holds_run_commit and repository.lower() == own.lower()):
        remote = f"the remote {origin.url!r}" if origin.url else "no remote"
        raise InputError(
            Problem(
                f"The checkout has {remote}, so nothing proves that it is of {repository}.",
                f"Check out {repository} with actions/checkout, or add it as the remote `origin`."
                f" {_CONTENT_FROM_ELSEWHERE}",
            )
        )


def check_name(origin: Origin, accepted: tuple[str, ...], repositories: Repositories) -> None:
    """Check that a checkout is of an accepted repository. GitHub is asked only if the names differ.

    GitHub knows a repository by its former names too.

    Raises:
        InputError: it is of another repository. The message has both names.
    """
    name = origin.repository
    if name is None or _is_one_of(name, accepted):
        return
    try:
        known = repositories.read((name, *accepted))
    except (NotFoundError, PermissionDeniedError):
        known = {}
    former = known.get(name)
    current = [each for target in accepted if (each := known.get(target)) is not None]
    if former is not None and former.repository in {target.repository for target in current}:
        return
    raise InputError(
        Problem(
            f"The checkout is of {name}, and the pull request would be opened in {accepted[0]}.",
            f"Set `repository: {name}`, or check out {accepted[0]}. If {name} is the fork that shall hold the bot"
            f" branch, set `head-repository: {name}`. {_CONTENT_FROM_ELSEWHERE}",
        )
    )


def _is_one_of(name: str | None, accepted: tuple[str, ...]) -> bool:
    return name is not None and name.lower() in {each.lower() for each in accepted}
