"""The studio, as a designer sees it: in a real browser, with the pictures of a real one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Page, async_playwright, expect

from service.browser.locate import locate
from tests.journeys.conftest import Client
from tests.merge_tags.reading import Read

pytestmark = pytest.mark.chromium

DRAWN = """address => new Promise((resolve) => {
  const shown = new Image();
  shown.onload = () => resolve([shown.naturalWidth, shown.naturalHeight]);
  shown.onerror = () => resolve('broken');
  shown.src = address;
})"""
"""Shows the picture at an address, and tells its size."""


@dataclass
class Visit:
    """One page of somebody's browser, and what went wrong on it."""

    page: Page
    root: str
    wrong: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        await self.page.goto(self.root + path, wait_until="networkidle")


@pytest.fixture
async def visit(client: Client) -> AsyncIterator[Visit]:
    root = str(client.make_url("")).rstrip("/")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=locate(None), args=["--disable-background-networking"]
        )
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=root)
        visit = Visit(await context.new_page(), root)

        def elsewhere(url: str) -> None:
            if not url.startswith((root, "data:")):
                visit.wrong.append(url)

        visit.page.on("request", lambda request: elsewhere(request.url))
        visit.page.on("requestfailed", lambda request: visit.wrong.append(request.url))
        visit.page.on("pageerror", lambda error: visit.wrong.append(str(error)))
        visit.page.on(
            "console",
            lambda said: visit.wrong.append(said.text) if said.type == "error" else None,
        )
        yield visit
        await browser.close()


async def test_the_gallery_shows_pictures_finds_words_and_copies_addresses(visit: Visit) -> None:
    await visit.open("/studio")
    page = visit.page
    cards = page.locator(".card")
    assert await cards.count() >= 2
    for picture in await page.locator("[data-main]").all():
        await picture.scroll_into_view_if_needed()
        await expect(picture).to_have_js_property("complete", True)
        assert await picture.evaluate("image => image.naturalWidth") > 0

    await page.get_by_role("searchbox").fill("qr ticket")
    await expect(page.locator(".card:visible")).to_have_count(1)
    card = page.locator(".card:visible")
    await card.get_by_role("button", name="Show paper").click()
    await expect(card.locator("[data-main]")).to_have_attribute("src", re.compile("_theme=paper"))
    await card.get_by_role("button", name="Copy").click()
    await expect(card.get_by_role("button", name="Copied")).to_be_visible()
    copied = await page.evaluate("navigator.clipboard.readText()")
    await page.get_by_role("searchbox").fill("no such words")
    await expect(page.get_by_text("No template has these words.")).to_be_visible()
    await page.get_by_role("button", name="Show all").click()

    assert copied.startswith(f"{visit.root}/i/event-ticket.png?_theme=paper&")
    assert await page.locator(".card:visible").count() == await cards.count()
    assert visit.wrong == []


async def test_the_composed_page_opens_in_ones_own_browser_with_its_fonts(visit: Visit) -> None:
    await visit.open("/studio/templates/event-ticket?example=arabic")
    page = visit.page
    await page.get_by_role("link", name="square").click()
    await page.wait_for_load_state("networkidle")
    await page.get_by_role("link", name="Open the composed page").click()
    await page.wait_for_load_state("networkidle")
    frame = page.frame_locator("iframe")

    await expect(frame.locator("html")).to_have_attribute("data-size", "square")
    await expect(frame.locator(".ticket")).to_be_visible()
    box = await page.locator("iframe").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (1080, 1080)
    composed = next(each for each in page.frames if "/studio/pages/" in each.url)
    faces = await composed.evaluate(
        "document.fonts.ready.then(() => [...document.fonts].map((face) => face.status))"
    )
    assert "loaded" in faces
    assert "error" not in faces
    assert visit.wrong == []


async def test_somebody_chooses_a_platform_and_copies_the_whole_tag(visit: Visit) -> None:
    await visit.open("/studio/templates/event-ticket?example=arabic")
    page = visit.page
    recipe = page.locator("[data-recipe]")
    await page.get_by_label("For", exact=True).select_option("klaviyo")
    await expect(recipe).to_contain_text("{{ person.gate|urlencode }}")
    await expect(recipe).to_contain_text("Klaviyo: paste it into an HTML block")
    await page.get_by_role("checkbox", name="gate").uncheck()
    await expect(recipe).not_to_contain_text("person.gate")
    await page.get_by_label("For", exact=True).select_option("iterable")
    await expect(recipe).to_contain_text("{{#urlEncode}}{{firstName}}{{/urlEncode}}")
    await recipe.get_by_role("button", name="Copy").click()
    await expect(recipe.get_by_role("button", name="Copied")).to_be_visible()
    copied = await page.evaluate("navigator.clipboard.readText()")
    ((_, told),) = Read(copied).tags
    drawn = await page.evaluate(DRAWN, told["src"])

    assert copied == await recipe.locator("[data-text]").text_content()
    assert copied.startswith(f"<img src='{visit.root}/p/")
    assert ".png?first_name=" in copied
    assert drawn == [1200, 630]
    assert "platform=iterable" in page.url
    await page.get_by_role("link", name="square").click()
    await page.wait_for_load_state("networkidle")
    await expect(recipe).to_contain_text('width="1080" height="1080"')
    await expect(recipe).not_to_contain_text("{{gate}}")
    await page.get_by_label("For", exact=True).select_option("og")
    await expect(recipe).to_contain_text("og:image:width")
    await expect(page.locator("[data-open]")).to_be_hidden()
    assert visit.wrong == []
