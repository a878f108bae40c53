"""`/docs` in a real browser: it loads, shows what there is, tries it out, and asks nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, async_playwright

from service.browser.locate import locate
from service.web import ROUTES
from service.web.openapi import plain_path
from tests.journeys.conftest import Client

pytestmark = pytest.mark.chromium


class Visit:
    """A page, with all that it asked for and all that went wrong on it."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.asked: list[str] = []
        self.wrong: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("requestfailed", lambda request: self.wrong.append(request.url))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda line: self.wrong.append(f"{line.type}: {line.text}"))

    def elsewhere(self) -> list[str]:
        """What was asked of anybody but the server; pictures out of memory are not."""
        host = urlsplit(self.base).netloc
        return [
            url
            for url in self.asked
            if urlsplit(url.removeprefix("blob:")).netloc != host and not url.startswith("data:")
        ]


@pytest.fixture
async def visit(client: Client) -> AsyncIterator[Visit]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=locate(None), args=["--no-sandbox"]
        )
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        visit = Visit(page, str(client.make_url("/")))
        await page.goto(f"{visit.base}docs")
        await page.wait_for_selector(".opblock")
        yield visit
        await browser.close()


async def test_the_page_shows_every_route_and_asks_nobody_else(visit: Visit) -> None:
    shown = await visit.page.locator(".opblock-summary-path").all_inner_texts()
    paths = {path.replace("\u200b", "").strip() for path in shown}

    assert {plain_path(route.path) for route in ROUTES} <= paths
    assert "/i/event-ticket.{ext}" in paths
    assert visit.elsewhere() == []
    assert visit.wrong == []


async def test_a_picture_can_be_tried_out_with_its_fields(visit: Visit) -> None:
    """The examples are filled in; what comes is the picture itself, shown on the page."""
    page = visit.page
    await page.click("#operations-Pictures_by_template-get_i_event_ticket_ext button >> nth=0")
    block = page.locator(".opblock.is-open")
    first_name = block.locator('tr[data-param-name="first_name"] input')
    assert await first_name.input_value() == "Ada"
    await first_name.fill("Grace")
    async with page.expect_response(lambda response: "/i/event-ticket" in response.url) as asked:
        await block.locator("button.execute").click()
    response = await asked.value
    await block.locator(".response-col_description img").first.wait_for()

    assert "first_name=Grace" in response.url
    assert (response.status, response.headers["content-type"]) == (200, "image/png")
    shown = block.locator(".response-col_description img").first
    assert (
        await shown.evaluate("picture => picture.decode().then(() => picture.naturalWidth)")
        == 1200
    )
    assert visit.elsewhere() == []
    assert visit.wrong == []
