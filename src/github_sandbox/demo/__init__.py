"""`make demo`: the shipped workflow, run three times by a real runner against a local GitHub."""
