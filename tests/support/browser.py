"""A Chromium without a window, and what it says of a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "headless=new",
    "hide-scrollbars",
    "disable-gpu",
    "disable-dev-shm-usage",  # a container's is small
    "disable-background-networking",  # it asks nobody for updates
    "disable-component-update",
    "disable-extensions",
    "no-first-run",
)
ABSENT = "no Chromium with its chromedriver on PATH: on Debian, apt-get install chromium chromium-driver"


def installed() -> tuple[str, str] | None:
    """The paths of a browser and of its driver; None where one is missing. Nothing is ever downloaded."""
    browser = next(filter(None, map(shutil.which, NAMES)), None)
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


class Browser(Chrome):
    """One window. Everything a page says on its console is kept."""

    def show(self, page: Path | str, *, width: int = 1280, height: int = 900, scheme: str = "light") -> None:
        self.resize(width, height)
        self._emulate(scheme)
        self.get(page.as_uri() if isinstance(page, Path) else page)

    def resize(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def prefer(self, scheme: str) -> None:
        """The system's choice of light or dark, made while a page is shown, which is told of it with the next frame."""
        self._emulate(scheme)
        self.execute_async_script("const [told] = arguments; requestAnimationFrame(() => requestAnimationFrame(told));")

    def _emulate(self, scheme: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def console(self) -> list[str]:
        """What was said since it was last asked: errors, and violations of the page's policy."""
        return [str(entry["message"]) for entry in self.get_log("browser")]  # type: ignore[no-untyped-call]

    def accessible(self) -> list[tuple[str, str]]:
        """Role and name of everything a screen reader is told of."""
        tree: list[dict[str, Any]] = self.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree if not node["ignored"]]


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser of its own, closed at the end. There must be one; see `installed`."""
    found = installed()
    assert found, ABSENT
    options = ChromeOptions()
    options.binary_location = found[0]
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for argument in QUIET:
        options.add_argument(f"--{argument}")
    if os.geteuid() == 0:  # its sandbox refuses to work for root
        options.add_argument("--no-sandbox")
    window = Browser(options=options, service=Service(found[1]))
    try:
        yield window
    finally:
        window.quit()
