"""GITHUB_OUTPUT and GITHUB_ENV, read as the runner reads them (actions/runner, `FileCommandManager.cs`)."""

from __future__ import annotations


def pairs(content: bytes, file: str) -> tuple[dict[str, str], str | None]:
    """Return the names and values of a file, and the sentence why the runner would refuse it, or None.

    A line is `NAME=VALUE`, or `NAME<<DELIMITER` and lines up to one that is the delimiter. Only LF ends a line. The
    last value of a name counts. A file that is refused gives nothing: the runner fails the step.
    """
    found: dict[str, str] = {}
    lines = content.decode(errors="replace").removesuffix("\n").split("\n")
    numbered = iter(enumerate(lines, start=1))
    for number, line in numbered:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and not 0 <= heredoc < equals:
            found[line[:equals]] = line[equals + 1 :]
            continue
        name, _, delimiter = line.partition("<<")
        if heredoc < 0:
            return {}, f"Line {number} of {file} is neither `name=value` nor `name<<delimiter`."
        if not name or not delimiter:
            return {}, f"Line {number} of {file} has no name before `<<`, or no delimiter behind it."
        value = []
        for _, part in numbered:
            if part == delimiter:
                break
            value.append(part)
        else:
            return {}, f"The value that begins at line {number} of {file} has no end: no line is its delimiter."
        found[name] = "\n".join(value)
    return found, None
