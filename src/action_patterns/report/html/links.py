"""Links, as `escape` lets them be: to this run's GitHub, and to our own guides."""

from __future__ import annotations

from action_patterns.contracts import TargetResult
from action_patterns.report.escape import data_url, html_text, is_repository, link_url
from action_patterns.report.view import Page


def link(text: str, url: str, page: Page) -> str:
    """An anchor, or the text alone where the URL must not be linked."""
    safe = link_url(url, page.server_url)
    return f'<a href="{safe}">{html_text(text)}</a>' if safe else html_text(text)


def repository(name: str, page: Page) -> str:
    """A repository's name, linked where it is a name GitHub can have given."""
    return link(name, f"{page.server_url}/{name}", page) if is_repository(name) else html_text(name)


def pull_request_url(result: TargetResult, page: Page) -> str:
    """The pull request's URL as data; "" where there is none to link to."""
    return data_url(result.pull_request_url or "", page.server_url) or ""
