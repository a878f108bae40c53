"""How large our PNGs are: by what Chromium writes for the same pixels, over all samples.

The samples are copied without `effort` and `palette`: every picture is lossless and has the
default effort. Chromium is shown our picture, pixel by pixel, and writes it with its screenshot
command as it does by itself; both are compared to be sure that they are the same picture.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import os
import re
import statistics
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from playwright.async_api import Page, async_playwright

from benchmarks.card import REPOSITORY
from benchmarks.checks import differing, size_of
from benchmarks.pictures import Step
from benchmarks.report import Findings, Spread
from benchmarks.server import TEMPLATES, copied
from service.cli.speed.asking import Addresses, WrongAnswer, exact
from service.cli.speed.spawned import spawned
from service.config import Settings
from service.model import Format

HEADS = ("sample", "pictures", "ours, bytes", "Chromium's, bytes", "times")
MOST_EXAMPLES = 3
"""Of each sample: how it looks at its best, and two others."""

_OWN_WAY = re.compile(r"^(effort|palette)\s*=.*\n", re.MULTILINE)


def measure(browser: Path, step: Step) -> Findings:
    """Draw the samples' examples and have Chromium write them once more.

    Raises:
        StartupError: the server does not start.
        WrongAnswer: the two pictures are not the same.
    """
    names = sorted(path.parent.name for path in TEMPLATES.glob("[!_]*/template.toml"))
    with tempfile.TemporaryDirectory(prefix="mergeshot-bench-") as folder:
        environment = copied(names, Path(folder))
        for manifest in Path(folder, "templates").glob("*/template.toml"):
            manifest.write_text(_OWN_WAY.sub("", manifest.read_text()))
        addresses = Addresses.open(Settings.read(os.environ | environment))
        with spawned(environment, folder=REPOSITORY) as server:
            server.wait_for("/readyz")
            pairs = asyncio.run(_drawn(server.address, addresses, browser, step))
    lines = [
        (
            name,
            str(len(sizes)),
            f"{sum(ours for ours, _ in sizes):,}",
            f"{sum(theirs for _, theirs in sizes):,}",
            f"{_mean(sizes):.3g}",
        )
        for name, sizes in pairs.items()
    ]
    means = [_mean(sizes) for sizes in pairs.values()]
    every = statistics.geometric_mean(means)
    return Findings(
        "Bytes of lossless PNGs, by Chromium's own of the same pixels",
        heads=HEADS,
        lines=[*lines, ("geometric mean", "", "", "", f"{every:.3g}")],
        figures={"png bytes": Spread(round(every, 3), round(min(means), 3), round(max(means), 3))},
    )


def _mean(sizes: list[tuple[int, int]]) -> float:
    return statistics.geometric_mean(ours / theirs for ours, theirs in sizes)


async def _drawn(
    server: str, addresses: Addresses, browser: Path, step: Step
) -> dict[str, list[tuple[int, int]]]:
    """For each sample the sizes of its pictures: ours, and Chromium's."""
    found: dict[str, list[tuple[int, int]]] = {}
    async with aiohttp.ClientSession(server) as session, _page(browser) as page:
        for name, template in addresses.templates.items():
            step(f"bytes of {name}")
            examples = itertools.islice(template.examples_in_order.values(), MOST_EXAMPLES)
            for values in examples:
                ours = await exact(session, addresses.address(name, values, Format.PNG))
                theirs = await _written_by_chromium(page, ours)
                if differing(ours, theirs) != (0, 0):
                    raise WrongAnswer(f"{name}: Chromium did not show our picture as it is")
                found.setdefault(name, []).append((len(ours), len(theirs)))
    return found


@asynccontextmanager
async def _page(browser: Path) -> AsyncIterator[Page]:
    async with async_playwright() as driver:
        chromium = await driver.chromium.launch(executable_path=browser)
        yield await chromium.new_page()
        await chromium.close()


async def _written_by_chromium(page: Page, picture: bytes) -> bytes:
    width, height = size_of(picture)
    await page.set_viewport_size({"width": width, "height": height})
    data = base64.b64encode(picture).decode()
    await page.set_content(
        "<style>body{margin:0}img{display:block}</style>"
        f'<img src="data:image/png;base64,{data}">'
    )
    return await page.screenshot()
