"""The job summary: Markdown appended to GITHUB_STEP_SUMMARY."""

from __future__ import annotations

from pathlib import Path

from action_patterns.redaction import Secrets

MAX_BYTES = 1024 * 1024
"""GitHub docs, "Adding a job summary": 1 MiB per step; GitHub shows nothing of a larger one."""


def append(text: str, file: str, secrets: Secrets) -> str | None:
    """Append to the summary. Text that does not fit is replaced by a few words saying so, and kept out.

    Returns:
        The sentence that replaced it, or None when all was written.
    """
    if not text:
        return None
    path = Path(file)
    content = (secrets.redact(text).rstrip("\n") + "\n").encode("utf-8", "backslashreplace")
    room = MAX_BYTES - (path.stat().st_size if path.exists() else 0)
    notice = None
    if len(content) > room:
        notice = (
            f"The summary of this step has {len(content)} bytes and GitHub shows at most {MAX_BYTES} per step,"
            " so none of it is shown here. The full text is in the log of this step."
        )
        content = (notice + "\n").encode()
        if len(content) > room:
            return notice
    with path.open("ab") as stream:
        stream.write(content)
    return notice
