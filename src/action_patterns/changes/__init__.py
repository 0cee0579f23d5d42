"""The difference of two states: its base, its paths, and the groups that it concerns. Pure."""
