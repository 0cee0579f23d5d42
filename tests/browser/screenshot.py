"""Write actions/report/example-report.png: the top of the example report, as a reader sees it.

python tests/browser/screenshot.py [file.png [width height [light|dark]]]
"""

from __future__ import annotations

import base64
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CHECKOUT / "src"), str(CHECKOUT / "tests")]

from support.browser import browser
from support.example_report import example

DEFAULT = CHECKOUT / "actions/report/example-report.png"
MOST_BYTES = 200_000


def main(arguments: list[str]) -> int:
    target = Path(arguments[0]) if arguments else DEFAULT
    width, height = map(int, arguments[1:3] or (1280, 1250))
    with tempfile.TemporaryDirectory() as folder, browser() as window:
        page = Path(folder) / "report.html"
        page.write_text(example().html, encoding="utf-8")
        window.show(page, width=width, height=height, scheme=(arguments[3:4] or ["light"])[0])
        shot = window.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": False})
        picture = base64.b64decode(shot["data"])
    target.write_bytes(picture)
    print(f"{target}: {width} x {height}, {len(picture):,} bytes")
    if len(picture) > MOST_BYTES:
        print(f"error: more than {MOST_BYTES:,} bytes. Show less of the page.", file=sys.stderr)
    return int(len(picture) > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
