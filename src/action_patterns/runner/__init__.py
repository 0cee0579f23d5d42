"""The only code that talks to the GitHub Actions runner: its variables, its command files and its log.

We import only `command` and `file_command` of actions_toolkit. Its `core` reads `os.environ`, writes `sys.stdout`,
leaves the process in `set_failed`, and loads requests (through OIDC code) for 85 ms in every step of every user. We
need only the escaping, which lives in those two modules. We do not use its `github`.
"""
