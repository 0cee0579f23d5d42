"""Reads a seed's values with defaults, and collects every problem with its key path."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from github_sandbox.git_store import MODES

Json = Mapping[str, Any]


class SeedError(ValueError):
    """A seed with problems. ``problems`` holds one line per problem, each starting with the key path."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("the seed has problems:\n" + "\n".join(f"  {p}" for p in problems))
        self.problems = problems


@dataclass
class Checker:
    """Reads values with defaults, and collects problems, so that one pass finds them all."""

    problems: list[str] = field(default_factory=list)

    def fail(self, path: str, problem: str) -> None:
        self.problems.append(f"{path or 'seed'}: {problem}")

    def mapping(
        self, value: Any, path: str, allowed: frozenset[str] | None = None, required: tuple[str, ...] = ()
    ) -> Json:
        if value is None:
            value = {}
        if not isinstance(value, Mapping):
            self.fail(path, f"must be a mapping, not {type(value).__name__}")
            return {}
        for key in value:
            if not isinstance(key, str):
                self.fail(f"{path}.{key}", "the key must be text (quote it)")
            elif allowed is not None and key not in allowed:
                self.fail(f"{path}.{key}".lstrip("."), f"unknown key; known: {', '.join(sorted(allowed))}")
        for key in required:
            if key not in value:
                self.fail(f"{path}.{key}", "is missing")
        return value

    def typed(self, source: Json, key: str, kind: type, default: Any, path: str) -> Any:
        value = source.get(key, default)
        if value is default or (isinstance(value, kind) and not (kind is int and isinstance(value, bool))):
            return value
        self.fail(f"{path}.{key}", f"must be {kind.__name__}, not {type(value).__name__}")
        return default

    def texts(self, source: Json, key: str, path: str) -> list[str]:
        value = source.get(key) or []
        if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
            self.fail(f"{path}.{key}", "must be a list of texts")
            return []
        return list(value)

    def items(self, source: Json, key: str, path: str) -> list[Any]:
        value = source.get(key) or []
        if not isinstance(value, (list, tuple)):
            self.fail(f"{path}.{key}", "must be a list")
            return []
        return list(value)

    def choice(self, source: Json, key: str, options: tuple[str, ...], path: str) -> str:
        value = source.get(key, options[0])
        if value not in options:
            self.fail(f"{path}.{key}", f"must be one of {', '.join(options)}, not {value!r}")
            return options[0]
        return str(value)

    def files(self, value: Any, path: str, *, deletions: bool = False) -> dict[str, tuple[int, bytes] | None]:
        """Return path -> (mode, bytes). A file is a text, {content, mode}, {base64}, {symlink}, or in a branch null
        (deleted).
        """
        result: dict[str, tuple[int, bytes] | None] = {}
        for key, spec in self.mapping(value, path).items():
            name, where = str(key), f"{path}.{key}"
            if name.startswith("/") or {"", ".", ".."} & set(name.split("/")):
                self.fail(where, "is not a relative path")
            elif spec is None and deletions:
                result[name] = None
            elif isinstance(spec, (str, bytes)):
                result[name] = (0o100644, spec.encode() if isinstance(spec, str) else spec)
            else:
                result[name] = self._file(
                    self.mapping(spec, where, frozenset({"mode", "content", "base64", "symlink"})), where
                )
        return result

    def _file(self, spec: Json, path: str) -> tuple[int, bytes]:
        if "symlink" in spec:
            return 0o120000, str(spec["symlink"]).encode()
        mode = str(spec.get("mode", "100644"))
        if mode not in ("100644", "100755"):
            self.fail(f"{path}.mode", f"must be '100644' or '100755' in quotes, not {mode!r}")
        content = str(spec.get("content", "")).encode()
        if "base64" in spec:
            try:
                content = base64.b64decode(str(spec["base64"]), validate=True)
            except binascii.Error:
                self.fail(f"{path}.base64", "is not base64")
        return MODES.get(mode, 0o100644), content
