"""The ledger: how far each target of an operation came, and the decisions of runs that work on them. Pure."""
