"""The whole tag for a channel: what to paste, where, and what to beware of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.merge_tags.attributes import Tag, Words, attribute, plain
from service.merge_tags.pasting import TITLES, where
from service.merge_tags.platforms import Platform
from service.merge_tags.snippets import picture_html
from service.merge_tags.writing import WAYS, encodes, in_address, in_text

LONGEST = 1_000
"""Characters of an address that pass everywhere; some programs cut or refuse longer ones."""

SENTINEL = "_end=1"
"""Stands last: where it is missing, something cut the address on its way."""

_PLACE = "\1"
_WIDE = 1.5
"""A picture so much wider than high, or more, is shown large by networks."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address of which the fields `open` are still to be filled in.

    `prefix` is all before them, as it is to be asked for: absolute, with what is pinned and, if
    it is signed, with its signature.
    """

    prefix: str
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A field that a platform fills in: what it is called there, and what stands in for it.

    `fallback` is what the address would say, `shown` what people would read.
    """

    name: str
    fallback: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """The picture in a page: CSS pixels, and words in which `place(field)` is a field's place."""

    width: int
    height: int
    alt: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to paste, where, and what to beware of.

    `names` tells what the platform is taken to call the fields that it fills in.
    """

    html: str
    paste: str
    warnings: tuple[str, ...]
    names: str = ""


def place(field: str) -> str:
    """What stands for a field's value in the words of `Shown`."""
    return f"{_PLACE}{field}{_PLACE}"


def mail(
    platform: Platform, address: Address, shown: Shown, opened: Mapping[str, Opened]
) -> Recipe:
    """The picture in a mail that `platform` sends.

    The platform's tags are written as they are: percent-encoded or escaped it would not find them.
    """
    asked = {field: _for_address(platform, one) for field, one in opened.items()}
    said = {field: in_text(platform, one.name, one.shown) for field, one in opened.items()}
    source = _source(address, asked)
    html = picture_html(
        source,
        width=shown.width,
        height=shown.height,
        alt=_worded(shown.alt, {field: Tag(one.text) for field, one in said.items()}),
        link=_worded(shown.link, asked),
    )
    silent = [field for field, one in said.items() if not one.kept and place(field) in shown.alt]
    length = len(plain(source))
    warnings = (*_cautions(platform, address.open), *_silences(platform, silent), *_long(length))
    names = ", ".join(f"{field} = {one.name}" for field, one in opened.items())
    return Recipe(html, where(platform), warnings, names)


def web(sources: Mapping[float, str], shown: Shown) -> Recipe:
    """The picture in a web page; `sources` are its addresses by scale, the plain one first."""
    first = next(iter(sources.values()))
    several = ", ".join(f"{source} {scale:g}x" for scale, source in sources.items())
    srcset = f" {attribute('srcset', several)}" if len(sources) > 1 else ""
    image = (
        f'<img {attribute("src", first)}{srcset} width="{shown.width}" height="{shown.height}" '
        f'{attribute("alt", shown.alt)} loading="lazy" decoding="async" '
        'style="max-width:100%;height:auto">'
    )
    html = f"<a {attribute('href', shown.link)}>{image}</a>" if shown.link else image
    paste = (
        'Web page: paste it into the page. Above the fold leave loading="lazy" out, so that the '
        "picture comes at once."
    )
    return Recipe(html, paste, _long(max(map(len, sources.values()))))


def og(source: str, shown: Shown, *, width: int, height: int) -> Recipe:
    """The tags by which networks find the picture of a page; `width` and `height` of the file."""
    large = shown.width >= _WIDE * shown.height
    told = {
        "property": {
            "og:image": source,
            "og:image:width": str(width),
            "og:image:height": str(height),
            "og:image:alt": shown.alt,
        },
        "name": {"twitter:card": "summary_large_image" if large else "summary"},
    }
    html = "\n".join(
        f"<meta {attribute(key, name)} {attribute('content', content)}>"
        for key, tags in told.items()
        for name, content in tags.items()
    )
    paste = (
        "Shared links: paste them into the <head> of the page, as the server sends it: networks "
        "run no scripts."
    )
    return Recipe(html, paste, _long(len(source)))


def _for_address(platform: Platform, opened: Opened) -> Tag:
    return Tag(in_address(platform, opened.name, opened.fallback).text)


def _source(address: Address, asked: Mapping[str, Tag]) -> Words:
    """What is pinned, then the open fields, then the sentinel."""
    if not address.open:
        return (address.prefix,)
    words: list[str | Tag] = [address.prefix + ("&" if "?" in address.prefix else "?")]
    for field in address.open:
        words += [f"{field}=", asked[field], "&"]
    words[-1] = f"&{SENTINEL}"
    return tuple(words)


def _worded(text: str, tags: Mapping[str, Tag]) -> Words:
    """The text with the platform's tags in its places."""
    pieces = text.split(_PLACE)  # text and names by turns
    words = [tags[piece] if turn % 2 else piece for turn, piece in enumerate(pieces)]
    return tuple(word for word in words if word)


def _cautions(platform: Platform, fields: tuple[str, ...]) -> Iterator[str]:
    title = TITLES[platform]
    if not fields:
        return
    if not encodes(platform):
        yield (
            f"{title} has no way that we know of to make a value safe for an address: a value "
            "with &, # or % in it may arrive damaged. Send a test to somebody called Ann & Bob."
        )
    elif not WAYS[platform].proven:
        yield (
            f"That {title} makes values safe for an address in this way is not documented by its "
            "makers as far as we know. Send a test to somebody called Ann & Bob."
        )


def _silences(platform: Platform, fields: list[str]) -> Iterator[str]:
    if fields:
        yield (
            f"The alt text says nothing in place of {', '.join(fields)} to whom nothing is known "
            f"of: the fallback has no place in {TITLES[platform]}'s tag."
        )


def _long(length: int) -> tuple[str, ...]:
    if length <= LONGEST:
        return ()
    return (
        f"The address has {length:,} characters as it stands here; above {LONGEST:,} some "
        "programs cut it or refuse it. Let fewer fields be filled in, or pin shorter values.",
    )
