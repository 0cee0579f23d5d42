"""`python -m action_patterns.metadata [--check]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from action_patterns.metadata.generate import generate

ROOT = Path(__file__).resolve().parents[3]


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Write all generated files; with `--check` only name those that differ. 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m action_patterns.metadata", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; list what differs and exit 1")
    check = parser.parse_args(arguments).check
    generated = generate(root)
    for problem in generated.problems:
        print(problem, file=sys.stderr)
    stale = [path for path, text in generated.files.items() if not path.exists() or path.read_text() != text]
    for path in stale:
        if check:
            print(f"{path.relative_to(root)}: is not what `make metadata` writes", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(generated.files[path])
            print(f"wrote {path.relative_to(root)}")
    return 1 if generated.problems or (check and stale) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
