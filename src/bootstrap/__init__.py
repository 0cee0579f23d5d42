"""From a bare runner to a running action: find a Python, make the locked environment once, become that Python.

`launch.sh` is what every action.yml calls, and `bootstrap.py` is its slow path. `directories.py` keeps environments,
`installers.py` runs pip and uv, `sources.py` and `trust.py` say where they may go, and `failures.py` reads what they
print. `lock.py` keeps the lock files honest. Standard library only: nothing is installed yet when this code runs.
"""
