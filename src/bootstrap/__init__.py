"""From a bare runner to a running action: find a Python, make the locked environment once, become that Python.

`launch.sh` is what every action.yml calls, `bootstrap.py` is its slow path, `installers.py` runs pip and uv for it, and
`lock.py` keeps the two lock files honest. Standard library only: nothing is installed yet when this code runs.
"""
