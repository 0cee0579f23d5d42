"""report.html at its limits: as fast with 10,000 rows as with ten, and deaf to whatever names and messages hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from selenium.webdriver.common.by import By

from action_patterns.contracts import ErrorRecord, Exclusion
from action_patterns.report.build import build
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render import html
from action_patterns.report.render.view import Page
from support.browser import Browser
from support.report_builders import context, fleet, plan, record

MIXED = ["updated", "unchanged", "failed", "deferred", "skipped", "created", "missing", "blocked", "closed", "planned"]
MOST_SECONDS = 1.0

# Until the next frame is painted: what a reader waits for.
TIMED = """
const [id, event, value, done] = arguments;
const element = document.querySelector(id), start = performance.now();
if (event === "click") element.click();
else { element.value = value; element.dispatchEvent(new Event(event)); }
requestAnimationFrame(() => setTimeout(() => done((performance.now() - start) / 1000)));
"""


# The page may be loaded before it is painted.
PAINTED = """
const [done] = arguments;
new PerformanceObserver(list => {
  const [paint] = list.getEntriesByName("first-contentful-paint");
  if (paint) done(paint.startTime / 1000);
}).observe({ type: "paint", buffered: true });
"""


def test_ten_thousand_rows_answer_within_a_second(
    window: Browser, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    roster, records = fleet(MIXED * 1_000)
    path = tmp_path / "report.html"
    path.write_text(html.render(aggregate(roster, records, context()), Page(context=context())), encoding="utf-8")
    # A machine that is busy with other work may be slow once: the best of three counts.
    rounds = [measured(window, path) for _ in range(3)]
    seconds = {name: min(each[name] for each in rounds) for name in rounds[0]}
    told = ", ".join(f"{name} {1000 * value:.0f} ms" for name, value in seconds.items())
    record_property("measured", f"report.html of 10,000 targets, {path.stat().st_size / 2**20:.1f} MiB: {told}")
    assert max(seconds.values()) < MOST_SECONDS
    assert window.find_element(By.ID, "showing").text == "Showing 101–200 of 10,000 targets"
    assert window.execute_script("return document.querySelectorAll('*').length") < 3_000


def measured(window: Browser, path: Path) -> dict[str, float]:
    """Return the seconds of each step, on a freshly loaded page."""
    window.show(path)
    ready = "return performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd / 1000"
    return {
        "first paint": float(window.execute_async_script(PAINTED)),
        "ready": float(window.execute_script(ready)),
        "filter by text": float(window.execute_async_script(TIMED, "#search", "input", "service-0999")),
        "filter cleared": float(window.execute_async_script(TIMED, "#search", "input", "")),
        "filter by outcome": float(window.execute_async_script(TIMED, "#outcome", "change", "0")),
        "reset": float(window.execute_async_script(TIMED, "#reset", "click", "")),
        "sort by name": float(window.execute_async_script(TIMED, "thead th:nth-child(1) button", "click", "")),
        "sort by time": float(window.execute_async_script(TIMED, "thead th:nth-child(8) button", "click", "")),
        "next page": float(window.execute_async_script(TIMED, "#next", "click", "")),
    }


ATTACKS = (
    "<script>window.pwned = 1</script>",
    "</script><script>window.pwned = 1</script>",
    "<!--<script>",
    "<img src=x onerror='window.pwned = 1'>",
    "\"><svg onload='window.pwned = 1'>",
    "' onmouseover='window.pwned = 1",
    "</title></style></textarea><body onload='window.pwned = 1'>",
    "javascript:window.pwned = 1",
    "{{constructor.constructor('window.pwned = 1')()}}",
    "\u2028window.pwned = 1\u2029",
    "`${window.pwned = 1}`",
    "__proto__",
    "\u202etxt.exe",
    "\ud800",
)


def test_hostile_names_stay_text(window: Browser, tmp_path: Path) -> None:
    records = [
        record(
            index,
            text,
            ("failed", "created", "deferred", "planned")[index % 4],
            reason=text,
            message=text,
            error=ErrorRecord(category="conflict", message=text, remediation=text, retryable=False),
            pull_request_number=1,
            pull_request_url=text,
            planned_requests=(text,),
        )
        for index, text in enumerate(ATTACKS)
    ]
    excluded = tuple(Exclusion(repository=text, reason="archived") for text in ATTACKS)
    everything = "".join(ATTACKS)
    roster = plan(*ATTACKS, excluded=excluded, name=everything)
    before = aggregate(roster, records, context(run_id=1, run_number=411))
    told = build(
        roster, records, context(workflow=everything), notes=ATTACKS, artifact_name=everything, previous=before
    )
    path = tmp_path / "report.html"
    path.write_bytes(told.html.encode("utf-8", "backslashreplace"))
    window.show(path)
    assert window.execute_script("return document.querySelectorAll('#rows > tr').length") == len(ATTACKS)
    window.execute_script("document.querySelectorAll('thead button, .show, #reset').forEach(button => button.click())")
    window.execute_async_script(TIMED, "#search", "input", "<img src=x")
    assert window.find_element(By.ID, "showing").text == f"Showing 1 of {len(ATTACKS)} targets"
    assert window.execute_script("return typeof window.pwned") == "undefined"
    links = window.execute_script("return [...document.links].map(link => link.href)")
    assert {link.split("/", 3)[2] for link in links if not link.startswith("file:")} <= {"github.com"}
    assert window.execute_script("return document.querySelectorAll('img, iframe, svg [onload], [onerror]').length") == 0
    assert window.execute_script("return document.scripts.length") == 2
