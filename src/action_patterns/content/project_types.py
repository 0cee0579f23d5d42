"""Kinds of project, by the files that mark them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

MARKERS: Mapping[str, tuple[str, ...]] = {
    "cmake": ("CMakeLists.txt",),
    "dart": ("pubspec.yaml",),
    "deno": ("deno.json", "deno.jsonc"),
    "docker": ("Dockerfile",),
    "dotnet": ("*.csproj", "*.fsproj", "*.vbproj", "*.sln", "*.slnx"),
    "elixir": ("mix.exs",),
    "github-action": ("action.yml", "action.yaml"),
    "go": ("go.mod",),
    "helm": ("Chart.yaml",),
    "java": ("pom.xml", "build.gradle", "build.gradle.kts"),
    "nix": ("flake.nix",),
    "node": ("package.json",),
    "php": ("composer.json",),
    "python": ("pyproject.toml", "setup.py", "requirements.txt"),
    "ruby": ("Gemfile",),
    "rust": ("Cargo.toml",),
    "scala": ("build.sbt",),
    "swift": ("Package.swift",),
    "terraform": ("*.tf",),
}
"""Kind of project -> files that mark it. A leading `*` stands for any text."""
UNKNOWN = "unknown"
"""The kind of a project without a marker."""

_KINDS = {name: kind for kind, names in MARKERS.items() for name in names}


def types_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds of project that files of one directory mark, sorted. Several are possible."""
    found = {_KINDS.get(name) or _KINDS.get(f"*{name[max(0, name.rfind('.')) :]}") for name in names}
    return tuple(sorted(kind for kind in found if kind))
