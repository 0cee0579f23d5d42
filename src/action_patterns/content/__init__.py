"""Content as git sees it: paths, modes, blob ids, and digests of a set of changes. Pure."""
