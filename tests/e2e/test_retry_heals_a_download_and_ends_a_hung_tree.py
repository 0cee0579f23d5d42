"""`retry` under a real runner: a server that fails twice, a tree of processes that hangs, and what later steps see."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

from github_sandbox.act_runner import ActRunner
from support.act_stage import seed, stage
from support.process_trees import KINDS, MARK, living

WORKFLOW = """\
on: workflow_dispatch
permissions: {{}}
jobs:
  download:
    runs-on: ubuntu-latest
    steps:
      - id: download
        uses: action-patterns/action-patterns/actions/retry@v0.1.0
        with:
          delay-seconds: 0.01
          working-directory: ${{{{ runner.temp }}}}
          run: |
            echo "half<<END" >> "$GITHUB_OUTPUT"
            echo "ATTEMPT_FAILED=yes" >> "$GITHUB_ENV"
            python3 -c "$GET" "$ADDRESS" >tool
            : > "$GITHUB_ENV"; : > "$GITHUB_OUTPUT"
            echo "reason=$(cat tool)" >> "$GITHUB_OUTPUT"
            echo "TOOL=$PWD/tool" >> "$GITHUB_ENV"
            echo "$PWD" >> "$GITHUB_PATH"
            echo "downloaded $(cat tool)" >> "$GITHUB_STEP_SUMMARY"
        env:
          ADDRESS: {address}
          GET: import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())
      - id: seen
        env:
          OUTPUTS: ${{{{ steps.download.outputs.outputs }}}}
          READ: import json, os; print("reason=" + json.loads(os.environ["OUTPUTS"])["reason"])
        run: |
          echo "tool=$(cat "$TOOL")" >> "$GITHUB_OUTPUT"
          echo "failed=$ATTEMPT_FAILED" >> "$GITHUB_OUTPUT"
          echo "path=${{PATH%%:*}}" >> "$GITHUB_OUTPUT"
          python3 -c "$READ" >> "$GITHUB_OUTPUT"
  hang:
    runs-on: ubuntu-latest
    steps:
      - id: hang
        continue-on-error: true
        uses: action-patterns/action-patterns/actions/retry@v0.1.0
        with:
          attempts: 2
          timeout-seconds: 1
          grace-seconds: 0.2
          delay-seconds: 0
          run: |
{tree}
        env:
          {mark}: {value}
          UP: {up}
"""


class Flaky(BaseHTTPRequestHandler):
    """Answers 503 twice, then the tool."""

    asked = 0

    def do_GET(self) -> None:
        Flaky.asked += 1
        good = Flaky.asked > 2
        self.send_response(200 if good else 503)
        self.end_headers()
        self.wfile.write(b"v7" if good else b"busy")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def flaky() -> Iterator[str]:
    Flaky.asked = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Flaky)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tool"
    finally:
        server.shutdown()
        server.server_close()


def test_a_download_heals_and_a_hung_tree_is_ended(runner: ActRunner, tmp_path: Path) -> None:
    mark = uuid4().hex
    tree = "".join(f"            {line}\n" for line in KINDS["a daemon"].splitlines())
    with flaky() as address:
        text = WORKFLOW.format(address=address, mark=MARK, value=mark, tree=tree.rstrip(), up=tmp_path / "up")
        world = seed(source={".github/workflows/w.yml": text}, fleet={})
        with stage(runner, tmp_path / "platform", world) as on:
            run = on.run("w.yml")
    assert run.exit_code == 0, run.diagnosis
    download = {name: run.output("download", "download", name) for name in ("attempts", "class", "reason", "outputs")}
    assert json.loads(download.pop("outputs")) == {"reason": "v7"}
    assert download == {"attempts": "3", "class": "transient", "reason": "succeeded-after-retry"}
    seen = {name: run.output("download", "seen", name) for name in ("tool", "failed", "reason")}
    assert seen == {"tool": "v7", "failed": "", "reason": "v7"}
    assert "downloaded v7" in run.summary("download")
    (warning,) = [a.message for a in run.annotations if a.level == "warning" and a.job == "download"]
    assert "HTTP Error 503" in warning
    assert [run.output("hang", "hang", name) for name in ("exit-code", "timed-out", "attempts")] == ["124", "true", "2"]
    assert (tmp_path / "up").read_text() == "up\n" * 2, "both attempts started their tree"
    assert not living(mark)
