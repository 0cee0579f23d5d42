"""GraphQL documents. Values travel as variables only: a path or a name is never spliced into a query."""

from __future__ import annotations

PATHS_PER_QUERY = 100
"""`file(path:)` look-ups in one query; more go into further queries on the same commit."""
REPOSITORIES_PER_QUERY = 50
PAGE_SIZE = 100
"""GitHub docs, "Rate limits and query limits for the GraphQL API": `first` is at most 100."""

# What is nested decides the price: by GitHub's formula (docs: "Rate limits and query limits for the GraphQL API") a
# query costs a hundredth of the requests its connections stand for. Only an open pull request is looked at in depth.
_ENDED = """
fragment Ended on PullRequest {
  number url state title body isDraft mergeable baseRefName headRefOid isCrossRepository
  author { login }
}
"""

_OPEN = """
fragment Open on PullRequest {
  ...Ended
  labels(first: 100) { nodes { name } }
  assignees(first: 100) { nodes { login } }
  reviewRequests(first: 100) { nodes { requestedReviewer {
    __typename ... on User { login } ... on Bot { login } ... on Mannequin { login } ... on Team { combinedSlug }
  } } }
  latestReviews(first: 30) { nodes { author { login } onBehalfOf(first: 5) { nodes { combinedSlug } } } }
}
"""

_TARGET = """
fragment Target on Repository {
  nameWithOwner isArchived isEmpty isFork isPrivate
  primaryLanguage { name }
  repositoryTopics(first: 100) { nodes { topic { name } } }
  defaultBranchRef { name target { oid } }
}
"""


def observe(path_count: int, *, named_base: bool) -> str:
    """Everything one decision needs: repository, base tip with the touched paths, bot branch, its pull requests."""
    declarations = "".join(f", $p{i}: String!" for i in range(path_count))
    base = "base: ref(qualifiedName: $base)" if named_base else "base: defaultBranchRef"
    base_variable = ", $base: String!" if named_base else ""
    return f"""
query Observe($owner: String!, $name: String!, $branch: String!, $head: String!{base_variable}{declarations}) {{
  repository(owner: $owner, name: $name) {{
    id nameWithOwner isArchived isDisabled isEmpty viewerPermission
    {base} {{ name target {{ ... on Commit {{ oid tree {{ oid }} {_files(path_count)} }} }} }}
    bot: ref(qualifiedName: $branch) {{
      target {{ ... on Commit {{
        oid message tree {{ oid }} parents(first: 2) {{ nodes {{ oid }} }} author {{ name email }}
      }} }}
      open: associatedPullRequests(states: [OPEN], first: 3) {{ nodes {{ ...Open }} }}
    }}
    ended: pullRequests(
      headRefName: $head, states: [CLOSED, MERGED], first: 50, orderBy: {{field: CREATED_AT, direction: DESC}}
    ) {{ nodes {{ ...Ended }} }}
  }}
  rateLimit {{ cost remaining resetAt }}
}}
{_OPEN}{_ENDED}"""


def files(path_count: int) -> str:
    """More touched paths, on a commit that was read before."""
    declarations = "".join(f", $p{i}: String!" for i in range(path_count))
    return f"""
query Files($owner: String!, $name: String!, $oid: GitObjectID!{declarations}) {{
  repository(owner: $owner, name: $name) {{
    object(oid: $oid) {{ ... on Commit {{ {_files(path_count)} }} }}
  }}
}}
"""


def _files(path_count: int) -> str:
    return " ".join(f"f{i}: file(path: $p{i}) {{ oid mode }}" for i in range(path_count))


OWNER = f"""
query Owner($login: String!, $first: Int!, $after: String) {{
  repositoryOwner(login: $login) {{
    login
    repositories(first: $first, after: $after, ownerAffiliations: [OWNER], orderBy: {{field: NAME, direction: ASC}}) {{
      totalCount
      pageInfo {{ hasNextPage endCursor }}
      nodes {{ ...Target }}
    }}
  }}
}}
{_TARGET}"""


def repositories(count: int) -> str:
    """Several repositories by name, one alias each."""
    declarations = ", ".join(f"$o{i}: String!, $n{i}: String!" for i in range(count))
    fields = " ".join(f"r{i}: repository(owner: $o{i}, name: $n{i}) {{ ...Target }}" for i in range(count))
    return f"query Repositories({declarations}) {{ {fields} }}\n{_TARGET}"


UPDATE_REFS = """
mutation UpdateRefs($input: UpdateRefsInput!) {
  updateRefs(input: $input) { clientMutationId }
}
"""
