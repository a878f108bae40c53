"""Documents that came with a request: their policy, their limits, which part is photographed.

Nobody of the house wrote them, so they may take their own time and memory and nothing else: what
they ask for is answered from what was fetched before, or refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from service.browser.functions import Functions
from service.errors import FieldProblem, InvalidData
from service.model import MAX_DEVICE_PIXELS, MAX_PIXELS, Document, Guest, device_pixels

MOST_ELEMENTS = 100_000
"""Elements of a page: with more, laying it out takes longer than anybody would wait."""

_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data: blob: https: http:; base-uri 'none'; form-action 'none'"
)
# Whoever may run a script may have it make another; workers would outlive what we look at.
_SCRIPTS = "; script-src 'unsafe-inline' 'unsafe-eval'; worker-src 'none'; connect-src data: blob:"

_DUST = 1e-4
"""What is so little beside a pixel comes of reckoning with fractions."""

_FAULTS = {
    "unreadable": "must be a CSS selector",
    "absent": "must match an element of the page; none does",
    "unseen": "must match an element that can be seen; the first one has no size",
}


def guest_headers(*, scripts: bool) -> dict[str, str]:
    """The headers of a guest's document. Pictures from elsewhere are for our answers to refuse."""
    sandbox = "sandbox allow-same-origin" + (" allow-scripts" if scripts else "")
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": f"{sandbox}; {_POLICY}{_SCRIPTS if scripts else ''}",
    }


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a page, in device pixels from its top left corner."""

    x: int
    y: int
    width: int
    height: int

    def clip(self, scale: float) -> dict[str, float]:
        """As the screenshot command takes it: in CSS pixels."""
        sides = {"x": self.x, "y": self.y, "width": self.width, "height": self.height}
        return {name: length / scale for name, length in sides.items()} | {"scale": 1}


async def area_of(functions: Functions, document: Document, guest: Guest) -> Area | None:
    """What is to be photographed; None for the viewport.

    Raises:
        InvalidData: the selector chooses nothing, or what is chosen is too large.
    """
    if not (guest.selector or guest.full_page):
        return None
    name = "selector" if guest.selector else "full_page"
    found: dict[str, Any] = await functions.call("measure", guest.selector)
    if "fault" in found:
        raise _refusal(name, _FAULTS[found["fault"]])
    area = _around(found, document.scale) if guest.selector else _whole(found, document.scale)
    if max(area.width, area.height) > MAX_DEVICE_PIXELS or area.width * area.height > MAX_PIXELS:
        raise _refusal(
            name,
            f"is {area.width} x {area.height} pixels; allowed are {MAX_DEVICE_PIXELS} a side and "
            f"{MAX_PIXELS // 10**6} megapixels",
        )
    return area


def _around(found: dict[str, float], scale: float) -> Area:
    """All pixels of which an element has a part."""
    left, top = (max(0, floor(found[side] * scale + _DUST)) for side in ("left", "top"))
    right, bottom = (ceil(found[side] * scale - _DUST) for side in ("right", "bottom"))
    return Area(left, top, max(1, right - left), max(1, bottom - top))


def _whole(found: dict[str, float], scale: float) -> Area:
    """As large as a viewport of this size would be."""
    width, height = found["right"], found["bottom"]
    return Area(0, 0, device_pixels(width, scale), device_pixels(height, scale))


def check_elements(count: int) -> None:
    """Refuse a page of too many elements.

    Raises:
        InvalidData: naming `html`.
    """
    if count > MOST_ELEMENTS:
        raise _refusal("html", f"makes {count} elements; allowed are {MOST_ELEMENTS}")


async def check_presence(session: CDPSession, loader: str) -> None:
    """Tell a page that went elsewhere, to `about:blank` say, from one that failed us.

    Raises:
        InvalidData: naming `html`.
    """
    try:
        tree = await session.send("Page.getFrameTree")
    except PlaywrightError:
        return
    if tree["frameTree"]["frame"]["loaderId"] != loader:
        raise _refusal("html", "must stay where it is; its script goes to another page")


def crash_refusal() -> InvalidData:
    """What is said of a page whose process ended twice, by its own doing most likely."""
    return _refusal("html", "ends the process that draws it; it may need too much memory")


def _refusal(field: str, message: str) -> InvalidData:
    problem = FieldProblem(field, "invalid", message)
    return InvalidData(f"These keys cannot be used as given: {field}.", fields=[problem])
