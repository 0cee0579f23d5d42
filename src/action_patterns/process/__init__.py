"""The only code that starts child processes. No shell of ours, and nothing of a child outlives its call.

- `captured`: a program of ours (git), its output kept.
- `supervised`: a command of the caller, and the whole tree of processes that it starts.
"""

from action_patterns.process.captured import Completed, ProcessError, ProgramMissingError, run

__all__ = ["Completed", "ProcessError", "ProgramMissingError", "run"]
