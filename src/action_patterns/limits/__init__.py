"""GitHub's limits: their numbers, when a request may go, and how long a refused one waits. Pure: times in, times out.

The numbers belong to a token: processes that share one take a share of each.
"""
