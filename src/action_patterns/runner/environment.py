"""The one place that reads the real environment of this process."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping

_PLUGINS = "PYDANTIC_DISABLE_PLUGINS"

# Variables that would make a child work on another repository than the given one, or hand it our inputs.
_NOT_FOR_CHILDREN = frozenset(
    {
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
        "GIT_PREFIX",
        "GIT_LITERAL_PATHSPECS",
        "GIT_GLOB_PATHSPECS",
        "GIT_NOGLOB_PATHSPECS",
        "GIT_ICASE_PATHSPECS",
        "GIT_EXTERNAL_DIFF",
        "GIT_DIFF_OPTS",
        "GITHUB_TOKEN",
        "GH_TOKEN",
        _PLUGINS,
    }
)
_RUNNER_FILES = (
    "GITHUB_ENV",
    "GITHUB_EVENT_PATH",
    "GITHUB_OUTPUT",
    "GITHUB_PATH",
    "GITHUB_STATE",
    "GITHUB_STEP_SUMMARY",
)
_AUTHORITIES = (
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "PIP_CERT",
    "NODE_EXTRA_CA_CERTS",
)
_OURS = {_PLUGINS: "__all__", "BASH_ENV": ""}
"""Variables as this process, or our action.yml, sets them."""
_NOT_FOR_CHILDREN_PREFIXES = ("INPUT_", "ACTIONS_", "GIT_TRACE")


def disable_pydantic_plugins() -> None:
    """Keep pydantic from searching every installed package for plugins: the locked environment has none."""
    os.environ[_PLUGINS] = _OURS[_PLUGINS]


def authorities(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the files and directories of certificate authorities that the runner names for any of its tools."""
    return tuple(dict.fromkeys(place for name in _AUTHORITIES if (place := environment.get(name, "").strip())))


def read() -> dict[str, str]:
    """A copy of the environment of this process."""
    return dict(os.environ)


def for_children(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a child process: without tokens, inputs, and variables that redirect git."""
    return {
        name: value
        for name, value in environment.items()
        if name not in _NOT_FOR_CHILDREN and not name.startswith(_NOT_FOR_CHILDREN_PREFIXES)
    }


def for_own_commands(environment: Mapping[str, str], inputs: Collection[str]) -> dict[str, str]:
    """Return the environment of a command that the caller gave: that of a step, without the variables of our start.

    Args:
        environment: variables of this process.
        inputs: those that hold this action's inputs.
    """
    ours = {name for name, value in _OURS.items() if environment.get(name) == value}
    return {name: value for name, value in environment.items() if name not in inputs and name not in ours}


_FOR_PROGRAMS = frozenset({"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TMPDIR", "TZ", "LD_LIBRARY_PATH"})
_FOR_PROGRAMS_PARTS = ("LC_", "XDG_", "RUNNER_TOOL"), ("_HOME", "_ROOT", "_DIR")
"""How the names begin or end: version managers find their programs by `NVM_DIR`, `RUSTUP_HOME` and the like."""


def for_programs(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of programs that are asked for their version: where things are, and no other variable."""
    begins, ends = _FOR_PROGRAMS_PARTS
    return {
        name: value
        for name, value in for_children(environment).items()
        if name in _FOR_PROGRAMS or name.startswith(begins) or name.endswith(ends)
    }


def runner_files(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the files of this step that the runner made: its commands, and the event's payload."""
    return tuple(path for name in _RUNNER_FILES if (path := environment.get(name, "").strip()))
