"""Layouts without end: what designers do and what they should not, put together by a seed.

Layout N is the same on every machine and in every run. All share one head, so that going from one
to the next is a swap of the body and of the root's attributes; what differs is in `style=`
attributes. Each is one arrangement (flex, grid, columns, absolute places ...) of three to seven
pieces (texts, pictures, drawings, tables ...), most of which carry an effect or two.

Left out is what a frame is known not to draw as a page of its own does:

- `position: fixed` and `background-attachment: fixed` where nothing scrolls: a top-level page gives
  them a layer of their own, so what is translucent there is rounded twice: up to two levels.
- `mix-blend-mode` straight upon a gradient of the page: one level. Isolated, as here, it is exact.
- One JPEG in two sizes, in a document or one after the other: either may be scaled from what was
  decoded for the other. Two fresh pages differ in the same way, by up to two levels.
- Symbols that fonts of several languages hold, such as the telephone: the font of the language
  that asked first is kept for as long as the page's process lives.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from service.model import Document
from tests.browser.nasty import FONT, document

CSS = """
@font-face { font-family: InterX; src: url(assets/inter.woff2) format("woff2"); font-weight: 100 900 }
@property --turn { syntax: "<angle>"; inherits: true; initial-value: 30deg }
@counter-style steps { system: cyclic; symbols: "◆" "◇" "●"; suffix: " " }
@keyframes enter { from { transform: translateY(60px); opacity: 0 } to { opacity: .9 } }
@keyframes turn { to { transform: rotate(1turn) } }
* { box-sizing: border-box }
html { height: 100% }
body { margin: 0; min-height: 100%; font: 16px/1.35 InterX, sans-serif; container-type: inline-size;
  --ink: #0f172a; --tint: #4f46e5; color: var(--ink) }
p, h1, h2, table, ul, ol, figure, blockquote { margin: 0 }
.enter { animation: enter 1.5s } .turn { animation: turn 3s infinite linear }
.fill { width: 100%; height: 100% }
.piece { min-width: 0 } main { isolation: isolate }
.card { padding: 12px; border-radius: 14px; background: #fff; box-shadow: 0 8px 24px rgb(15 23 42 / .2);
  & b { color: var(--tint) } &:has(img) { padding: 4px } }
.number { counter-increment: steps } .number::before { content: counters(steps, ".") " " }
ol.steps { list-style: steps inside }
table { border-spacing: 3px } td, th { border: 1px solid #94a3b8; padding: 2px 6px }
tr:nth-child(even of :not(.off)) { background: color-mix(in oklch, var(--tint) 15%, transparent) }
.avatar { object-fit: cover; border-radius: 50% }
.ring { aspect-ratio: 1; border-radius: 50%; background: conic-gradient(from var(--turn), var(--tint) 64%, #cbd5e1 0);
  mask: radial-gradient(farthest-side, #0000 calc(100% - 9px), #000 calc(100% - 8px)) }
.hole { mask: url(assets/badge.svg) center / cover; background: linear-gradient(var(--turn), #0f766e, #a3e635) }
@container (min-width: 500px) { .roomy { letter-spacing: .08em; color: #b91c1c } }
@media (min-resolution: 1.5dppx) { .sharp { font-style: italic } }
@media (orientation: portrait) { .tall { text-decoration: underline wavy #e11d48 } }
"""

HEAD = '<!doctype html><html{}><head><meta charset="utf-8"><link rel="stylesheet" href="layouts.css"></head>'

BADGE = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40"><defs><radialGradient id="g"><stop
stop-color="#fde047"/><stop offset="1" stop-color="#ea580c"/></radialGradient></defs><path d="M4 20 30 3l26 17-26 17z"
fill="url(#g)" stroke="#7c2d12" stroke-width="1.5"/><circle cx="30" cy="20" r="6" fill="#fff" opacity=".7"/></svg>"""

ASSETS = {
    "layouts.css": CSS.encode(),
    "assets/inter.woff2": FONT.read_bytes(),
    "assets/badge.svg": BADGE,
}

SIZES = ((480, 270), (600, 200), (320, 320), (360, 640), (640, 335), (301, 197), (468, 60))

ROOTS = (
    "",
    "",
    "",
    "",
    ' lang="ja"',
    ' dir="rtl" lang="ar"',
    ' style="--turn:80deg;zoom:1.1"',
    ' style="color-scheme:light dark"',
    ' style="background:#fef3c7"',
)

TEXTS = (
    "Ada Lovelace",
    "Row 12, seat 7 — gate C",
    "The quick brown fox jumps over the lazy dog, twice on Sundays.",
    "Donaudampfschifffahrtsgesellschaftskapitänswitwe",
    "AT&amp;T “quoted” <b>bold</b> <i>italic</i> <u>under</u> <s>struck</s>",
    "office affine fjord AVATAR To. Wa. 1/2 0O 1lI",
    '<span lang="ar" dir="rtl">مرحبا بالعالم، أهلاً بكم في المؤتمر ٢٠٢٦</span>',
    '<bdi lang="he">שלום עולם</bdi> and <bdi>עדה</bdi> (1842)',
    '<span lang="ja">東京都港区の株式会社メルジで「招待状」を受け取る。</span>',
    '<span lang="zh-Hant">直接骨角 臺北市 漢字與标点，「引號」</span>',
    "한국어 초대장과 환영합니다",
    "Ελληνικά Кириллица Ўзбек ქართული Հայերեն",
    "नमस्ते क्षत्रिय ไทยแลนด์ বাংলা தமிழ்",
    "Z̶̢̛a̷l̸g̵o e\u0301 A\u030a\u0323 ﷺ \u00ad soft\u00adhyphen",
    "🎟️ 👩🏽‍🚀 🇩🇪 1️⃣ ❤️‍🔥 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ✈️",
    "€ 1.234,56 · −12 % · 3 × 4 = 12 ≠ ∞",
    "H<sub>2</sub>O x<sup>2</sup> <small>small</small> <code>code</code> <mark>mark</mark>",
    '<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby> with ruby, <q lang="de">Zitat</q>',
    "word " * 25,
)

COLOURS = (
    "#0f172a",
    "#e11d48",
    "rgb(2 132 199 / .85)",
    "hsl(150 70% 35%)",
    "oklch(65% .2 40)",
    "color-mix(in oklch, #4f46e5 60%, gold)",
    "lab(55% 40 -30)",
    "color(display-p3 .2 .6 .3)",
    "var(--tint)",
    "light-dark(#7c3aed, #fde68a)",
)

GROUNDS = (
    "",
    "background:none",
    "background:#fff",
    "background:linear-gradient({a}deg, {c}, {d})",
    "background:linear-gradient({a}deg in oklch, {c}, {d} 40% 70%, #fff)",
    "background:radial-gradient(circle at {p}% {q}%, {c}, transparent 60%), {d}",
    "background:conic-gradient(from {a}deg at {p}% {q}%, {c}, {d}, {c})",
    "background:repeating-linear-gradient({a}deg, #f8fafc 0 {n}px, #e2e8f0 {n}px {m}px)",
    "background:repeating-radial-gradient(at {p}% {q}%, #fef3c7 0 {n}px, #fde68a {n}px {m}px)",
    "background:url(assets/badge.svg) {p}% {q}% / cover; background-blend-mode:multiply; background-color:{c}",
    "background:#111827; color:#f9fafb; color-scheme:dark",
)

EFFECTS = (
    "opacity:.{n}",
    "transform:rotate({s}deg)",
    "transform:translate(.{n}px, {f}px) scale({z})",
    "transform:skew({s}deg, 3deg) translateZ(0)",
    "transform:perspective(400px) rotateY({t}deg) rotateX({s}deg)",
    "translate:{f}px {f}px; rotate:{s}deg; scale:{z}",
    "transform:matrix3d(1,0,0,.0005,0,1,0,0,0,0,1,0,0,0,0,1); transform-origin:{p}% {q}%",
    "filter:blur({f}px)",
    "filter:drop-shadow(3px {n}px 4px {c}) hue-rotate({a}deg)",
    "filter:grayscale(.6) contrast(1.3) brightness(1.1) saturate(1.4)",
    "filter:sepia(.8) invert(.1); will-change:filter",
    "mix-blend-mode:multiply",
    "mix-blend-mode:difference; isolation:isolate",
    "mix-blend-mode:luminosity",
    "mix-blend-mode:plus-lighter",
    "backdrop-filter:blur({n}px) saturate(1.5); background:rgb(255 255 255 / .35)",
    "backdrop-filter:invert(.8)",
    "box-shadow:0 {n}px {m}px -4px {c}, inset 0 1px 3px #0006",
    "box-shadow:{f}px {f}px 0 {c}, 0 0 0 2px {d}",
    "border-radius:{n}px {m}px 40% / {m}px; overflow:hidden; border:{f}px solid {c}",
    "border:3px dashed {c}; outline:2px dotted {d}; outline-offset:2px",
    "border:8px double {c}; border-radius:{m}px",
    "border:10px solid; border-image:linear-gradient({a}deg, {c}, {d}) 1",
    "border:12px solid #0000; border-image:url(assets/badge.svg) 30 / 12px round",
    "clip-path:polygon(0 0, 100% 8%, 94% 100%, 5% 92%)",
    "clip-path:inset(3% 5% 4% 2% round {n}px)",
    "clip-path:circle(48% at {p}% 50%)",
    "clip-path:ellipse(50% 45%); background:{c}",
    'clip-path:path("M0 0H300Q250 60 300 140L0 120Z")',
    "mask:linear-gradient({a}deg, #000 60%, transparent)",
    "mask:radial-gradient(circle at {p}% {q}%, #000 40%, #0003 80%)",
    "-webkit-box-reflect:below 2px linear-gradient(#0000, #0006)",
    "contain:paint; zoom:{z}",
    "overflow:clip; overflow-clip-margin:{n}px; max-height:{h}px",
    "overflow:auto; max-height:{h}px",
    "position:relative; left:.{n}px; top:-.{n}px; z-index:2",
    "margin:-{n}px {f}px; background:{c}",
    "padding:{f}px {n}px; background:linear-gradient({a}deg, {c}, {d}); background-clip:content-box",
    "will-change:transform; background:{c}",
    "contain:layout; contain-intrinsic-size:60px",
)

TYPE = (
    "font-weight:{w}; font-size:{e}px",
    "font-size:{v}vw; line-height:1.1",
    "font-size:{v}cqi; font-stretch:90%",
    "font-size:clamp(9px, {v}vmin + 4px, 60px); letter-spacing:-.03em",
    "font-size:{e}px; letter-spacing:.{n}em; text-transform:uppercase",
    "font-size:{f}px; word-spacing:4px; text-align:justify",
    "font-size:{e}px; text-shadow:0 2px 4px {c}, 1px 1px 0 #fff",
    "font-size:{e}px; text-wrap:balance; text-align:center; max-width:{h}px",
    "font-size:{e}px; text-wrap:pretty; hyphens:auto; max-width:{h}px",
    "font-size:{e}px; white-space:nowrap; overflow:hidden; text-overflow:ellipsis; max-width:{h}px",
    "display:-webkit-box; -webkit-line-clamp:2; -webkit-box-orient:vertical; overflow:hidden; max-width:{h}px",
    "font-size:{e}px; color:transparent; background:linear-gradient({a}deg, {c}, {d}); background-clip:text",
    "font-size:{e}px; -webkit-text-stroke:1px {c}; paint-order:stroke fill",
    "writing-mode:vertical-rl; max-height:{h}px; text-orientation:mixed",
    "writing-mode:sideways-lr; max-height:{h}px",
    "direction:rtl; text-align:start; font-size:{e}px",
    "font-variant-numeric:tabular-nums slashed-zero; font-feature-settings:'ss01', 'cv05'; color:{c}",
    "font-variant-caps:small-caps; font-style:oblique 12deg; font-size:{e}px",
    "font-variation-settings:'wght' {w}; font-size:{e}px; font-synthesis:none",
    "text-decoration:underline 2px wavy {c}; text-underline-offset:4px",
    "text-emphasis:filled sesame {c}; line-height:2",
    "initial-letter:2; font-size:{e}px",
    "font-family:serif; font-size:{e}px; text-indent:1.5em",
    "font-family:monospace; tab-size:3; white-space:pre-wrap",
    "font-kerning:none; font-size:{e}.{n}px; text-rendering:geometricPrecision",
)


class Maker:
    """Makes one layout; every choice comes from its own numbers."""

    def __init__(self, number: int) -> None:
        self.random = Random(f"layout {number}")
        self.ids = 0

    def style(self, *choices: str) -> str:
        """Styles with all of their blanks filled, as an attribute."""
        random = self.random
        values = {
            "a": random.randrange(360),
            "c": random.choice(COLOURS),
            "d": random.choice(COLOURS),
            "e": random.randrange(9, 44),
            "f": random.choice((0.5, 1.25, 2.333, 3.7, 6.5, 11.1)),
            "h": random.randrange(60, 260),
            "m": random.randrange(10, 40),
            "n": random.randrange(2, 10),
            "p": random.randrange(101),
            "q": random.randrange(101),
            "s": random.choice((-7.3, -2, 1.5, 4, 12.25)),
            "t": random.choice((-40, -12.5, 20, 35)),
            "v": random.choice((2.5, 4.4, 7)),
            "w": random.randrange(100, 901, 25),
            "z": random.choice((0.77, 0.9, 1.05, 1.333)),
        }
        filled = ";".join(choice for choice in choices if choice).format_map(values)
        return f' style="{filled.replace(chr(34), "&quot;")}"'

    def effects(self, *more: str) -> str:
        """None, one or two effects, after what the piece needs itself."""
        count = self.random.choice((0, 1, 1, 2))
        return self.style(*more, *self.random.sample(EFFECTS, count))

    def id(self) -> str:
        self.ids += 1
        return f"i{self.ids}"

    def text(self) -> str:
        return self.random.choice(TEXTS)

    # Pieces

    def paragraph(self) -> str:
        style = self.style(self.random.choice(TYPE), self.random.choice(("", "color:{c}")))
        classes = self.random.choice(("", "roomy", "sharp", "tall", "number"))
        return f'<p class="{classes}"{style}>{self.text()}</p>'

    def headline(self) -> str:
        style = self.style("font-weight:{w}; font-size:{e}px; width:{h}px; height:52px")
        inner = self.style(self.random.choice(("", "white-space:nowrap")))
        size = style[:-1] + ";" + inner.removeprefix(' style="')
        return f'<h1 data-fit="shrink" data-fit-min="8"{size}>{self.text()}</h1>'

    def decorated(self) -> str:
        return f"<div{self.effects('padding:8px', 'background:{c}')}>{self.paragraph()}</div>"

    def card(self) -> str:
        kind = self.random.choice((self.paragraph, self.picture, self.ring, self.steps))
        return f'<div class="card"{self.effects()}><b>{self.text()[:14].split("<")[0]}</b>{kind()}</div>'

    def picture(self) -> str:
        source = "assets/badge.svg"
        fit = self.random.choice(("cover", "contain", "none", "scale-down", "fill"))
        rendering = self.random.choice(("auto", "auto", "pixelated", "crisp-edges"))
        style = self.effects(
            f"object-fit:{fit}; object-position:{{p}}% {{q}}%; image-rendering:{rendering}"
        )
        width, height = self.random.randrange(20, 180), self.random.randrange(20, 120)
        named = self.random.choice(("", ' class="avatar"'))
        return f'<img alt=""{named} src="{source}" width="{width}" height="{height}"{style}>'

    def ring(self) -> str:
        kind = self.random.choice(("ring", "hole"))
        style = self.style("width:{h}px; max-width:90px; aspect-ratio:1; --turn:{a}deg")
        return f'<div class="{kind}"{style}></div>'

    def drawing(self) -> str:
        name, random = self.id(), self.random
        shape = random.choice(
            (
                '<rect x="5.5" y="4.2" width="80" height="50" rx="9" {}/>',
                '<circle cx="50.3" cy="35" r="30.7" {}/>',
                '<path d="M5 60C30-20 70 90 110 12L112 60Z" {}/>',
                '<text x="4" y="44" font-size="34" font-weight="800" {}>Wave Ω</text>',
                '<path fill="none" stroke-width="7" stroke-linecap="round" stroke-dasharray="3 11" d="M8 50Q60-30 112 50" {}/>',
            )
        )
        paint = random.choice(
            (
                '<linearGradient id="{}" gradientTransform="rotate(30)"><stop stop-color="#f43f5e"/><stop offset=".7" stop-color="#22d3ee"/></linearGradient>',
                '<radialGradient id="{}" fx=".2" spreadMethod="reflect" r=".3"><stop stop-color="#facc15"/><stop offset="1" stop-color="#1d4ed8"/></radialGradient>',
                '<pattern id="{}" width="9" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(25)"><path d="M0 0h5v4H0z" fill="#059669"/></pattern>',
            )
        ).format(name)
        work = random.choice(
            (
                '<feGaussianBlur stdDeviation="2.5 .5"/>',
                '<feTurbulence baseFrequency=".04" numOctaves="2" seed="7" result="t"/><feDisplacementMap in="SourceGraphic" in2="t" scale="9"/>',
                '<feDropShadow dx="3" dy="4" stdDeviation="2" flood-color="#7c3aed"/>',
                '<feColorMatrix type="hueRotate" values="120"/>',
                '<feMorphology operator="dilate" radius="1.5"/>',
                '<feSpecularLighting surfaceScale="4" lighting-color="#fff" result="l"><fePointLight x="20" y="-20" z="60"/></feSpecularLighting><feComposite in="SourceGraphic" in2="l" operator="arithmetic" k2="1" k3=".7"/>',
            )
        )
        used = f'fill="url(#{name})" stroke="url(#{name})" filter="{random.choice(("none", f"url(#{name}f)"))}"'
        group = shape.replace("{}", used, 1)
        extra = random.choice(
            (
                "",
                f'<use href="#{name}g" x="20" y="12" opacity=".5"/>',
                f'<image href="assets/badge.svg" x="70" y="6" width="44" height="44" clip-path="url(#{name}c)"/>',
            )
        )
        return (
            f'<svg width="{random.randrange(60, 200)}" height="{random.randrange(40, 120)}" viewBox="0 0 120 66"{self.effects()}>'
            f'<defs>{paint}<filter id="{name}f">{work}</filter><clipPath id="{name}c"><circle cx="92" cy="28" r="20"/></clipPath></defs>'
            f'<g id="{name}g">{group}</g>{extra}</svg>'
        )

    def table(self) -> str:
        collapse = self.random.choice(("separate", "collapse"))
        side = self.random.choice(("top", "bottom"))
        rows = "".join(
            f"<tr><td>{self.text()[:18].split('<')[0].split('&')[0]}<td align=right>{self.random.randrange(9999)}"
            for _ in range(self.random.randrange(1, 4))
        )
        style = self.effects(f"border-collapse:{collapse}; caption-side:{side}; font-size:12px")
        return f"<table{style}><caption>Table</caption><tr><th colspan=2>Head{rows}</table>"

    def steps(self) -> str:
        items = "".join(
            f'<li class="number">{self.text()[:24].split("<")[0].split("&")[0]}' for _ in range(3)
        )
        return f'<ol class="steps"{self.style("font-size:13px", "columns:{v}")}>{items}</ol>'

    def chart(self) -> str:
        bars = "".join(
            f'<i style="flex:1;height:{self.random.randrange(5, 100)}%;background:linear-gradient(var(--tint),#22d3ee);'
            f'border-radius:{self.random.randrange(7)}px {self.random.randrange(7)}px 0 0"></i>'
            for _ in range(self.random.randrange(3, 15))
        )
        return f"<div{self.effects('display:flex; align-items:end; gap:{f}px; width:{h}px; height:60px')}>{bars}</div>"

    def columns(self) -> str:
        style = self.style("columns:3 70px; column-rule:1px dotted {c}; font-size:11px")
        return (
            f'<div{style}>{self.text()} <b style="column-span:all">Across</b> {self.text()}</div>'
        )

    def floats(self) -> str:
        style = self.style("float:left; shape-outside:circle(); width:54px; height:54px")
        return f'<div{self.style("font-size:12px; display:flow-root")}><img alt="" class="avatar" src="assets/badge.svg"{style}>{self.text()} {self.text()}</div>'

    def cube(self) -> str:
        faces = "".join(
            f'<i{self.style("position:absolute; inset:0; backface-visibility:hidden; background:{c}; opacity:.8")[:-1]};transform:rotateY({turn}deg) translateZ(25px)"></i>'
            for turn in (0, 90, 180, 270)
        )
        style = self.style(
            "position:relative; width:50px; height:50px; transform-style:preserve-3d; "
            "transform:perspective(300px) rotateX(-20deg) rotateY({a}deg)"
        )
        return f"<div{style}>{faces}</div>"

    def glass(self) -> str:
        over = self.effects(
            "position:absolute; inset:20% -8px 10% 30%; backdrop-filter:blur({n}px); border:1px solid #fff8; background:#fff3"
        )
        return (
            f'<div style="position:relative;width:150px;height:80px;background:url(assets/badge.svg) center/cover">'
            f"<div{over}>{self.text()[:12].split('<')[0]}</div></div>"
        )

    def moving(self) -> str:
        kind = self.random.choice(("enter", "turn"))
        return f'<div class="{kind}"{self.style("width:{m}px; height:24px; background:{c}; border-radius:{n}px")}></div>'

    def broken(self) -> str:
        """Text on a background that goes on from line to line."""
        style = self.style(
            "padding:2px 8px; border-radius:{n}px; background:linear-gradient({a}deg, {c}, {d}); "
            "box-decoration-break:clone; -webkit-box-decoration-break:clone; color:#fff"
        )
        return f'<p style="max-width:190px;line-height:1.8"><span{style}>{self.text()}</span></p>'

    def piece(self) -> str:
        texts = (self.paragraph, self.headline, self.decorated, self.card, self.broken)
        others = (
            self.picture,
            self.ring,
            self.drawing,
            self.table,
            self.steps,
            self.chart,
            self.columns,
            self.floats,
            self.cube,
            self.glass,
            self.moving,
        )
        made = self.random.choice((*texts, *texts, *others))()
        return f'<div class="piece"{self.effects() if self.random.random() < 0.4 else ""}>{made}</div>'

    # Arrangements

    def arranged(self, pieces: list[str]) -> str:
        kinds: tuple[Callable[[list[str]], str], ...] = (
            self.flex,
            self.flex,
            self.grid,
            self.grid,
            self.placed,
            self.stacked,
            self.flowed,
        )
        return self.random.choice(kinds)(pieces)

    def flex(self, pieces: list[str]) -> str:
        way = self.random.choice(("row", "row-reverse", "column", "column-reverse"))
        place = self.random.choice(("start", "center", "space-between", "space-evenly", "end"))
        style = self.style(
            f"display:flex; flex-flow:{way} wrap; justify-content:{place}; align-items:{self.random.choice(('center', 'baseline', 'stretch'))}",
            "gap:{f}px {n}px; padding:{f}px",
        )
        return f'<main class="fill"{style}>{"".join(pieces)}</main>'

    def grid(self, pieces: list[str]) -> str:
        columns = self.random.choice(
            (
                "1fr 2fr",
                "repeat(auto-fit, minmax(110px, 1fr))",
                "auto 33.3% 1fr",
                "2fr minmax(0, 1fr)",
            )
        )
        style = self.style(
            f"display:grid; grid-template-columns:{columns}; place-items:{self.random.choice(('center', 'start', 'stretch'))}",
            "gap:{f}px; padding:{n}px; grid-auto-flow:dense",
        )
        return f'<main class="fill"{style}>{"".join(pieces)}</main>'

    def placed(self, pieces: list[str]) -> str:
        """Each at a place of its own, over the edges too."""
        spots = (
            "position:absolute; left:{p}%; top:{q}%; max-width:60%",
            "position:absolute; right:{f}%; bottom:{f}%",
            "position:absolute; inset:auto 0 0 auto; max-width:50vw",
            "position:absolute; left:{v}vw; top:{v}vh; translate:{f}px",
            "position:absolute; left:calc({p}% - {m}px); top:{v}cqw; width:max-content; max-width:70vmin",
        )
        placed = (f"<div{self.style(self.random.choice(spots))}>{piece}</div>" for piece in pieces)
        return f"<main>{''.join(placed)}</main>"

    def stacked(self, pieces: list[str]) -> str:
        """One upon the other, each mixed with what is below."""
        layers = "".join(
            f"<div{self.style('grid-area:1/1; place-self:{0}'.replace('{0}', self.random.choice(('center', 'end', 'start stretch'))), self.random.choice(('', 'mix-blend-mode:screen', 'mix-blend-mode:overlay', 'opacity:.8')))}>{piece}</div>"
            for piece in pieces
        )
        return f'<main class="fill" style="display:grid;isolation:isolate">{layers}</main>'

    def flowed(self, pieces: list[str]) -> str:
        style = self.style(
            self.random.choice(("columns:2; column-gap:{n}px", "padding:{n}px", ""))
        )
        return f"<main{style}>{' '.join(pieces)}</main>"

    def whole(self) -> tuple[str, str, str]:
        """Attributes of the root, attributes of the body, content of the body."""
        random = self.random
        root = random.choice(ROOTS)
        body = self.style(random.choice(GROUNDS), random.choice(("", "", "--tint:{c}")))
        pieces = [self.piece() for _ in range(random.randrange(3, 8))]
        return root, body, self.arranged(pieces)


def layout(
    number: int, *, size: tuple[int, int] | None = None, scale: float | None = None
) -> Document:
    """Layout `number`, in a size and a scale of its own where none is asked for."""
    maker = Maker(number)
    own_size = maker.random.choice(SIZES)
    own_scale = maker.random.choice((1, 1, 1, 1, 1, 2))
    root, body, content = maker.whole()
    return document(
        f"{HEAD.format(root)}\n<body{body}>{content}</body></html>\n",
        HEAD.format(""),
        size=size or own_size,
        scale=scale or own_scale,
        version="layouts",
        assets=ASSETS,
    )
