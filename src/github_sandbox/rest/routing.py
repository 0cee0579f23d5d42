"""One REST call, its reply, and the table that finds the handler of a path."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from github_sandbox import tokens
from github_sandbox.errors import ApiError, not_found
from github_sandbox.model import PullRequest, Repository, World
from github_sandbox.services import Services
from github_sandbox.tokens import Token

PER_PAGE, MAX_PER_PAGE = 30, 100
BY_JWT = "app"
"""The needs of a route that an app calls with a JWT instead of a token."""


@dataclass
class Reply:
    """The reply of a handler. ``content`` None: no body; bytes: a body in the media type that the client asked for."""

    status: int
    content: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_json(self) -> bool:
        return not isinstance(self.content, bytes)

    def encoded(self) -> bytes:
        if isinstance(self.content, bytes):
            return self.content
        if self.content is None:
            return b""
        # A byte of a name that is no UTF-8 is a surrogate here. JSON has no bytes: it arrives as U+FFFD.
        text = json.dumps(self.content, ensure_ascii=False).encode("utf-8", "surrogateescape")
        return text.decode("utf-8", "replace").encode()


Handler = Callable[["Call"], Reply]


@dataclass(frozen=True, kw_only=True)
class Route:
    """One served route. ``path`` in GitHub's notation; a final ``{ref}``, ``{path}`` or ``{basehead}`` may contain
    slashes.
    """

    method: str
    path: str
    operation: str
    handler: Handler
    needs: str = ""
    """Permissions in the notation of ``permissions``, or ``BY_JWT``."""
    media: tuple[str, ...] = ()
    """Parameters of media types that the route serves; see ``media``."""

    @property
    def lists(self) -> bool:
        """Return whether the route returns a list, which may lag behind writes."""
        return self.method == "GET" and ("/list-" in self.operation or self.operation.endswith("/list"))


@dataclass(kw_only=True)
class Call:
    """A routed request. ``token`` None: anonymous. ``secret``: the secret as sent, known or not."""

    services: Services
    method: str
    path: str
    raw_query: str
    raw_body: bytes
    token: Token | None
    params: dict[str, str]
    needs: str = ""
    secret: str | None = None
    media: str = ""
    """The parameter of the media type that the client asks for; empty: JSON."""

    @property
    def world(self) -> World:
        return self.services.world

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))

    @cached_property
    def body(self) -> dict[str, Any]:
        """Return the JSON object that was sent, {} without a body. Raises ApiError 400 or 422 for anything else."""
        if not self.raw_body.strip():
            return {}
        data = self.json()
        if not isinstance(data, dict):
            raise ApiError(422, "Invalid request.\n\nFor 'links/0/schema', is not an object.")
        return data

    def json(self) -> Any:
        try:
            return json.loads(self.raw_body)
        except ValueError:
            raise ApiError(400, "Problems parsing JSON") from None

    def text(self, name: str, *, required: bool = False) -> str | None:
        """Return a text field of the body. Raises ApiError 422 for another type or a missing field, as GitHub does."""
        value = self.body.get(name)
        if value is None and not required:
            return None
        if not isinstance(value, str):
            problem = (
                f'"{name}" wasn\'t supplied.'
                if value is None
                else f"For 'properties/{name}', {json.dumps(value)} is not a string."
            )
            raise ApiError(422, f"Invalid request.\n\n{problem}")
        return value

    def texts(self, name: str) -> list[str]:
        value = self.body.get(name) or []
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise ApiError(422, f"Invalid request.\n\nFor 'properties/{name}', {json.dumps(value)} is not an array.")
        return value

    @cached_property
    def repository(self) -> Repository:
        """Return the repository of the path. Raises ApiError: 404 if hidden, a redirect if renamed."""
        if "repository_id" in self.params:
            found = self.world.by_id.get(int(self.params["repository_id"]))
            if found is None or not tokens.may_read(self.token, found):
                raise not_found()
            return self._opened(found)
        name = f"{self.params['owner']}/{self.params['repo']}"
        former = self.world.renamed_from(name)
        if self.world.repository(name) is None and former and tokens.may_read(self.token, former):
            raise self._moved(former)
        return self._opened(tokens.readable(self.world, self.token, name))

    def _opened(self, repository: Repository) -> Repository:
        if self.method in ("GET", "HEAD"):
            tokens.require_read(self.token, repository, self.needs)
        return repository

    def _moved(self, repository: Repository) -> ApiError:
        rest = self.path.split("/", 4)[4:]
        url = "/".join([f"{self.world.api_url}/repositories/{repository.id}", *rest])
        # GitHub drops the query on the 301 of a GET; writes get a 307, which keeps the method.
        status = 301 if self.method in ("GET", "HEAD") else 307
        return ApiError(status, "Moved Permanently", headers={"Location": url})

    def writable(self) -> Repository:
        """Return the repository, if this token may write to it."""
        repository = self.repository
        tokens.require_write(self.token, repository, text=self.needs)
        return repository

    def with_objects(self, *, write: bool = False) -> Repository:
        """Return the repository for a git data endpoint. Raises ApiError 409 if it is empty."""
        repository = self.writable() if write else self.repository
        if repository.empty:
            raise ApiError(409, "Git Repository is empty.")
        return repository

    @property
    def actor(self) -> Token:
        if self.token is None:
            raise ApiError(401, "Requires authentication")
        return self.token

    def pull(self, *, write: bool = False) -> PullRequest:
        """Return the pull request whose number is in the path."""
        repository = self.writable() if write else self.repository
        number = self.params.get("number", "")
        pull = repository.pulls.get(int(number)) if number.isdigit() else None
        if pull is None:
            raise not_found()
        return pull

    def page(self, items: Sequence[Any], shape: Callable[[Any], Any]) -> Reply:
        """Return one page of ``items``, shaped, with GitHub's Link header."""
        size = min(positive(self.query.get("per_page"), PER_PAGE), MAX_PER_PAGE)
        number = positive(self.query.get("page"), 1)
        last = max(1, -(-len(items) // size))
        links = []
        targets = {"prev": number - 1 if number > 1 else 0, "next": number + 1 if number < last else 0,
                   "last": last if number < last else 0, "first": 1 if number > 1 else 0}  # fmt: skip
        for relation, target in targets.items():
            if target:
                query = urlencode(self.query | {"page": str(target)})
                links.append(f'<{self.world.api_url}{self.path}?{query}>; rel="{relation}"')
        shown = items[(number - 1) * size : number * size]
        return Reply(200, [shape(item) for item in shown], {"Link": ", ".join(links)} if links else {})


def positive(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() and int(text) > 0 else default


class Router:
    """Finds a route by method and path. A known path with another method is 404, as on GitHub."""

    def __init__(self) -> None:
        self.routes: list[Route] = []
        self._compiled: dict[tuple[str, str], list[tuple[re.Pattern[str], Route]]] = {}

    def on(
        self, method: str, path: str, operation: str, needs: str = "", media: tuple[str, ...] = ()
    ) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            for template in _templates(path):
                route = Route(method=method, path=path, operation=operation, handler=handler, needs=needs, media=media)
                first = template.split("/")[1]
                routes = self._compiled.setdefault((method, first), [])
                routes.append((_pattern(template), route))
                routes.sort(key=lambda known: _GREEDY.search(known[1].path) is not None)  # greedy routes come last
            self.routes.append(route)
            return handler

        return register

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        method = "GET" if method == "HEAD" else method
        for pattern, route in self._compiled.get((method, path.split("/", 2)[1]), ()):
            if match := pattern.fullmatch(path):
                return route, {name: unquote(value) for name, value in match.groupdict().items() if value is not None}
        return None


_GREEDY = re.compile(r"\{(ref|path|basehead)\}$")


def _templates(path: str) -> list[str]:
    """Return the templates of a path: a repository's path also answers under /repositories/{id}, the target of
    redirects.
    """
    prefix = "/repos/{owner}/{repo}"
    return [path, "/repositories/{repository_id}" + path.removeprefix(prefix)] if path.startswith(prefix) else [path]


def _pattern(template: str) -> re.Pattern[str]:
    text = _GREEDY.sub(r"(?P<\1>.+)", template)
    text = re.sub(r"\{(repository_id|number|comment_id|run_id|installation_id)\}", r"(?P<\1>[0-9]+)", text)
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", text))


router = Router()
