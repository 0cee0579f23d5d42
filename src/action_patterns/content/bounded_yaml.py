"""YAML within bounds that an honest file never meets. Pure."""

from __future__ import annotations

from typing import Any

import yaml

MAX_DEPTH = 30
"""Levels of lists and mappings within each other. No key of a distribution file is deeper than six."""
TOO_DEEP = f"nested too deeply, beyond {MAX_DEPTH} levels"
"""The problem of the error that the loader raises."""


class BoundedLoader(yaml.SafeLoader):
    """Stops at the depth: PyYAML's time grows with the square of it, and its stack ends somewhere."""

    def fetch_flow_collection_start(self, TokenClass: Any) -> None:  # noqa: N803 - PyYAML's name
        self._go_deeper(self.flow_level)
        super().fetch_flow_collection_start(TokenClass)

    def add_indent(self, column: int) -> Any:
        self._go_deeper(len(self.indents))
        return super().add_indent(column)

    def _go_deeper(self, depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem=TOO_DEEP, problem_mark=self.get_mark())
