"""Observed against desired: what to do about one target, and why. Pure."""
