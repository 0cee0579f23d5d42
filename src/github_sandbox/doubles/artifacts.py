"""Client of the artifact service that act serves: GitHub's protocol (Twirp over HTTP), standard library only.

Usage: python3 -I -S artifacts.py upload | download. The inputs come by environment; see the two action.yml files.
"""

from __future__ import annotations

import fnmatch
import io
import json
import os
import re
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SERVICE = "/twirp/github.actions.results.api.v1.ArtifactService/"
TIMEOUT_SECONDS = 30
# The real action refuses these too, because some file systems cannot hold them.
FORBIDDEN_IN_NAME = re.compile(r'["<>|*?:\\/\r\n]')


class RefusedError(Exception):
    """An error that the step reports and fails with."""


def main(arguments: list[str], variables: Mapping[str, str]) -> int:
    """Run `upload` or `download`. Returns the exit code."""
    try:
        if arguments == ["upload"]:
            upload(variables)
        elif arguments == ["download"]:
            download(variables)
        else:
            raise RefusedError(f"{arguments} is neither upload nor download")
    except (RefusedError, urllib.error.URLError) as error:
        print(f"::error::{error}")
        return 1
    return 0


def upload(variables: Mapping[str, str]) -> None:
    """Zip files and directories, one path a line, and store them. As on GitHub, a taken name is refused.

    The root of one path is the directory, or the file's directory. The root of several is their common part
    (actions/upload-artifact, README: "the least common ancestor of all the search paths").
    """
    name, paths = variables["ARTIFACT_NAME"], [Path(line) for line in variables["ARTIFACT_PATH"].split("\n") if line]
    if not name or FORBIDDEN_IN_NAME.search(name):
        raise RefusedError(f"The artifact name is not valid: {name!r}")
    root = Path(os.path.commonpath(paths if len(paths) > 1 or paths[0].is_dir() else [paths[0].parent]))
    found = (file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]))
    files = sorted({file for file in found if file.is_file()})
    # The real action excludes hidden files by default.
    files = [file for file in files if not any(part.startswith(".") for part in file.relative_to(root).parts)]
    if not files:
        message = (
            f"No files were found with the provided path: {variables['ARTIFACT_PATH']}. No artifacts will be uploaded."
        )
        match variables["IF_NO_FILES_FOUND"]:
            case "error":
                raise RefusedError(message)
            case "warn":
                print(f"::warning::{message}")
            case _:
                print(message)
        return
    if any(artifact["name"] == name for artifact in _artifacts(variables)):
        raise RefusedError(f"Conflict: an artifact with this name already exists on the workflow run: {name}")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in files:
            archive.write(file, file.relative_to(root))
    content = buffer.getvalue()
    address = _call(variables, "CreateArtifact", name=name, version=4)["signedUploadUrl"]
    _send(f"{address}&comp=block", content, method="PUT")
    _call(variables, "FinalizeArtifact", name=name, size=str(len(content)))
    print(f"Uploaded {len(files)} files as {name}")


def download(variables: Mapping[str, str]) -> None:
    """Unpack one artifact, or all whose name matches a glob. An absent name is an error."""
    name, root = variables["ARTIFACT_NAME"], Path(variables["ARTIFACT_PATH"])
    if bool(variables["RUN_ID_INPUT"]) != bool(variables["GITHUB_TOKEN_INPUT"]):
        raise RefusedError("run-id and github-token go together: without both, only this attempt's artifacts are seen")
    wanted = [
        artifact["name"]
        for artifact in _artifacts(variables)
        if (
            artifact["name"] == name
            if name
            else fnmatch.fnmatchcase(artifact["name"], variables["ARTIFACT_PATTERN"] or "*")
        )
    ]
    if name and not wanted:
        raise RefusedError(f"Unable to download artifact(s): Artifact not found for name: {name}")
    merge = bool(name) or variables["MERGE_MULTIPLE"] == "true"
    for each in wanted:
        address = _call(variables, "GetSignedArtifactURL", name=each)["signedUrl"]
        with zipfile.ZipFile(io.BytesIO(_send(address))) as archive:
            archive.extractall(root if merge else root / each)
    print(f"Downloaded {len(wanted)} artifacts to {root}")


def _artifacts(variables: Mapping[str, str]) -> list[dict[str, Any]]:
    return list(_call(variables, "ListArtifacts").get("artifacts") or ())


def _call(variables: Mapping[str, str], method: str, **fields: object) -> dict[str, Any]:
    run = variables.get("RUN_ID_INPUT") or variables["GITHUB_RUN_ID"]
    body = json.dumps({"workflow_run_backend_id": run, "workflow_job_run_backend_id": run, **fields}).encode()
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {variables['ACTIONS_RUNTIME_TOKEN']}",
    }
    address = variables["ACTIONS_RESULTS_URL"].rstrip("/") + SERVICE + method
    found: dict[str, Any] = json.loads(_send(address, body, headers, method="POST"))
    return found


def _send(
    address: str, body: bytes | None = None, headers: Mapping[str, str] | None = None, method: str = "GET"
) -> bytes:
    # Every address comes from act, on loopback.
    request = urllib.request.Request(address, body, dict(headers or {}), method=method)  # noqa: S310
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
        content: bytes = answer.read()
    return content


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
