"""A block of lines between two markers in a file of others, and a comment at the head of a file. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from action_patterns.content.text import with_lf
from action_patterns.errors import InputError, Problem

BEGIN, END = "BEGIN action-patterns", "END action-patterns"


_BOM = b"\xef\xbb\xbf"
_FIRST = re.compile(
    rb"(?:#!|<\?|<!doctype|#[^\n]{0,20}coding[:=]|#[ \t]*(?:syntax|escape|check)[ \t]*=|@charset)[^\n]*(?:\n|$)",
    re.IGNORECASE,
)
"""A line that is read only where it is the first, or follows one that is."""
_FRONT_MATTER = re.compile(rb"---[ \t]*\r?\n(?:(?!---)[^\n]*\n)*---[ \t]*(?:\r?\n|$)")


class Comment(NamedTuple):
    """Texts around a comment of one line."""

    begin: str
    end: str = ""

    def around(self, text: str) -> str:
        """Return a text of one line as a comment."""
        return f"{self.begin} {text}{self.end and ' '}{self.end}"


HASH, SLASHES, DASHES, SEMICOLON = Comment("#"), Comment("//"), Comment("--"), Comment(";")
MARKUP, STARS, PERCENT, QUOTE = Comment("<!--", "-->"), Comment("/*", "*/"), Comment("%"), Comment('"')
_BY_NAME = {
    HASH: (
        ".dockerignore .editorconfig .env .eslintignore .gitattributes .gitignore .gitmodules .helmignore .npmignore "
        ".npmrc .prettierignore .bashrc .profile .zshrc brewfile codeowners containerfile dockerfile gemfile "
        "gnumakefile justfile makefile pipfile rakefile vagrantfile requirements.txt constraints.txt robots.txt"
    ),
    SLASHES: "go.mod jenkinsfile",
    QUOTE: ".vimrc",
}
_BY_SUFFIX = {
    HASH: (
        "awk bash bzl cfg cmake conf coffee env ex exs fish gemspec gitignore graphql hcl jl ksh mk nix pl pm "
        "properties ps1 psd1 psm1 py pyi r rake rb sh tcl tf tfvars toml yaml yml zsh"
    ),
    SLASHES: (
        "c cc cjs cpp cs cts cxx dart fs go gradle groovy h hh hpp java js json5 jsonc jsx kt kts less m mjs mm mts "
        "php proto rs sass scala scss swift ts tsx zig"
    ),
    MARKUP: "csproj fsproj htm html markdown md mdx plist props svg targets vue xhtml xml xsd xsl",
    STARS: "css",
    DASHES: "elm hs lua sql",
    SEMICOLON: "asm clj el ini lisp scm",
    PERCENT: "erl sty tex",
    QUOTE: "vim",
}
_NAMES = {name: comment for comment, names in _BY_NAME.items() for name in names.split()}
_SUFFIXES = {suffix: comment for comment, names in _BY_SUFFIX.items() for suffix in names.split()}
_CLOSED = {each.begin: each for each in (MARKUP, STARS)}


def comment_of(path: str, comment: str | None = None) -> Comment:
    """Return the comment of a file, by its name. `comment` overrides: its begin, or its begin and end around a space.

    Raises:
        InputError: the name is unknown, or `comment` is empty or has a line end.
    """
    if comment is not None:
        begin, _, end = comment.strip().partition(" ")
        if not begin or len(comment.splitlines()) > 1:
            what = f"The comment {comment!r} for {path} is none."
            raise InputError(Problem(what, "Write its begin, such as `#`, or its begin and end, such as `<!-- -->`."))
        return Comment(begin, end.strip()) if end else _CLOSED.get(begin, Comment(begin))
    name = path.rpartition("/")[2].lower()
    stem, _, suffix = name.rpartition(".")
    # `Dockerfile.dev` and `Makefile.am` are named like what they are.
    found = _NAMES.get(name) or _SUFFIXES.get(suffix if stem or suffix in ("env", "gitignore") else "")
    if found is None and (found := _NAMES.get(name.split(".", 1)[0])) is None:
        raise InputError(
            Problem(
                f"{path} has a name that says nothing about its comments, so a block or a header in it has no markers.",
                "Set `comment` to the begin of a comment in this file, such as `#` or `//`.",
            )
        )
    return found


def with_block(there: bytes | None, text: bytes, *, name: str, path: str, comment: str | None = None) -> bytes:
    """Return the content of a file with a block of lines. None: there is no file. The same block: `there` itself.

    The block replaces an earlier one of this name in its place. Otherwise it follows the file, after an empty line.

    Raises:
        InputError: the comment is unknown, the text holds our markers, or those of the file are unclosed or doubled.
    """
    marks = comment_of(path, comment)
    begin, end = (marks.around(f"{word}: {name}").encode() for word in (BEGIN, END))
    text = text.removeprefix(_BOM).replace(b"\r\n", b"\n").removesuffix(b"\n")
    lines = text.split(b"\n") if text else []
    if held := [number for number, line in enumerate(lines, 1) if line.strip() in (begin, end)]:
        what = f"The source of {path} holds a marker of its block, in {_lines(held)}."
        raise InputError(Problem(what, "Remove the markers from the source: they are added around it."))
    content = there or b""
    line_end = b"\r\n" if _is_crlf(content) else b"\n"
    block = line_end.join((begin, *lines, end))
    place = _place(content, begin, end, path)
    if place is not None:
        made = content[: place[0]] + block + content[place[1] :]
        return content if made == content else made
    if not content.removeprefix(_BOM):
        return content + block + line_end
    return content + _gap(content, line_end) + block + line_end


def _is_crlf(content: bytes) -> bool:
    at = content.find(b"\n")
    return at > 0 and content[at - 1 : at] == b"\r"


def _gap(content: bytes, line_end: bytes) -> bytes:
    """Return what makes the end of a file an empty line."""
    if not content.endswith(b"\n"):
        return line_end * 2
    last = content[: -len(b"\n")].removesuffix(b"\r")
    return b"" if not last or last.endswith(b"\n") else line_end


def _place(content: bytes, begin: bytes, end: bytes, path: str) -> tuple[int, int] | None:
    """Return where the block with its markers begins and ends. None: there is none."""
    begins: list[tuple[int, int]] = []
    ends: list[tuple[int, int]] = []
    at = len(_BOM) if content.startswith(_BOM) else 0
    for number, line in enumerate(content[at:].split(b"\n"), 1):
        if line.strip() == begin:
            begins.append((number, at))
        elif line.strip() == end:
            ends.append((number, at + len(line.removesuffix(b"\r"))))
        at += len(line) + 1
    if not begins and not ends:
        return None
    if len(begins) == len(ends) == 1 and begins < ends:
        return begins[0][1], ends[0][1]
    raise _refusal(begin, end, [each for each, _ in begins], [each for each, _ in ends], path)


def _refusal(begin: bytes, end: bytes, begins: list[int], ends: list[int], path: str) -> InputError:
    found = [
        f"{'begin' if word is begin else 'end'} marker `{word.decode()}` in {_lines(lines)}"
        for word, lines in ((begin, begins), (end, ends))
        if lines
    ]
    return InputError(
        Problem(
            f"{path} of the target has no single block of ours, but the {' and the '.join(found)}.",
            "Leave one begin marker in it and one end marker after that, or remove them all.",
        )
    )


def _lines(numbers: list[int]) -> str:
    return f"line{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"


def with_header(there: bytes, text: str, *, path: str, comment: str | None = None) -> bytes:
    """Return a file with a comment at its head, after `#!`, an XML declaration, front matter and the like.

    Two marker lines are around the comment. It replaces an earlier one. The same comment: `there` itself.

    Raises:
        InputError: the comment is unknown, the text would close it or holds our markers, or those of the file are
            unclosed or doubled.
    """
    marks = comment_of(path, comment)
    begin, end = (marks.around(f"{word} header").encode() for word in (BEGIN, END))
    lines = [marks.around(line).rstrip().encode() for line in with_lf(text).rstrip("\n").split("\n")]
    held = next((held for held in (marks.end, BEGIN, END) if held and held in text), None)
    if held is not None:
        what = "ends a comment there" if held == marks.end else "is one of the markers around it"
        raise InputError(Problem(f"The header of {path} holds `{held}`, which {what}.", "Remove it from the header."))
    line_end = b"\r\n" if _is_crlf(there) else b"\n"
    header = line_end.join((begin, *lines, end))
    if (place := _place(there, begin, end, path)) is not None:
        made = there[: place[0]] + header + there[place[1] :]
        return there if made == there else made
    before, after = there[: _head(there)], there[_head(there) :]
    gap = line_end if before.removeprefix(_BOM) and not before.endswith(b"\n") else b""
    return before + gap + header + line_end + after


def _head(content: bytes) -> int:
    """Return where a comment may begin: after the lines that mean something only at the head of a file."""
    at = len(_BOM) if content.startswith(_BOM) else 0
    if (matter := _FRONT_MATTER.match(content, at)) is not None:
        return matter.end()
    while (line := _FIRST.match(content, at)) is not None:
        at = line.end()
    return at
