"""action-patterns: GitHub Actions that are safe to rerun."""

__version__ = "0.1.0"
