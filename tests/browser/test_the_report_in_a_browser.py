"""report.html as people use it: sort, filter, page, keyboard, light and dark, paper, and no script at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from action_patterns.report.render.html.table import COLUMNS, PAGE_ROWS
from support.browser import Browser
from support.example_report import TARGETS, example
from support.html_document import read


@pytest.fixture
def opened(window: Browser, page: Path) -> Browser:
    window.show(page)
    return window


@pytest.fixture
def no_script(window: Browser) -> Iterator[Browser]:
    window.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    yield window
    window.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def column(window: Browser, title: str) -> list[str]:
    at = [name for name, _ in COLUMNS].index(title) + 1
    script = "return [...document.querySelectorAll(`#rows > tr > :nth-child(${arguments[0]})`)].map(e => e.innerText)"
    return [str(text) for text in window.execute_script(script, at)]


def showing(window: Browser) -> str:
    return window.find_element(By.ID, "showing").text


def head(window: Browser, title: str) -> tuple[str, str | None]:
    """What the column's button says, and how a screen reader is told it is sorted."""
    button = window.find_element(By.XPATH, f"//thead//button[.='{title}']")
    return button.text, button.find_element(By.XPATH, "..").get_attribute("aria-sort")


def press(window: Browser, *keys: str) -> None:
    window.switch_to.active_element.send_keys(*keys)


def tab_to(window: Browser, text: str) -> None:
    for _ in range(60):
        press(window, Keys.TAB)
        if window.switch_to.active_element.text == text:
            return
    raise AssertionError(f"{text!r} is not reached by the tab key")


def ground(window: Browser) -> str:
    return str(window.execute_script("return getComputedStyle(document.body).backgroundColor"))


def test_the_script_shows_the_very_rows_that_were_there_without_it(opened: Browser, page: Path) -> None:
    written = read(page.read_text(encoding="utf-8")).one("tbody").text.split()
    script = "return [...document.querySelectorAll('#rows > tr')].map(e => e.textContent).join('\\n')"
    assert "".join(str(opened.execute_script(script)).split()) == "".join(written)


def test_a_column_is_sorted_and_the_other_way_round(opened: Browser) -> None:
    button = opened.find_element(By.XPATH, "//thead//button[.='Repository']")
    button.click()
    names = column(opened, "Repository")
    assert names == sorted(names)
    assert head(opened, "Repository")[1] == "ascending"
    button.click()
    turned = column(opened, "Repository")
    assert turned == sorted(turned, reverse=True)
    assert turned[0] > names[0], "all rows are sorted, not only those shown"
    assert head(opened, "Repository")[1] == "descending"

    opened.find_element(By.XPATH, "//thead//button[.='Requests']").click()
    requests = [int(text) for text in column(opened, "Requests")]
    assert requests == sorted(requests, reverse=True), "numbers start with the largest"
    assert head(opened, "Repository")[1] is None


def test_what_is_not_known_is_last_in_either_direction(opened: Browser) -> None:
    Select(opened.find_element(By.ID, "outcome")).select_by_visible_text("missing (1)")
    assert column(opened, "Time") == ["–"]
    opened.find_element(By.ID, "reset").click()
    button = opened.find_element(By.XPATH, "//thead//button[.='Time']")
    for _ in range(2):
        button.click()
        assert "–" not in column(opened, "Time")
        for _ in range(2):
            opened.find_element(By.ID, "next").click()
        assert column(opened, "Time")[-1] == "–"


def test_it_is_filtered_by_text_outcome_and_reason_together(opened: Browser) -> None:
    search = opened.find_element(By.ID, "search")
    search.send_keys("DOCS -v2")
    names = column(opened, "Repository")
    assert names and all("docs" in name and "-v2" in name for name in names)
    assert showing(opened) == f"Showing {len(names)} of {TARGETS} targets"
    Select(opened.find_element(By.ID, "outcome")).select_by_visible_text("failed (3)")
    Select(opened.find_element(By.ID, "reason")).select_by_visible_text("branch-protected (3)")
    assert [name for name in column(opened, "Repository") if "docs" not in name] == []
    assert set(column(opened, "Outcome")) == {"failed"}
    search.send_keys(" §")
    assert showing(opened) == f"Showing 0 of {TARGETS} targets"
    opened.find_element(By.ID, "reset").click()
    assert showing(opened) == f"Showing 1–100 of {TARGETS} targets"


def test_a_cause_leads_to_its_targets_in_the_table(opened: Browser) -> None:
    card = opened.find_element(By.XPATH, "//article[contains(., 'human-commit')]")
    card.find_element(By.TAG_NAME, "button").click()
    assert showing(opened) == f"Showing 2 of {TARGETS} targets"
    assert all("human-commit" in reason for reason in column(opened, "Reason"))
    assert opened.switch_to.active_element.get_attribute("id") == "targets"


def test_the_pages_hold_every_target_once(opened: Browser) -> None:
    pages: dict[str, list[str]] = {}
    while True:
        # A busy browser may not have turned the page yet: what is read counts for the page that is shown.
        pages[opened.find_element(By.ID, "page").text] = column(opened, "Repository")
        if opened.find_element(By.ID, "next").get_attribute("aria-disabled") == "true":
            break
        opened.find_element(By.ID, "next").click()
    names = [name for page in pages.values() for name in page]
    assert len(names) == len(set(names)) == TARGETS
    assert showing(opened) == f"Showing 201–{TARGETS} of {TARGETS} targets"


def test_it_works_by_keyboard_alone(opened: Browser) -> None:
    press(opened, Keys.TAB)
    assert opened.switch_to.active_element.text == "Skip to the targets"
    press(opened, Keys.ENTER)
    press(opened, Keys.TAB)
    assert opened.switch_to.active_element.get_attribute("id") == "search"
    press(opened, "sdk")
    assert all("sdk" in name for name in column(opened, "Repository"))
    tab_to(opened, "Repository")
    outline = "const style = getComputedStyle(document.activeElement); return style.outlineStyle + style.outlineWidth"
    assert opened.execute_script(outline) == "solid2px", "where the focus is can be seen"
    press(opened, Keys.ENTER)
    press(opened, Keys.SPACE)
    assert head(opened, "Repository")[1] == "descending"
    assert opened.switch_to.active_element.text == "Repository", "sorting does not lose the focus"


def test_a_screen_reader_is_told_the_name_of_every_control(opened: Browser) -> None:
    told = opened.accessible()
    named = {"button", "searchbox", "combobox", "link", "image", "table", "region", "columnheader", "navigation"}
    assert [role for role, name in told if role in named - {"table"} and not name.strip()] == []
    controls = {name for role, name in told if role in ("button", "searchbox", "combobox")}
    assert {"Search", "Outcome", "Reason", "Reset", "Dark theme", "Next", "Previous"} <= controls
    assert any(role == "status" for role, _ in told)
    pictures = [name for role, name in told if role == "image"]
    assert any(name.startswith(f"Of {TARGETS} repositories: 6 need attention") for name in pictures)
    assert any("at most 9 at once" in name for name in pictures)
    headings = opened.execute_script("return [...document.querySelectorAll('h1,h2,h3')].map(e => e.tagName)")
    assert headings[0] == "H1" and headings.count("H1") == 1


def test_light_or_dark_follows_the_system_until_a_reader_chooses(window: Browser, page: Path) -> None:
    window.show(page, scheme="light")
    light = ground(window)
    window.prefer("dark")
    dark = ground(window)
    assert (light, dark) == ("rgb(246, 247, 249)", "rgb(14, 17, 22)")
    toggle = window.find_element(By.ID, "theme")
    assert toggle.text == "Light theme"
    toggle.click()
    assert (ground(window), toggle.text) == (light, "Dark theme")
    window.prefer("light")
    toggle.click()
    assert ground(window) == dark


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(window: Browser, page: Path, scheme: str) -> None:
    window.show(page, scheme=scheme)
    faint = window.execute_script(CONTRAST)
    assert faint == [], "WCAG 2.2, 1.4.3: 4.5 to 1"


CONTRAST = """
const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
const bright = (text) => rgb(text).slice(0, 3).map((v) => v / 255)
  .map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const ground = (e) => {
  const colour = getComputedStyle(e).backgroundColor;
  return rgb(colour)[3] === 0 ? ground(e.parentElement) : colour;
};
const found = new Set();
for (const e of document.querySelectorAll("body *")) {
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  if (!own || ["SCRIPT", "NOSCRIPT", "title"].includes(e.tagName) || !e.checkVisibility()) continue;
  if (e.closest("[aria-disabled=true]")) continue;
  const [a, b] = [bright(getComputedStyle(e).color), bright(ground(e))];
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) found.add(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
}
return [...found];
"""


def test_nothing_is_wider_than_the_window(opened: Browser) -> None:
    for width in (320, 400, 768, 1280, 1920):
        opened.resize(width, 900)
        assert opened.execute_script("return document.documentElement.scrollWidth") <= width


def test_paper_shows_the_report_without_its_controls(opened: Browser) -> None:
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not opened.find_element(By.ID, "controls").is_displayed()
        assert not opened.find_element(By.ID, "theme").is_displayed()
        assert opened.find_element(By.ID, "table").is_displayed()
        assert len(opened.execute_cdp_cmd("Page.printToPDF", {})["data"]) > 10_000
    finally:
        opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_without_a_script_causes_and_first_rows_are_there_and_nothing_that_does_nothing(
    no_script: Browser, page: Path
) -> None:
    no_script.show(page)
    assert len(no_script.find_elements(By.TAG_NAME, "article")) == 4
    assert len(no_script.find_elements(By.CSS_SELECTOR, "#rows > tr")) == PAGE_ROWS
    assert showing(no_script) == f"Showing {PAGE_ROWS} of {TARGETS} targets"
    assert "need JavaScript" in no_script.find_element(By.TAG_NAME, "noscript").text
    assert not [each for each in no_script.find_elements(By.TAG_NAME, "button") if each.is_displayed()]
    assert not no_script.find_element(By.ID, "controls").is_displayed()


def test_what_is_not_its_own_can_not_run(window: Browser, tmp_path: Path) -> None:
    """The policy is the second lock: here the first one, escaping, is broken on purpose."""
    text = example().html
    attack = "<script>window.pwned = 1</script><p onclick='window.pwned = 1' style='color: red' id=mark>x</p>"
    path = tmp_path / "report.html"
    path.write_text(text.replace("</main>", f"{attack}</main>"), encoding="utf-8")
    window.show(path)
    window.find_element(By.ID, "mark").click()
    assert window.execute_script("return window.pwned") is None
    assert window.execute_script("return getComputedStyle(document.getElementById('mark')).color") != "rgb(255, 0, 0)"
    said = window.console()
    assert any("script-src" in each for each in said)
    assert any("style-src" in each for each in said)


def test_a_target_leads_to_the_log_of_its_job_whatever_is_sorted_and_filtered(opened: Browser) -> None:
    logs = "return [...document.querySelectorAll(`${arguments[0]} a.log`)].map(e => [e.textContent, e.href])"
    cards = opened.execute_script(logs, "article")
    assert len(cards) == 10, "each target of each cause"
    assert {text for text, _ in cards} == {"log"}
    opened.find_element(By.ID, "search").send_keys("sdk")
    opened.find_element(By.XPATH, "//thead//button[.='Repository']").click()
    rows = opened.execute_script(logs, "#rows")
    assert len(rows) == len(column(opened, "Repository")) > 5
    shown = example().report.results
    expected = sorted((r.target, r.job_url) for r in shown if "sdk" in r.target)
    assert [url for _, url in rows] == [url for _, url in expected]
