"""One function per sink: text of others goes into a report through one of these and no other way.

Every text is taken as hostile: repository names, reasons and messages come from other repositories and from files.
A text can change no structure around it: no row, cell, link, image, mention, reference, tag or comment is added.

Backslashes stop Markdown, but GitHub looks for @mentions, #references and emoji in the rendered text, after Markdown
has removed them. There only a character between the sign and the name helps: U+2060, which has no width.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

from action_patterns.contracts.repository import is_repository
from action_patterns.release import REPOSITORY

JOINER = "\u2060"

MESSAGE_CHARACTERS = 500
CODE_CHARACTERS = 100
"""Longest message and code in a line of any channel; run-report.json has the whole text."""

_PUNCTUATION = str.maketrans(
    {character: "\\" + character for character in "\\`*_{}[]()#!~$^"}
    # Entities, not backslashes: they hold inside a table row too, where a pipe is looked for before anything else.
    | {"<": "&lt;", ">": "&gt;", "&": "&amp;", "|": "&#124;"}
)

# Controls, and the characters that reorder or hide the text around them (bidirectional overrides, zero width).
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")

_AUTOMATIC = re.compile(
    r"(?P<commit>\b[0-9a-f]{7,40}\b)"
    r"|@(?=\w)"  # a mention
    r"|#(?=\d)|\bGH(?=-\d)"  # an issue
    r"|:(?=//)|\bwww(?=\.)"  # a URL
    r"|:(?=[\w+-]+:)",  # an emoji, which may be a picture
    re.IGNORECASE,
)

_BLOCK_START = re.compile(r"^(?:([-+=:])|(\d+)([.)]))")

# By release, never by commit: below our name github.com shows the commits of anybody's fork. No dot, so no way up.
_GUIDE = re.compile(
    rf"https://github\.com/{re.escape(REPOSITORY)}/blob/v\d+\.\d+\.\d+/actions/[a-z-]+/README\.md#[a-z-]+", re.ASCII
)


def visible(text: str) -> str:
    """The text on one line, without characters that hide or reorder: what every other function here starts from."""
    return _INVISIBLE.sub("\ufffd", " ".join(text.split()))


def clip(text: str, most: int) -> str:
    """At most `most` characters of a text, and how many more there are. For messages: a name is never clipped."""
    return text if len(text) <= most else f"{text[:most]} … ({len(text) - most} more characters)"


def inline(text: str) -> str:
    """Markdown text within a paragraph, list item or heading, and at its start."""
    broken = _AUTOMATIC.sub(_apart, visible(text)).translate(_PUNCTUATION)
    return _BLOCK_START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", broken)


def cell(text: str) -> str:
    """A cell of a Markdown table; a dash for no text, so that a cell is never mistaken for a forgotten one."""
    return inline(text) or "–"


def code_span(text: str) -> str:
    """Code within Markdown text; nothing for no text. In a table use `cell_code`."""
    text = visible(text)
    if not text:
        return ""
    fence = "`" * (_longest_run(text) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def cell_code(text: str) -> str:
    r"""Code within a table cell. A table is cut at its pipes before code is looked for, so they are escaped here.

    `\|` is the one escape that works inside code in a table (GitHub Flavored Markdown, section 4.10).
    """
    return code_span(text).replace("|", "\\|")


def prose(text: str) -> str:
    """A sentence as we write them, `names` between single backticks: those become code, all else is `inline`."""
    return _prose(text, code_span)


def cell_prose(text: str) -> str:
    """`prose` in a table cell; a dash for no text."""
    return _prose(text, cell_code) or cell("")


def code_fence(text: str) -> str:
    """A block of code, lines kept."""
    lines = [_INVISIBLE.sub("\ufffd", line.replace("\t", "    ")) for line in text.splitlines()]
    fence = "`" * max(3, _longest_run(text) + 1)
    return "\n".join((fence, *lines, fence))


def link_url(url: str, server_url: str) -> str | None:
    """The URL as a link's destination in Markdown or HTML, or None if it must not be one; see `data_url`."""
    safe = data_url(url, server_url)
    return safe.replace("&", "&amp;") if safe else None


@lru_cache(maxsize=32_768)  # a summary too long is rendered again, with the same links: half of its time went here
def data_url(url: str, server_url: str) -> str | None:
    """The URL as data that a program puts into a link, or None if it must not be one.

    It is one if it leads to this run's own GitHub, or to a guide of ours: these are on github.com wherever the run is.
    """
    if url != visible(url) or "\\" in url or " " in url:
        return None
    if not url.startswith(f"{server_url}/") and not _GUIDE.fullmatch(url):
        return None
    return quote(url, safe="%/:?#=&;,+~@$'-._")


def link(text: str, url: str, server_url: str) -> str:
    """A Markdown link, in a table or out of it; the text alone where the URL must not be linked."""
    safe = link_url(url, server_url)
    return f"[{inline(text)}]({safe})" if safe and text.strip() else inline(text)


def repository_link(repository: str, server_url: str) -> str:
    """A repository's name, linked to it where it is a name GitHub can have given."""
    if not is_repository(repository):
        return cell(repository)
    return link(repository, f"{server_url}/{repository}", server_url)


def terminal(text: str) -> str:
    """Text of a log line: no control characters, and nothing the runner takes for a command in the middle of a line.

    The runner obeys `##[…]` anywhere in a line and `::…::` at its start; the renderer starts no line with such a text.
    """
    return visible(text).replace("##[", "## [")


def terminal_lines(text: str) -> str:
    """Lines of text for a terminal, kept as they are but for characters that act on it or hide.

    A carriage return is shown: printed, it would put the rest of the line over its beginning.
    """
    return _INVISIBLE.sub("\ufffd", text.replace("\r", "␍").translate(_LINE_BREAKS))


_LINE_BREAKS = str.maketrans(dict.fromkeys("\x0b\x0c\u2028\u2029", "\ufffd"))


def xml_text(text: str) -> str:
    """Text for XML 1.0, whose writer escapes markup but writes characters that no reader takes (section 2.2)."""
    return re.sub("[\ufffe\uffff]", "\ufffd", visible(text))


def html_text(text: str) -> str:
    """Text of an HTML element, or the value of a quoted attribute that is no URL."""
    return _html(visible(text))


def _html(text: str) -> str:
    import html  # with its names of characters it costs every action that renders Markdown

    return html.escape(text)


def html_prose(text: str) -> str:
    """A sentence as we write them, as HTML: `names` between single backticks become code, all else is text."""
    pieces = _CODE_IN_PROSE.split(visible(text))
    return "".join(html_code(piece.strip()) if i % 2 else _html(piece) for i, piece in enumerate(pieces))


def html_code(text: str) -> str:
    """A name or code as HTML; nothing for no text."""
    return f"<code>{html_text(text)}</code>" if visible(text) else ""


_ISLAND = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"})


def html_json(value: object) -> str:
    """JSON between `<script type="application/json">` and its end: no character of markup is left in it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_ISLAND)


def _apart(found: re.Match[str]) -> str:
    if not found["commit"]:
        return found[0] + JOINER
    # Seven digits are enough for GitHub to link a commit: no piece may have them.
    return JOINER.join(re.findall(".{1,6}", found[0]))


_CODE_IN_PROSE = re.compile(r"(?<!`)`(?=\s*[^`\s])([^`]*)`(?!`)")


def _prose(text: str, code: Callable[[str], str]) -> str:
    text = visible(text)
    # Odd pieces are what stood between backticks. Each piece goes through its own sink, so neither can open the other.
    pieces = _CODE_IN_PROSE.split(text)
    return "".join(_keeping_ends(piece) if i % 2 == 0 else code(piece.strip()) for i, piece in enumerate(pieces))


def _keeping_ends(piece: str) -> str:
    """`inline` takes the spaces at the ends of a text; between two pieces of one sentence they are needed."""
    before = " " if piece.startswith(" ") else ""
    after = " " if piece.endswith(" ") and piece.strip() else ""
    return before + inline(piece) + after


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
