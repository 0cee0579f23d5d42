"""Kinds of project, by the files that mark them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

UNKNOWN = "unknown"
"""The kind of a project without a marker."""
MARKERS: Mapping[str, str] = {
    "go.mod": "go",
    "package.json": "node",
    "pyproject.toml": "python",
    "setup.py": "python",
    "requirements.txt": "python",
    "Cargo.toml": "rust",
    "pom.xml": "java",
    "build.gradle": "java",
    "build.gradle.kts": "java",
    "Gemfile": "ruby",
    "composer.json": "php",
    "mix.exs": "elixir",
    "Package.swift": "swift",
    "pubspec.yaml": "dart",
    "CMakeLists.txt": "cmake",
    "Chart.yaml": "helm",
    "Dockerfile": "docker",
}
"""The kind of project that a file of that name marks."""
SUFFIXES: Mapping[str, str] = {".csproj": "dotnet", ".fsproj": "dotnet", ".sln": "dotnet", ".tf": "terraform"}
"""The kind of project that a file with that ending marks."""


def types_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds of project that files of one directory mark, sorted. Several are possible."""
    found = {MARKERS.get(name) or SUFFIXES.get(name[max(0, name.rfind(".")) :]) for name in names}
    return tuple(sorted(kind for kind in found if kind))
