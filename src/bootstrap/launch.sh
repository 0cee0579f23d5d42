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

if [ -n "${GITEA_ACTIONS:-}${FORGEJO_ACTIONS:-}" ]; then
  fail "action-patterns does not support Gitea and Forgejo, and ${GITHUB_SERVER_URL:-this server} is one of them: their API is another one than GitHub's. Run this workflow on GitHub or on GitHub Enterprise Server. Do not unset GITEA_ACTIONS: requests would fail half-way."
fi

# YAML does not expand `~` as a shell does.
for name in ACTION_PATTERNS_PYTHON ACTION_PATTERNS_VENV_DIR; do
  case ${!name:-} in
    [~] | [~]/*) declare "$name=${HOME:?is not set, and $name begins with ~}${!name#\~}" ;;
    *) ;;
  esac
done

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

case ${ACTION_PATTERNS_VENV_DIR:-/} in
  /*) ;;
  *) fail "ACTION_PATTERNS_VENV_DIR names $ACTION_PATTERNS_VENV_DIR, which is a relative path. Steps start in different directories, so it would name several places. Set it to an absolute path outside the workspace, or one that begins with ~/." ;;
esac

# The environment's directory. RUNNER_TEMP is this job's own, and may hold what a container or a job of another user left;
# ACTION_PATTERNS_VENV_DIR opts into one that outlives the job. Without a runner: the user's cache, never a name in /tmp
# which another user could have taken first.
if [ "${1:-}" = --develop ]; then
  base=/nonexistent # .venv of this checkout is made elsewhere
elif [ -n "${ACTION_PATTERNS_VENV_DIR:-}" ]; then
  base=$ACTION_PATTERNS_VENV_DIR
elif [ -n "${RUNNER_TEMP:-}" ]; then
  base=''
  for name in "$EUID" "$EUID"-{1..9}; do
    place=$RUNNER_TEMP/action-patterns-python-$name
    if [ -d "$place" ] && [ -O "$place" ] && [ -w "$place" ] || { [ ! -e "$place" ] && [ ! -L "$place" ]; }; then
      base=$place
      break
    fi
  done
  if [ -z "$base" ]; then
    fail "The Python environment cannot be made. $RUNNER_TEMP/action-patterns-python-$EUID and nine names like it belong to other users. Remove them, or name a directory you trust in ACTION_PATTERNS_VENV_DIR."
  fi
else
  base=${XDG_CACHE_HOME:-${HOME:?set HOME, RUNNER_TEMP or ACTION_PATTERNS_VENV_DIR}/.cache}/action-patterns
fi
digest=$(sha256sum <"$here/requirements.lock")
program=$here/../action_patterns/run.py

# A Python is chosen because it can do the job, not by its name: `python3` is the one that the job's setup-python put first
# on PATH. There is one environment per (lock, interpreter); the first Python that has a complete one is taken. Else it
# is the first that has an installer at hand. One that has none may still get uv from PyPI; neither it, nor a version
# that is newer than this release and may have no wheels in the lock, is taken before an able one. -I -S: no PYTHON*
# variable, no user site, no sitecustomize, and nothing of the current directory (a pull request's files) is imported.
probe='import posix,sys
v,i=sys.version_info,sys.implementation
print("%d.%d.%d%s-%s"%(*v[:3],sys.abiflags,getattr(i,"_multiarch","") or posix.uname().machine))
sys.exit(1 if v<(3,11) or i.name!="cpython" else 3 if v>=(3,15) or "t" in sys.abiflags else 0)'
has_installer() { # uv's path is absolute: a relative entry of PATH may lead into the workspace
  case $(command -v uv || true) in
    /*) if uv --version >/dev/null 2>&1; then return 0; fi ;;
    *) ;;
  esac
  "$1" -I -c 'import os,sys; sys.exit(not all(any(os.path.isfile(f"{p}/{m}/__main__.py") for p in sys.path) for m in ("pip","venv")))' 2>/dev/null
}
if [ -n "${ACTION_PATTERNS_PYTHON:-}" ]; then
  candidates=("$ACTION_PATTERNS_PYTHON") # an explicit choice is never overruled by another Python
else
  candidates=(/usr/bin/python3 python3 python3.{11..14} "${RUNNER_TOOL_CACHE:-/nonexistent}"/Python/3.1[1-9].*/*/bin/python3)
fi
python='' chosen='' reserve='' reserved='' seen=''
for candidate in "${candidates[@]}"; do
  code=0
  tag=$("$candidate" -I -S -c "$probe" 2>/dev/null) || code=$?
  lacks=''
  if [ "$code" != 0 ] && [ "$code" != 3 ]; then
    if [ -n "$tag" ]; then seen="$seen${seen:+, }$candidate is $tag"; fi
    continue
  fi
  venv=$base/${digest:0:16}-$tag
  # -x follows the link: an interpreter that was uninstalled since makes the environment incomplete. -O: made by this user.
  if [ -f "$venv/.complete" ] && [ -x "$venv/bin/python" ] &&
    { [ -n "${ACTION_PATTERNS_VENV_DIR:-}" ] || [ -O "$venv" ]; }; then
    # bootstrap.py removes from a shared directory what no job has used for long.
    if [ -n "${ACTION_PATTERNS_VENV_DIR:-}" ]; then { : >"$venv/.used"; } 2>/dev/null || true; fi
    exec "$venv/bin/python" -I "$program" "$@"
  fi
  if ! has_installer "$candidate"; then lacks=' without pip'; fi
  if [ "$code" = 0 ] && [ -z "$lacks" ]; then
    python=$candidate chosen=$tag
    break
  fi
  if [ -z "$reserve" ] || { [ -n "$reserved" ] && [ -z "$lacks" ]; }; then reserve=$candidate chosen=$tag reserved=$lacks; fi
  seen="$seen${seen:+, }$candidate is $tag$lacks"
done
python=${python:-$reserve}
if [ -z "$python" ]; then
  fail "action-patterns found no usable Python. It needs CPython >= 3.11, and ${ACTION_PATTERNS_PYTHON:+ACTION_PATTERNS_PYTHON=$ACTION_PATTERNS_PYTHON is not one: }${seen:-none answered}. Set ACTION_PATTERNS_PYTHON to the path of one, or run actions/setup-python with python-version 3.12 in an earlier step."
fi

if [ "${1:-}" = --develop ]; then exec "$python" -I -S "$here/bootstrap.py" develop; fi
export ACTION_PATTERNS_OTHER_PYTHONS=$seen
exec "$python" -I -S "$here/bootstrap.py" run "$base/${digest:0:16}-$chosen" "$program" "$@"
