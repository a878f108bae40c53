"""HTML to paste into a mail or a page."""

from __future__ import annotations

from html import escape


def picture_html(source: str, *, width: int, height: int, alt: str, link: str = "") -> str:
    """An `<img>` of `width` and `height` CSS pixels, in a link where there is one.

    Outlook heeds the numbers alone and knows no `max-width`; everybody else heeds the style, so
    that the picture shrinks with a narrow screen. Nothing stands between the tags: a space there
    would be a blue dash under some pictures.
    """
    image = (
        f'<img src="{escape(source)}" width="{width}" height="{height}" alt="{escape(alt)}" '
        f'style="display:block;width:{width}px;max-width:100%;height:auto;border:0">'
    )
    if not link:
        return image
    return f'<a href="{escape(link)}" style="text-decoration:none">{image}</a>'


def link_html(target: str, text: str) -> str:
    """A link to a file that no page shows by itself."""
    return f'<a href="{escape(target)}">{escape(text)}</a>'
