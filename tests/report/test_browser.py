"""The page in a browser: nothing on the console, nothing wider than the page, every chart in sight, dark and light."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from cxstats.report import SAMPLE, build_report, read_config

pytestmark = pytest.mark.browser

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip
WIDTHS = (1280, 390)
LONG = "A measure with a name that is longer than any phone is wide, and WithAWordOfFortyCharactersInItThatHasNoEnd"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail(
            "this test opens the report in Chromium, and no 'chromium' is on the PATH: apt-get install chromium"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def wide(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a report whose names do not fit."""
    folder = tmp_path_factory.mktemp("wide")
    shutil.copy(project / "answers.csv", folder)
    text = (project / "report.toml").read_text(encoding="utf-8").replace("=NPS", LONG)
    (folder / "report.toml").write_text(text, encoding="utf-8")
    build_report(read_config(folder / "report.toml"), folder / "out")
    return folder / "out"


def opened(browser: Browser, file: Path, width: int, **more: Any) -> tuple[Page, list[str]]:
    """Return the page as a window of this width shows it, and what its console said."""
    page = browser.new_page(viewport={"width": width, "height": 900}, **more)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(file.as_uri())
    return page, said


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("report", ["built", "wide"])
def test_the_page_fits_and_the_console_is_silent(
    browser: Browser, request: pytest.FixtureRequest, report: str, width: int
) -> None:
    page, said = opened(browser, request.getfixturevalue(report) / "report.html", width)
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = page.evaluate(
        "[...document.body.querySelectorAll('*')].filter(e => !e.closest('.scroll') && !e.closest('svg')"
        " && e.getBoundingClientRect().right > innerWidth + 0.5).map(e => e.outerHTML.slice(0, 80))"
    )
    assert beyond == []
    page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_chart_is_in_sight(browser: Browser, built: Path, width: int) -> None:
    page, _ = opened(browser, built / "report.html", width)
    boxes = page.evaluate("[...document.querySelectorAll('figure svg')].map(e => e.getBoundingClientRect().toJSON())")
    assert len(boxes) == 10
    for box in boxes:
        assert box["left"] >= 0
        assert box["right"] <= width
        assert 250 < box["width"] < 600
        assert box["height"] > 90
    page.close()


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_page_and_charts_are_dark_in_the_dark(browser: Browser, built: Path, scheme: str, dark: bool) -> None:
    page, said = opened(browser, built / "report.html", 1280, color_scheme=scheme)
    assert said == []
    grounds = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor,"
        " ...[...document.querySelectorAll('figure svg [id$=patch_1] path')].map(e => getComputedStyle(e).fill)]"
    )
    assert len(grounds) == 11
    for ground in grounds:
        brightness = sum(int(part) for part in ground.strip("rgb()").split(",")[:3])
        assert (brightness < 200) == dark, ground
    page.emulate_media(media="print", color_scheme=scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.close()


def test_what_is_wider_than_the_screen_says_so_and_only_that(browser: Browser, wide: Path) -> None:
    hints = (
        "[...document.querySelectorAll('.scroll, .cx-banner > div')].filter(e => e.clientWidth).map(e => "
        "[e.scrollWidth > e.clientWidth, getComputedStyle(e, '::before').visibility == 'visible'])"
    )
    for width, which in ((390, any), (1280, lambda found: not all(found))):
        page, _ = opened(browser, wide / "report.html", width)
        page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        found = page.evaluate(hints)
        assert len(found) > 8
        assert all(wider == hint for wider, hint in found), (width, found)
        assert which([wider for wider, _ in found])
        page.close()


def test_what_is_folded_on_the_screen_is_open_in_print(browser: Browser, built: Path) -> None:
    page, _ = opened(browser, built / "report.html", 1280)
    seen = "[...document.querySelectorAll('details table')].map(e => e.checkVisibility({contentVisibilityAuto: true}))"
    folded = page.evaluate(seen)
    assert folded
    assert not any(folded)
    page.emulate_media(media="print")
    page.wait_for_function(f"{seen}.every(Boolean)")  # at once, but a busy machine may draw the next frame late
    page.close()


def test_the_report_of_the_sample_is_short(browser: Browser, tmp_path: Path) -> None:
    build_report(read_config(SAMPLE), tmp_path / "out")
    page, said = opened(browser, tmp_path / "out" / "report.html", 1280)
    assert said == []
    assert page.evaluate("document.documentElement.scrollHeight") < 10_000
    page.close()


def test_the_opening_is_what_is_seen_first_on_a_phone(browser: Browser, built: Path) -> None:
    page, _ = opened(browser, built / "report.html", 390)
    box = page.locator(".opening .headline").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 900
    page.close()
