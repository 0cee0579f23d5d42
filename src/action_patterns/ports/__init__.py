"""The ports: the only way the pure parts reach the world.

One module per capability. Each owns the nouns it speaks and, for GitHub, the permissions its verbs need. `run.py` (an
action on a runner) and `cli` (a terminal) build the real ones; tests build their own.
"""
