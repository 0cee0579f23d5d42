"""Rules of a pull request on GitHub: it opens, follows its branch, closes with it, merges."""

from __future__ import annotations

from github_sandbox import ref_updates
from github_sandbox.errors import ApiError, custom_failure, unprocessable, validation_failed
from github_sandbox.git_store import Identity
from github_sandbox.history import between, is_ancestor, merge_trees
from github_sandbox.model import Account, PullRequest, RefUpdate, Repository, Review

BODY_LIMIT = 65_536
LABEL_LIMIT = 100


def github_identity(seconds: int) -> Identity:
    """Return the committer of GitHub's commits, ``web-flow``, whose commits GitHub signs."""
    return Identity(name="GitHub", email="noreply@github.com", seconds=seconds)


def find_head(repository: Repository, head: str, head_repo: str | None = None) -> tuple[Repository | None, str]:
    """Return the head's repository in the network, and its branch, for ``branch`` or ``owner:branch``.

    ``head_repo``: the repository's name, with or without owner; it decides where one owner has two of the network.
    Without it the owner of the base repository means the base repository.
    """
    owner, colon, branch = head.rpartition(":")
    if not colon and not head_repo:
        return repository, head
    network = [r for r in repository.world.forks(repository) if not colon or r.owner.login.lower() == owner.lower()]
    if head_repo:
        key = head_repo.lower()
        network = [r for r in network if key in (r.name.lower(), r.full_name.lower())]
    return (network[0] if network else None), branch


def check_text(title: str | None, body: str | None) -> None:
    """Raise ApiError 422 for a blank title or a body over 65,536 characters."""
    if title is not None and not title.strip():
        raise validation_failed("PullRequest", "title", "missing_field")
    if body is not None and len(body) > BODY_LIMIT:
        raise validation_failed(
            "PullRequest", "body", "custom", f"body is too long (maximum is {BODY_LIMIT} characters)"
        )


def open_pull(
    repository: Repository,
    author: Account,
    *,
    head: str,
    base: str,
    title: str,
    body: str | None = None,
    draft: bool = False,
    maintainer_can_modify: bool = False,
    head_repo: str | None = None,
) -> PullRequest:
    """Open a pull request, or raise GitHub's refusal (ApiError 422)."""
    check_text(title, body)
    head_repository, branch = find_head(repository, head, head_repo)
    base_oid = repository.tip(base)
    if base_oid is None:
        raise validation_failed("PullRequest", "base", "invalid")
    head_oid = head_repository.tip(branch) if head_repository else None
    if head_repository is None or head_oid is None:
        raise validation_failed("PullRequest", "head", "invalid")
    if _duplicate(repository, head_repository, branch, base):
        owner = head_repository.owner.login
        raise custom_failure("PullRequest", f"A pull request already exists for {owner}:{branch}.")
    if is_ancestor(repository.git, head_oid, base_oid):
        raise custom_failure("PullRequest", f"No commits between {base} and {head}")
    world, now = repository.world, repository.world.clock()
    pull = PullRequest(
        id=world.next_id(), number=repository.next_number(), repository=repository, author=author, title=title,
        body=body, base=base, head=branch, head_repository=head_repository, head_oid=head_oid, base_oid=base_oid,
        created_at=now, updated_at=now, draft=draft, maintainer_can_modify=maintainer_can_modify,
    )  # fmt: skip
    repository.pulls[pull.number] = pull
    world.pulls_by_id[pull.id] = pull
    return pull


def _duplicate(repository: Repository, head_repository: Repository | None, branch: str, base: str) -> bool:
    return any(
        p.state == "open" and p.head_repository is head_repository and p.head == branch and p.base == base
        for p in repository.pulls.values()
    )


def branch_moved(repository: Repository, branch: str) -> None:
    """Let open pull requests follow a branch that was pushed, reset or deleted."""
    tip = repository.tip(branch)
    for target in list(repository.world.forks(repository)):
        if target is not repository and target.built is None:
            continue
        for pull in [p for p in target.pulls.values() if p.state == "open"]:
            if pull.head_repository is repository and pull.head == branch:
                _head_moved(pull, tip)
            elif target is repository and pull.base == branch:
                _base_moved(pull, tip)


def _head_moved(pull: PullRequest, tip: str | None) -> None:
    base = pull.repository.tip(pull.base)
    pull.updated_at = pull.repository.world.clock()
    if tip is not None:
        pull.head_oid = tip
    # A head without new commits closes its pull request, and so does a deleted head.
    if tip is None or (base is not None and is_ancestor(pull.repository.git, tip, base)):
        close(pull)


def _base_moved(pull: PullRequest, tip: str | None) -> None:
    if tip is None:
        close(pull)
    elif is_ancestor(pull.repository.git, pull.head_oid, tip):
        _mark_merged(pull, tip, None)


def close(pull: PullRequest) -> None:
    pull.state = "closed"
    pull.closed_at = pull.updated_at = pull.repository.world.clock()


def reopen(pull: PullRequest) -> None:
    """Reopen. Raises ApiError 422 if merged or superseded, or if the branch moved after the close."""
    if pull.state == "open":
        return
    tip = pull.head_repository.tip(pull.head) if pull.head_repository else None
    problem = None
    if pull.merged:
        problem = "The pull request cannot be reopened because it was merged."
    elif tip is None:
        problem = f"The {pull.head} branch was deleted."
    elif tip != pull.head_oid:
        problem = f"The {pull.head} branch was force-pushed or recreated."
    elif _duplicate(pull.repository, pull.head_repository, pull.head, pull.base):
        problem = f"A pull request already exists for {pull.head_owner}:{pull.head}."
    elif (base := pull.repository.tip(pull.base)) is None or is_ancestor(pull.repository.git, tip, base):
        problem = f"There are no new commits on the {pull.head} branch."
    if problem:
        entry = {
            "resource": "PullRequest",
            "code": "invalid",
            "field": "state",
            "message": f"state cannot be changed. {problem}",
        }
        raise ApiError(422, "Validation Failed", errors=[entry])
    pull.state, pull.closed_at = "open", None
    pull.updated_at = pull.repository.world.clock()


def change_state(pull: PullRequest, state: str | None) -> None:
    """Close or reopen; None: unchanged."""
    if state == "closed" and pull.state == "open":
        close(pull)
    elif state == "open":
        reopen(pull)
    elif state not in (None, "closed"):
        raise unprocessable(f'Invalid request.\n\n{state} is not a member of ["open", "closed"].')


def edit(pull: PullRequest, *, title: str | None, body: str | None, base: str | None, state: str | None) -> None:
    """Change what one PATCH, or one updatePullRequest, may change; None: unchanged."""
    check_text(title, body)
    change_state(pull, state)
    if base is not None:
        change_base(pull, base)
    pull.title = pull.title if title is None else title
    pull.body = pull.body if body is None else body
    pull.updated_at = pull.repository.world.clock()


def change_base(pull: PullRequest, base: str) -> None:
    """Change the base. Raises ApiError 422 for a missing branch, a duplicate, or no commits between."""
    tip = pull.repository.tip(base)
    if tip is None:
        raise validation_failed("PullRequest", "base", "invalid")
    if base == pull.base:
        return
    if _duplicate(pull.repository, pull.head_repository, pull.head, base):
        raise custom_failure(
            "PullRequest", f"A pull request already exists for base branch '{base}' and head branch '{pull.head}'"
        )
    if is_ancestor(pull.repository.git, pull.head_oid, tip):
        raise custom_failure(
            "PullRequest", f"There are no new commits between base branch '{base}' and head branch '{pull.head}'"
        )
    pull.base, pull.base_oid = base, tip


def mergeable(pull: PullRequest) -> bool | None:
    """Return whether the head merges without a path that changed on both sides; None: not open."""
    base = pull.repository.tip(pull.base)
    if pull.state != "open" or base is None:
        return None
    return merge_trees(pull.repository.git, base, pull.head_oid) is not None


def commits(pull: PullRequest) -> list[str]:
    """Return the ids of the pull request's commits, oldest first."""
    base = pull.base_oid if pull.merged else pull.repository.tip(pull.base) or pull.base_oid
    return [c.oid for c in between(pull.repository.git, base, pull.head_oid)]


def merge(pull: PullRequest, actor: Account, method: str = "merge", expected_head: str | None = None) -> str:
    """Merge (``merge``, ``squash`` or ``rebase``), and return the commit id on the base. Raises ApiError 405 or 409."""
    git, base = pull.repository.git, pull.repository.tip(pull.base)
    if expected_head and expected_head != pull.head_oid:
        raise ApiError(409, "Head branch was modified. Review and try the merge again.")
    if pull.state != "open" or pull.draft or base is None:
        raise ApiError(405, "Pull Request is not mergeable")
    files = merge_trees(git, base, pull.head_oid)
    if files is None:
        raise ApiError(405, "Pull Request is not mergeable")
    now = int(pull.repository.world.clock())
    who = Identity(name=actor.login, email=actor.email, seconds=now)
    parents, message = (
        [base, pull.head_oid],
        f"Merge pull request #{pull.number} from {pull.head_owner}/{pull.head}\n\n{pull.title}",
    )
    if method != "merge":  # rebase is simplified to one commit, whose tree is the same
        parents, message = [base], f"{pull.title} (#{pull.number})"
    landed = git.write_commit(git.write_tree(files), parents, message, who, github_identity(now))
    pull.repository.contents.verified.add(landed)
    _mark_merged(pull, landed, actor)
    ref_updates.apply(pull.repository, [RefUpdate(name=f"refs/heads/{pull.base}", before=base, after=landed)])
    return landed


def update_branch(pull: PullRequest, actor: Account) -> str:
    """Merge the base into the head, as "Update branch" does, and return the new head. Raises ApiError 422."""
    head, base = pull.head_repository, pull.repository.tip(pull.base)
    if pull.state != "open" or head is None or base is None:
        raise unprocessable("Pull request is closed")
    git, tip = head.git, pull.head_oid
    if is_ancestor(git, base, tip):
        raise unprocessable("There are no new commits on the base branch.")
    files = merge_trees(git, tip, base)
    if files is None:
        raise unprocessable("merge conflict between base and head")
    now = int(head.world.clock())
    message = f"Merge branch '{pull.base}' into {pull.head}"
    who = Identity(name=actor.login, email=actor.email, seconds=now)
    made = git.write_commit(git.write_tree(files), [tip, base], message, who, github_identity(now))
    head.contents.verified.add(made)
    ref_updates.apply(head, [RefUpdate(name=f"refs/heads/{pull.head}", before=tip, after=made)])
    return made


def _mark_merged(pull: PullRequest, landed: str, actor: Account | None) -> None:
    close(pull)
    pull.merged, pull.merge_oid, pull.merged_by, pull.merged_at = (True, landed, actor, pull.closed_at)


def add_labels(pull: PullRequest, names: list[str], *, replace: bool = False) -> None:
    """Add labels, or with ``replace`` set them; create missing ones. Raises ApiError 422 for more than 100."""
    wanted = [pull.repository.label(name) for name in names]
    labels = ([] if replace else list(pull.labels)) + wanted
    unique = list(dict.fromkeys(labels))
    if len(unique) > LABEL_LIMIT:
        raise unprocessable(f"Issues can have no more than {LABEL_LIMIT} labels")
    pull.labels = unique
    pull.updated_at = pull.repository.world.clock()


def review(pull: PullRequest, author: Account, state: str) -> Review:
    """Add a review, which answers the requests made of its author and of the author's teams."""
    teams = [slug for slug in pull.team_reviewers if author.login in pull.repository.owner.teams.get(slug, ())]
    pull.reviewers = [account for account in pull.reviewers if account is not author]
    pull.team_reviewers = [slug for slug in pull.team_reviewers if slug not in teams]
    given = Review(id=pull.repository.world.next_id(), author=author, state=state, on_behalf_of=teams)
    pull.reviews = [*pull.reviews, given]
    return given


def latest_reviews(pull: PullRequest) -> list[Review]:
    """Return each reviewer's newest review."""
    return list({review.author: review for review in pull.reviews}.values())
