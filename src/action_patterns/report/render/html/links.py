"""Links, as `escape` lets them be: to this run's GitHub, and to our own guides."""

from __future__ import annotations

from action_patterns.contracts import RunReport
from action_patterns.contracts.repository import is_repository
from action_patterns.escape import data_url, html_text, link_url
from action_patterns.report.render.view import Page, links_to


def link(text: str, url: str, page: Page) -> str:
    """An anchor, or the text alone where the URL must not be linked."""
    safe = link_url(url, page.server_url)
    return f'<a href="{safe}">{html_text(text)}</a>' if safe else html_text(text)


def repository(name: str, page: Page) -> str:
    """A repository's name, linked where it is a name GitHub can have given."""
    return link(name, f"{page.server_url}/{name}", page) if is_repository(name) else html_text(name)


def target(name: str, report: RunReport, page: Page) -> str:
    """A target's name, linked where it is a repository."""
    return repository(name, page) if links_to(name, report) else html_text(name)


def as_data(url: str | None, page: Page) -> str:
    """A URL for the script to link to; "" where it must not."""
    return data_url(url or "", page.server_url) or ""


def log(url: str | None, page: Page) -> str:
    """` log`, linked, to set behind what the job did; nothing where no job is known."""
    safe = as_data(url, page)
    return f' <a class="log" href="{html_text(safe)}">log</a>' if safe else ""
