"""Documents that break careless drawing: each leaves something behind, or leans on its page.

Most of them share one head, so that going from one to the next is a swap of the body and of the
root's attributes, which is where something could stay behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from service.model import Document, Lane

FONT = Path("html_templates/reference-card/assets/inter.woff2")
AVATAR = Path("html_templates/reference-card/assets/avatar.jpg")

CSS = """
@font-face { font-family: InterX; src: url(assets/inter.woff2) format("woff2"); font-weight: 100 900 }
@property --hue { syntax: "<number>"; inherits: true; initial-value: 200 }
@layer low, high;
@layer high { .layered { color: rgb(0, 90, 0) } }
@layer low { .layered { color: rgb(90, 0, 0) } }
@counter-style dots { system: cyclic; symbols: "•" "◦"; suffix: " " }
@keyframes slide { from { transform: translateX(80px); opacity: 0 } to { transform: none } }
@keyframes spin { to { transform: rotate(1turn) } }
* { box-sizing: border-box }
body { margin: 0; font: 20px/1.3 InterX, sans-serif }
html.moving, html.moving body { transition: all 3s }
html.red { background: #fecaca } html.red body { color: #7f1d1d }
.slide { animation: slide 2s } .spin { animation: spin 1s infinite linear }
.spin, .slide { width: 60px; height: 40px; background: linear-gradient(90deg, red, blue) }
.start { opacity: 1; transition: opacity 4s } @starting-style { .start { opacity: 0 } }
.box { width: 80px; height: 50px; background: #1d4ed8; color: #fff }
.glass { backdrop-filter: blur(6px); background: rgba(255, 255, 255, .3) }
.count { counter-increment: n } .count::before { content: counter(n) ". " }
html:has(.flag) .flagged { background: gold }
:empty.hollow { width: 30px; height: 30px; background: teal }
:target { background: lime }
:lang(ja) { font-weight: 700 }
@media (width: 320px) { .wide { color: #be123c } }
@media (min-resolution: 1.5dppx) { .sharp { color: #be123c } }
@media (prefers-color-scheme: dark) { .scheme { color: #be123c } }
.held { width: 90px; height: 60px; background: url(assets/avatar.jpg) center / cover }
.masked { width: 90px; height: 60px; background: #0f766e; mask: url(assets/avatar.jpg) center / cover }
"""

HEAD = '<!doctype html><html{attributes}><head><meta charset="utf-8">{extra}<link rel="stylesheet" href="style.css"></head>'

#: name -> (attributes of html, attributes of body, content of body)
BODIES: dict[str, tuple[str, str, str]] = {
    "plain": ("", "", "<p>Plain text, nothing special.</p>"),
    "empty": ("", "", ""),
    "no background": ("", ' style="background:none"', "<p>Nothing painted behind this.</p>"),
    "classes and variables": (
        ' class="red" style="--hue:20"',
        "",
        '<p style="color:hsl(var(--hue) 90% 30%)">Hue</p>',
    ),
    "hue not set": ("", "", '<p style="color:hsl(var(--hue) 90% 30%)">Hue</p>'),
    "transitions on the root": (' class="moving red"', "", "<p>In flight</p>"),
    "transition back": (' class="moving"', "", "<p>In flight</p>"),
    "entrance animation": ("", "", '<div class="slide">in</div>'),
    "endless animation": ("", "", '<div class="spin"></div>'),
    "starting style": ("", "", '<div class="start box">fade</div>'),
    "scrolled": (
        ' style="overflow:auto"',
        "",
        '<div style="height:4000px">tall <a id="end">end</a></div>',
    ),
    "blend on the root's children": (
        "",
        ' style="mix-blend-mode:multiply;background:#fde68a"',
        '<div class="box" style="mix-blend-mode:difference">mix</div>',
    ),
    "glass at the edge": (
        "",
        ' style="background:repeating-linear-gradient(45deg,#111 0 8px,#eee 8px 16px)"',
        '<div class="glass" style="position:fixed;inset:60% 0 0 0">glass</div>',
    ),
    "fixed background": (
        "",
        ' style="background:linear-gradient(#fff,#06f) fixed;height:900px"',
        "<p>fixed</p>",
    ),
    "dark scheme": (' style="color-scheme:dark"', "", "<p>dark canvas <b>bold</b></p>"),
    "light dark scheme": (' style="color-scheme:light dark"', "", "<p>either</p>"),
    "translucent on the dark": (
        ' style="color-scheme:dark"',
        "",
        '<div class="box" style="opacity:.37;box-shadow:0 6px 20px #f0f8">faint</div>',
    ),
    "scheme set back": (' style="color-scheme:only light"', "", "<p>light canvas</p>"),
    "translucent on the ground": (
        "",
        ' style="background:linear-gradient(326deg, rgb(51 153 77 / .55), rgb(2 132 199 / .85))"',
        '<div class="glass" style="position:fixed;right:9px;bottom:9px;box-shadow:0 8px 24px #0003">over</div>'
        '<div style="height:400px"></div>',
    ),
    "round shapes over the edges": (
        "",
        "",
        '<div class="box" style="position:absolute;left:220.5px;top:150px;width:170px;height:90px;border:8px double gold;border-radius:38px"></div>'
        '<div style="position:absolute;left:40px;top:120px;clip-path:ellipse(50% 45%);background:teal;width:150px;height:130px"></div>',
    ),
    "scrolling both ways": (
        "",
        "",
        '<div style="width:900px;height:700px;background:radial-gradient(circle at 300px 190px, #f0f, #0ff 60%, #fff)">wide</div>',
    ),
    "full height units": (
        "",
        ' style="container-type:size;height:100dvh"',
        '<div class="box" style="float:left;height:100vh;width:20%"></div><div class="box" style="float:left;height:100cqh;width:20cqw;background:teal"></div>'
        '<div class="box" style="float:left;height:100svh;width:15lvw;background:gold"></div>',
    ),
    "rtl by style": (
        ' style="direction:rtl;overflow:auto"',
        "",
        '<div style="width:700px;background:linear-gradient(90deg, #fde68a, #0f766e)">starts at the right</div>',
    ),
    "filter on the root": (
        ' style="filter:hue-rotate(90deg) blur(1px)"',
        "",
        '<div class="box">filter</div>',
    ),
    "zoom on the root": (' style="zoom:1.5"', "", '<div class="box">zoom</div>'),
    "opacity on the root": (
        ' style="opacity:.4;background:#fff"',
        "",
        '<div class="box">faint</div>',
    ),
    "transform on the root": (
        ' style="transform:rotate(4deg) scale(.8)"',
        "",
        '<div class="box">turn</div>',
    ),
    "contain on the root": (
        ' style="contain:paint;will-change:transform"',
        "",
        '<div class="box">held</div>',
    ),
    "flex root": (
        ' style="display:flex;align-items:center;height:100%"',
        "",
        '<div class="box">flex</div>',
    ),
    "vertical writing": (' style="writing-mode:vertical-rl"', "", "<p>縦書き vertical</p>"),
    "right to left": (' dir="rtl" lang="ar"', "", "<p>مرحبا بالعالم Hello 123</p>"),
    "hebrew": (' dir="rtl" lang="he"', "", "<p>שלום עולם, Ada (1842)</p>"),
    "small gradient body": (
        "",
        ' style="width:120px;height:60px;background:linear-gradient(90deg,#f0f,#0ff)"',
        "",
    ),
    "large gradient body": (
        "",
        ' style="width:900px;height:700px;background:radial-gradient(#f0f,#0ff)"',
        "",
    ),
    "viewport units": (
        "",
        "",
        '<div class="box" style="width:50vw;height:50vh">vw</div><div style="height:30dvh;width:20vmin;background:#f59e0b"></div>',
    ),
    "container units": (
        "",
        "",
        '<div style="container-type:size;height:120px"><div class="box" style="height:50cqh;width:30cqw">cq</div></div>',
    ),
    "fixed at four edges": (
        "",
        "",
        "".join(
            f'<i class="box" style="position:fixed;{edge};width:40px;height:24px"></i>'
            for edge in ("left:0;top:0", "right:0;top:0", "left:0;bottom:0", "right:0;bottom:0")
        ),
    ),
    "sticky": (
        "",
        "",
        '<div style="height:150px;overflow:auto"><div class="box" style="position:sticky;top:10px">sticky</div><div style="height:600px"></div></div>',
    ),
    "media queries": (
        "",
        "",
        '<p class="wide">width</p><p class="sharp">resolution</p><p class="scheme">scheme</p>',
    ),
    "srcset": (
        "",
        "",
        '<img srcset="assets/avatar.jpg 1x, assets/avatar.jpg?2 2x" src="assets/avatar.jpg" width="80" height="80" alt="">',
    ),
    "picture as data": (
        "",
        "",
        '<img alt="" width="40" height="40" src="data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=">',
    ),
    "held background": ("", "", '<div class="held"></div>'),
    "mask": ("", "", '<div class="masked"></div>'),
    "shadow root": (
        "",
        "",
        '<div><template shadowrootmode="open"><style>p{color:#9333ea;font-weight:700}</style><p>shadow</p><slot></slot></template><b>light</b></div>',
    ),
    "noscript": ("", "", "<noscript><p>No scripts here</p></noscript><p>after</p>"),
    "svg by id": (
        "",
        "",
        '<svg width="200" height="90"><defs><linearGradient id="g"><stop stop-color="#f00"/><stop offset="1" stop-color="#00f"/></linearGradient><filter id="f"><feGaussianBlur stdDeviation="3"/></filter><circle id="c" r="20"/></defs><rect width="90" height="60" fill="url(#g)"/><use href="#c" x="130" y="40" filter="url(#f)"/></svg>',
    ),
    "svg other id": (
        "",
        "",
        '<svg width="200" height="90"><defs><linearGradient id="g"><stop stop-color="#0f0"/><stop offset="1" stop-color="#ff0"/></linearGradient></defs><rect width="90" height="60" fill="url(#g)"/></svg>',
    ),
    "svg animation": (
        "",
        "",
        '<svg width="100" height="50"><rect width="20" height="20"><animate attributeName="x" from="10" to="80" dur="2s" repeatCount="indefinite"/></rect></svg>',
    ),
    "balanced text": (
        "",
        "",
        '<h1 style="text-wrap:balance;width:260px;margin:0">A headline that wraps over several lines</h1>',
    ),
    "variable weight": ("", "", '<p style="font-weight:750;font-stretch:90%">Weight between</p>'),
    "emoji": ("", "", "<p>🎟️👩🏽‍🚀🇩🇪 1️⃣ ❤️‍🔥 text</p>"),
    "cjk": (' lang="ja"', "", "<p>東京都 株式会社 漢字かな</p>"),
    "cjk chinese": (' lang="zh"', "", "<p>骨直海角 漢字かな</p>"),
    "many scripts": ("", "", "<p>Ελλάδα ไทย हिन्दी বাংলা ქართული አማርኛ</p>"),
    "combining marks": ("", "", "<p>Z̶̢̛a̷l̸g̵o e\u0301 \u00e9 A\u030a\u0323</p>"),
    "unknown glyphs": ("", "", "<p>\ue000 \U0010fffd 𓀀 𒀀</p>"),
    "counters": (
        "",
        ' style="counter-reset:n 4"',
        '<p class="count">five</p><p class="count">six</p>',
    ),
    "counters not reset": ("", "", '<p class="count">one</p><p class="count">two</p>'),
    "has": ("", "", '<i class="flag"></i><p class="flagged">flagged</p>'),
    "has not": ("", "", '<p class="flagged">not flagged</p>'),
    "layers": ("", "", '<p class="layered">layered</p><div class="hollow"></div>'),
    "style in the body": (
        "",
        "",
        "<style>p { color: #db2777; letter-spacing: 4px }</style><p>own style</p>",
    ),
    "language": (' lang="ja"', "", "<p>weight by language</p>"),
    "comments and white space": ("", "", "<!-- a --> <p>one</p>\n\n<!-- b -->"),
    "shrinking text": (
        "",
        "",
        '<div data-fit="shrink" data-fit-min="9" style="width:150px;height:40px;overflow:hidden;font-size:34px;white-space:nowrap">Wolfeschlegelstein</div>',
    ),
    "columns": ("", "", '<div style="columns:2;height:120px">' + "word " * 40 + "</div>"),
    "grid": (
        "",
        ' style="display:grid;grid-template-columns:1fr 2fr;gap:9px;height:100vh"',
        '<div class="box"></div><div class="box"></div><div class="box"></div>',
    ),
    "line clamp": (
        "",
        "",
        '<p style="display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden;width:180px">'
        + "clamped text " * 12
        + "</p>",
    ),
}


def _assets() -> dict[str, bytes]:
    return {
        "style.css": CSS.encode(),
        "assets/inter.woff2": FONT.read_bytes(),
        "assets/avatar.jpg": AVATAR.read_bytes(),
    }


def document(
    html: str,
    head: str,
    *,
    size: tuple[int, int] = (320, 200),
    scale: float = 1,
    transparent: bool = False,
    version: str = "nasty",
    assets: Mapping[str, bytes] | None = None,
) -> Document:
    """A document of the swap lane, with the assets that all of these share or with its own."""
    return Document(
        html=html,
        head=head,
        width=size[0],
        height=size[1],
        scale=scale,
        lane=Lane.SWAP,
        version=version,
        assets=_assets() if assets is None else assets,
        transparent=transparent,
    )


def nasty(name: str, *, size: tuple[int, int] = (320, 200), scale: float = 1) -> Document:
    """One of `BODIES` as a whole document."""
    root, body, content = BODIES[name]
    html = HEAD.format(attributes=root, extra="") + f"\n<body{body}>{content}</body></html>\n"
    return document(html, HEAD.format(attributes="", extra=""), size=size, scale=scale)


def with_other_heads() -> dict[str, Document]:
    """Documents that cannot share the standing frame: quirks mode, another head."""
    quirks = '<html><head><link rel="stylesheet" href="style.css"></head>'
    viewport = HEAD.format(attributes="", extra="<style>p { color: #15803d }</style>")
    schemed = HEAD.format(attributes="", extra='<meta name="color-scheme" content="dark">')
    return {
        "dark by meta": document(
            f'{schemed}<body><p style="opacity:.37">faint</p></body></html>', schemed
        ),
        "quirks mode": document(
            f'{quirks}<body><table width="100%" height="100%"><td>quirks</table>', quirks
        ),
        "another head": document(f"{viewport}<body><p>green</p></body></html>", viewport),
    }


def clear(name: str) -> Document:
    """One of `BODIES` to be drawn with nothing behind it."""
    return replace(nasty(name), transparent=True)
