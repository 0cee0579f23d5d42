"""The only code that talks to the GitHub Actions runner: its variables, its command files and its log.

Of actions_toolkit only `command` and `file_command` are imported. Its `core` reads `os.environ` and writes `sys.stdout`
by itself, leaves the process in `set_failed`, and loads requests (through OIDC code) for 85 ms in every step of every
user; all that is needed of it is the escaping, and that lives in those two modules. Its `github` is not used at all.
"""
