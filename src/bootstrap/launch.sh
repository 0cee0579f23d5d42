#!/usr/bin/env bash
# Starts one action: finds a Python, finds the environment made for it, and becomes that Python.
#
#   bash launch.sh <action> [argument...]   called by every action.yml; bootstrap.py makes the environment if it is absent
#   bash launch.sh --develop                makes .venv of this checkout; called by the Makefile
#
# It only ever ends in `exec`, so that a cancelled job's signal reaches the process which has something to clean up.
set -euo pipefail

fail() { # what happened, why and how to fix it, on one line: a runner takes the first line of a command as the message
  local prefix='error: '
  if [ "${GITHUB_ACTIONS:-}" = true ]; then prefix='::error title=action-patterns could not start::'; fi
  printf '%s%s\n' "$prefix" "${1//%/%25}" >&2
  exit 1
}

here=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
case $OSTYPE in
  linux*) ;;
  *) fail "action-patterns cannot start on $OSTYPE. It runs on Linux only: the locked wheels are Linux wheels. Set runs-on: to a Linux runner, for example ubuntu-latest." ;;
esac

# A file of the workspace is a pull request's: it is never a program, nor a place for programs, also where a variable
# that an earlier step has set says so.
for name in ACTION_PATTERNS_PYTHON ACTION_PATTERNS_VENV_DIR; do
  value=${!name:-}
  if [ -z "$value" ] || [ -z "${GITHUB_WORKSPACE:-}" ]; then continue; fi
  if [ "$name" = ACTION_PATTERNS_PYTHON ]; then value=$(command -v -- "$value" || printf '%s' "$value"); fi
  workspace=$(realpath -m -- "$GITHUB_WORKSPACE")
  # By its name and by where its links lead: the one may be inside, and the other not.
  for place in "$(realpath -m -s -- "$value")" "$(realpath -m -- "$value")"; do
    case $place/ in
      "$workspace"/* | "$GITHUB_WORKSPACE"/*)
        fail "$name names ${!name}, which is inside the workspace. Files there come from the checked-out repository, so they are never run as programs. Set $name to a path outside $GITHUB_WORKSPACE." ;;
      *) ;;
    esac
  done
done

# A Python is chosen by its version, not its name: `python3` is whatever the job's setup-python put first on PATH. Lower
# versions come first, since one newer than this release may have no wheels in the lock. -I -S: no PYTHON* variable, no
# user site, no sitecustomize, and nothing of the current directory (a pull request's files) is ever imported.
probe='import posix,sys
v,i=sys.version_info,sys.implementation
print("%d.%d.%d%s-%s"%(*v[:3],sys.abiflags,getattr(i,"_multiarch","") or posix.uname().machine))
sys.exit(v<(3,11) or i.name!="cpython")'
if [ -n "${ACTION_PATTERNS_PYTHON:-}" ]; then
  candidates=("$ACTION_PATTERNS_PYTHON") # an explicit choice is never overruled by another Python
else
  candidates=(/usr/bin/python3 python3 python3.{11..14} "${RUNNER_TOOL_CACHE:-/nonexistent}"/Python/3.1[1-9].*/*/bin/python3)
fi
python='' seen=''
for candidate in "${candidates[@]}"; do
  if tag=$("$candidate" -I -S -c "$probe" 2>/dev/null); then
    python=$candidate
    break
  fi
  if [ -n "$tag" ]; then seen="$seen${seen:+, }$candidate is $tag"; fi
done
if [ -z "$python" ]; then
  fail "action-patterns found no usable Python. It needs CPython >= 3.11, and ${ACTION_PATTERNS_PYTHON:+ACTION_PATTERNS_PYTHON=$ACTION_PATTERNS_PYTHON is not one: }${seen:-none answered}. Set ACTION_PATTERNS_PYTHON to the path of one, or run actions/setup-python with python-version 3.12 in an earlier step."
fi

if [ "${1:-}" = --develop ]; then exec "$python" -I -S "$here/bootstrap.py" develop; fi

# One environment per (lock, interpreter). RUNNER_TEMP is this job's own; ACTION_PATTERNS_VENV_DIR opts into one that
# outlives it. Without a runner: the user's cache, never a name in /tmp which another user could have taken first.
if [ -n "${ACTION_PATTERNS_VENV_DIR:-}" ]; then
  base=$ACTION_PATTERNS_VENV_DIR
elif [ -n "${RUNNER_TEMP:-}" ]; then
  base=$RUNNER_TEMP/action-patterns
else
  base=${XDG_CACHE_HOME:-${HOME:?set HOME, RUNNER_TEMP or ACTION_PATTERNS_VENV_DIR}/.cache}/action-patterns
fi
digest=$(sha256sum <"$here/requirements.lock")
venv=$base/${digest:0:16}-$tag
program=$here/../action_patterns/run.py

# -x follows the link: an interpreter that was uninstalled since makes the environment incomplete. -O: made by this user.
if [ -f "$venv/.complete" ] && [ -x "$venv/bin/python" ] && { [ -n "${ACTION_PATTERNS_VENV_DIR:-}" ] || [ -O "$venv" ]; }; then
  exec "$venv/bin/python" -I "$program" "$@"
fi
exec "$python" -I -S "$here/bootstrap.py" run "$venv" "$program" "$@"
