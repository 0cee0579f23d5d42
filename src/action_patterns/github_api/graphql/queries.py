"""GraphQL documents. Values travel as variables only: a path or a name is never spliced into a query."""

from __future__ import annotations

from typing import NamedTuple

PATHS_PER_QUERY = 200
"""`file(path:)` look-ups in one query; more go into further queries on the same commit, and a query that GitHub cannot
answer in its 10 seconds is asked for fewer.
"""
REPOSITORIES_PER_QUERY = 50
"""GitHub docs, "Rate limits and query limits for the GraphQL API": `first` is at most 100."""

# Nesting decides the price: by GitHub's formula (docs: "Rate limits and query limits for the GraphQL API") a
# query costs a hundredth of the requests its connections stand for. Only an open pull request is looked at in depth.
_ENDED = """
fragment Ended on PullRequest {
  id number url state title body isDraft mergeable baseRefName headRefOid viewerDidAuthor
  headRepository { nameWithOwner }
  author { __typename login }
}
"""

SWAPS = 'swaps: __type(name: "UpdateRefsInput") { name }'
"""null where the server does not know the mutation `updateRefs` (GraphQL specification, introspection)."""

_HEAD = '"HEAD"'
"""git's name of the default branch's tip."""

_COMMENTS = "pageInfo { hasNextPage endCursor } nodes { databaseId url body viewerDidAuthor }"

_FIELDS = """
fragment Fields on PullRequest {
  ...Ended
  labels(first: 100) { nodes { name } }
  assignees(first: 100) { nodes { login } }
  reviewRequests(first: 100) { nodes { requestedReviewer {
    __typename
    __typename ... on User { login } ... on Bot { login } ... on Mannequin { login } ... on Team { combinedSlug }
  } } }
  milestone { number title }
  autoMergeRequest { mergeMethod }
  reviewDecision
}
"""

_OPEN = f"""
fragment Open on PullRequest {{
  ...Fields
  latestReviews(first: 100) {{ nodes {{ author {{ __typename login }} }} }}
  reviews(last: 30) {{ nodes {{ onBehalfOf(first: 5) {{ nodes {{ combinedSlug }} }} }} }}
  comments(first: 100) {{ {_COMMENTS} }}
}}
"""

_RULE = """
fragment Rule on RefUpdateRule { viewerCanPush allowsForcePushes requiresSignatures }
"""


class Wanted(NamedTuple):
    """Facts of a listed repository that are read only on request."""

    directories: int = 0
    """Number of directories whose entries are read."""
    open_from: bool = False
    preflight: bool = False
    written: bool = False
    """Rules of the branch that will be written."""


def _target(wanted: Wanted) -> str:
    """A repository of a listing. Entries of a tree are no connection, so directories cost no points; nor does a ref."""
    directories = " ".join(
        f"d{i}: object(expression: $d{i}) {{ ... on Tree {{ entries {{ name type }} }} }}"
        for i in range(wanted.directories)
    )
    pulls = "open: pullRequests(headRefName: $head, states: [OPEN], first: 5) { nodes { isCrossRepository } }"
    written = "written: ref(qualifiedName: $written) { refUpdateRule { ...Rule } }"
    parts = (
        directories,
        pulls if wanted.open_from else "",
        "isDisabled" if wanted.preflight else "",
        written if wanted.written else "",
    )
    more = "".join(f"\n  {part}" for part in parts if part)
    return f"""
fragment Target on Repository {{
  nameWithOwner databaseId isArchived isEmpty isFork isPrivate visibility pushedAt viewerPermission
  primaryLanguage {{ name }}
  repositoryTopics(first: 100) {{ nodes {{ topic {{ name }} }} }}
  defaultBranchRef {{ name target {{ oid }} }}{more}
}}
{_RULE if wanted.written else ""}"""


def _declared(wanted: Wanted) -> str:
    """Declare the variables of the fragment Target, to stand behind others."""
    names = [*(f"d{i}" for i in range(wanted.directories)), *(["head"] if wanted.open_from else [])]
    names += ["written"] if wanted.written else []
    return "".join(f", ${name}: String!" for name in names)


def _ended(page: str) -> str:
    """Closed and merged pull requests from branches of that name, the newest first; `page` = which of them."""
    return f"""ended: pullRequests(
      headRefName: $head, states: [CLOSED, MERGED], {page}, orderBy: {{field: CREATED_AT, direction: DESC}}
    ) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ ...Ended }} }}"""


def observe(
    path_count: int,
    parent_count: int,
    *,
    named_base: bool,
    content_count: int = 0,
    in_a_fork: bool = False,
    milestone: bool = False,
) -> str:
    """Everything one decision needs: repository, base tip with the touched paths, bot branch, its pull requests.

    `parent_count` = how many names the branch's name is below of (`a` of `a/b`): a branch of that name is in its way.
    `content_count` = of how many of the first paths the content is asked for, on both branches.
    """
    declared = [
        *("owner", "name", "branch", "head", "below"),
        *(["base"] if named_base else []),
        *(["into"] if named_base and not in_a_fork else []),
        *(["milestone"] if milestone else []),
        *(["headOwner", "headName"] if in_a_fork else []),
        *(f"a{i}" for i in range(parent_count)),
        *(f"p{i}" for i in range(path_count)),
    ]
    base = "base: ref(qualifiedName: $base)" if named_base else "base: defaultBranchRef"
    # A branch of a fork cannot be compared with a branch of another repository here.
    compared = "" if in_a_fork else f"compared: compare(headRef: {'$into' if named_base else _HEAD}) {{ behindBy }}"
    contents = _contents(content_count)
    holder = _holder(parent_count, compared, contents)
    milestones = "milestones(query: $milestone, states: [OPEN], first: 50) { nodes { number title } }"
    fork = f"holder: repository(owner: $headOwner, name: $headName) {{ ...Viewed {holder} }}"
    return f"""
query Observe({", ".join(f"${name}: String!" for name in declared)}) {{
  repository(owner: $owner, name: $name) {{
    ...Viewed isArchived isDisabled isEmpty autoMergeAllowed
    {base} {{
      name refUpdateRule {{ ...Rule }}
      target {{ ... on Commit {{ oid tree {{ oid }} {_files(path_count)} {contents} }} }}
    }}
    {_ended("first: 50")}
    {milestones if milestone else ""}
    {"" if in_a_fork else holder}
  }}
  {fork if in_a_fork else ""}
  {SWAPS}
  rateLimit {{ cost remaining resetAt }}
}}
fragment Viewed on Repository {{ id nameWithOwner viewerPermission parent {{ nameWithOwner }} }}
{_RULE}{_OPEN}{_FIELDS}{_ENDED}"""


def _holder(parent_count: int, compared: str, contents: str) -> str:
    """The bot branch, and the branches whose names would keep git from making it."""
    above = " ".join(f"above{i}: ref(qualifiedName: $a{i}) {{ name }}" for i in range(parent_count))
    return f"""
    bot: ref(qualifiedName: $branch) {{
      refUpdateRule {{ ...Rule }}
      {compared}
      target {{ ... on Commit {{
        oid message tree {{ oid }} parents(first: 2) {{ nodes {{ oid }} }}
        author {{ name email }} signature {{ isValid }} {contents}
      }} }}
      open: associatedPullRequests(states: [OPEN], first: 3) {{ nodes {{ ...Open }} }}
    }}
    stacked: pullRequests(baseRefName: $head, states: [OPEN], first: 5) {{ nodes {{ number }} }}
    below: refs(refPrefix: $below, first: 1) {{ nodes {{ name }} }}
    {above}"""


COMMENTS = f"""
query Comments($owner: String!, $name: String!, $number: Int!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{ comments(first: 100, after: $after) {{ {_COMMENTS} }} }}
  }}
}}
"""
"""Comments beyond the first hundred."""

ENDED = f"""
query Ended($owner: String!, $name: String!, $head: String!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    {_ended("first: 100, after: $after")}
  }}
}}
{_ENDED}"""
"""Closed and merged pull requests beyond the first fifty."""


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


def _contents(count: int) -> str:
    return " ".join(f"c{i}: file(path: $p{i}) {{ oid mode object {{ ... on Blob {{ text }} }} }}" for i in range(count))


def owner(wanted: Wanted) -> str:
    """A page of an owner's repositories, with the entries of so many directories of each."""
    return f"""
query Owner($login: String!, $first: Int!, $after: String{_declared(wanted)}) {{
  repositoryOwner(login: $login) {{
    login
    repositories(first: $first, after: $after, ownerAffiliations: [OWNER], orderBy: {{field: NAME, direction: ASC}}) {{
      totalCount
      pageInfo {{ hasNextPage endCursor }}
      nodes {{ ...Target }}
    }}
  }}
}}
{_target(wanted)}"""


TEAM = """
query Team($login: String!, $slug: String!, $first: Int!, $after: String) {
  organization(login: $login) {
    team(slug: $slug) {
      repositories(first: $first, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes { nameWithOwner databaseId isPrivate }
      }
    }
  }
}
"""
"""A page of the repositories of a team."""


def repositories(count: int, wanted: Wanted) -> str:
    """Several repositories by name, one alias each."""
    declarations = ", ".join(f"$o{i}: String!, $n{i}: String!" for i in range(count))
    declarations += _declared(wanted)
    fields = " ".join(f"r{i}: repository(owner: $o{i}, name: $n{i}) {{ ...Target }}" for i in range(count))
    return f"query Repositories({declarations}) {{ {fields} }}\n{_target(wanted)}"


UPDATE_REFS = """
mutation UpdateRefs($input: UpdateRefsInput!) {
  updateRefs(input: $input) { clientMutationId }
}
"""

# A pull request as it is after a write.
_SHOWN = "pullRequest { ...Fields headRef { target { oid } } }"

UPDATE_REFS_AND_SHOW = f"""
mutation UpdateRefs($input: UpdateRefsInput!, $shown: UpdatePullRequestInput!) {{
  updateRefs(input: $input) {{ clientMutationId }}
  shown: updatePullRequest(input: $shown) {{ {_SHOWN} }}
}}
{_FIELDS}{_ENDED}"""
"""The same, and a pull request as it is afterwards, by an update that changes nothing: only a mutation may stand beside
a mutation. GitHub runs it also if the first failed (GraphQL specification, 6.2.2), so it must never change anything.
"""

UPDATE_PULL_REQUEST = f"""
mutation UpdatePullRequest($input: UpdatePullRequestInput!, $before: UpdatePullRequestInput!) {{
  before: updatePullRequest(input: $before) {{ pullRequest {{ body }} }}
  updatePullRequest(input: $input) {{ {_SHOWN} }}
}}
{_FIELDS}{_ENDED}"""
"""The state that is about to be overwritten, by an update that changes nothing, and the state after it."""

CONVERT_TO_DRAFT = f"""
mutation ConvertToDraft($input: ConvertPullRequestToDraftInput!) {{
  convertPullRequestToDraft(input: $input) {{ {_SHOWN} }}
}}
{_FIELDS}{_ENDED}"""
ENABLE_AUTO_MERGE = """
mutation EnableAutoMerge($input: EnablePullRequestAutoMergeInput!) {
  enablePullRequestAutoMerge(input: $input) { clientMutationId }
}
"""
DISABLE_AUTO_MERGE = """
mutation DisableAutoMerge($input: DisablePullRequestAutoMergeInput!) {
  disablePullRequestAutoMerge(input: $input) { clientMutationId }
}
"""
