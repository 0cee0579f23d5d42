"""The only code that reads a checkout and runs git. It never writes into the checkout, its index or its objects."""

from action_patterns.worktree.checkout import GitCheckout

__all__ = ["GitCheckout"]
