"""HTML to paste into a mail or a page."""

from __future__ import annotations

from html import escape

from service.merge_tags.attributes import Words, attribute


def picture_html(
    source: str | Words, *, width: int, height: int, alt: str | Words, link: str | Words = ""
) -> str:
    """An `<img>` of `width` and `height` CSS pixels, in a link where there is one.

    Outlook heeds the numbers alone and knows no `max-width`; everybody else heeds the style, so
    that the picture shrinks with a narrow screen. Nothing stands between the tags: a space there
    would be a blue dash under some pictures.
    """
    image = (
        f'<img {attribute("src", source)} width="{width}" height="{height}" '
        f"{attribute('alt', alt)} "
        f'style="display:block;width:{width}px;max-width:100%;height:auto;border:0">'
    )
    if not link:
        return image
    return f'<a {attribute("href", link)} style="text-decoration:none">{image}</a>'


def link_html(target: str, text: str) -> str:
    """A link to a file that no page shows by itself."""
    return f'<a href="{escape(target)}">{escape(text)}</a>'
