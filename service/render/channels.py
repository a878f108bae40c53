"""Whole tags for a channel: where a plan's address meets a platform's way of writing.

What stands in the address before the open fields is the business of a `Prefix`, so that a
signature, which covers exactly that, is added in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from service.access.keyring import Keyring
from service.catalogue.fields import FieldKeys
from service.catalogue.mistakes import closest
from service.catalogue.names import Names
from service.catalogue.template import Template
from service.catalogue.wording import as_shown, wording
from service.errors import BadRequest
from service.merge_tags import recipes
from service.merge_tags.field_names import name_given, name_on
from service.merge_tags.pasting import TITLES
from service.merge_tags.platforms import Platform
from service.merge_tags.recipes import Address, Opened, Recipe, Shown, place
from service.model import Format, RenderRequest
from service.render.address import plain_address
from service.render.plan import Plan
from service.render.signed import sealed_opening
from service.render.vouching import said

WEB, OG = "web", "og"
CHANNELS: Mapping[str, str] = {
    **{platform.value: title for platform, title in TITLES.items()},
    WEB: "A web page",
    OG: "Links that are shared",
}
"""What there are tags for: the name, and what people call it."""

_SAFE_IN_MAIL = frozenset({Format.PNG, Format.JPEG})
_DENSITIES = (1.0, 2.0)

Prefix = Callable[[Plan, RenderRequest, tuple[str, ...]], str]
"""Makes an absolute address of a plan, the request that it was made of, and the names of the
fields that stay open: all that stands before those."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What for, which fields stay open (`None`: all that may and have no value), and their names.

    `names` are those of the platform, by field.
    """

    channel: str
    open: Collection[str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)


def plain_prefix(base: str) -> Prefix:
    """Addresses that anybody can read and change, beginning with `base`."""
    return lambda plan, request, _open: base + plain_address(plan, request)


def sealed_prefix(base: str, keyring: Keyring) -> Prefix:
    """Addresses that nobody can read or change, beginning with `base`."""
    return lambda plan, request, opened: (
        base + sealed_opening(keyring, said(plan, request, opened))
    )


def recipe(plan: Plan, request: RenderRequest, wish: Wish, prefix: Prefix) -> Recipe:
    """The tag for the picture of `plan`, which was made of `request`: all its values are pinned.

    Raises:
        BadRequest: an unknown channel or field, a field that cannot stay open, or a PDF.
    """
    if plan.format is Format.PDF:
        raise BadRequest(
            "A PDF is shown by no page.", hint="Choose another format, or link to its address."
        )
    if wish.channel == WEB:
        made = _web(plan, request, prefix)
    elif wish.channel == OG:
        words = plan.wording
        shown = Shown(plan.width, plan.height, words.alt, words.link)
        size = {"width": plan.wanted.width, "height": plan.wanted.height}
        made = recipes.og(prefix(plan, request, ()), shown, **size)
    else:
        made = _mail(platform_of(wish.channel), plan, request, wish, prefix)
    base = prefix(plan, request, ())
    return replace(made, warnings=(*made.warnings, *_warnings(plan, wish.channel, base)))


def platform_of(name: str) -> Platform:
    """The platform of this name.

    Raises:
        BadRequest: when there is none.
    """
    try:
        return Platform(name.strip().lower())
    except ValueError as error:
        raise BadRequest(
            f"There is no platform {name!r}{closest(name, CHANNELS)}.",
            hint=f"Known are {', '.join(CHANNELS)}.",
        ) from error


def may_open(template: Template, pinned: Collection[str] = ()) -> tuple[str, ...]:
    """The fields that a platform may fill in, besides those that have a value already."""
    fields = template.manifest.fields
    names = Names(fields)
    taken = {names.meant(one) or names.meant(one.partition(".")[0]) for one in pinned}
    return tuple(
        name
        for name, one in fields.items()
        if one.merge and one.source == "request" and name not in taken
    )


def _mail(
    platform: Platform, plan: Plan, request: RenderRequest, wish: Wish, prefix: Prefix
) -> Recipe:
    opened = _opened(platform, plan, request, wish)
    words = wording(
        plan.template, plan.filled, plan.language, {name: place(name) for name in opened}
    )
    shown = Shown(plan.width, plan.height, words.alt, words.link)
    fields = tuple(opened)
    return recipes.mail(platform, Address(prefix(plan, request, fields), fields), shown, opened)


def _web(plan: Plan, request: RenderRequest, prefix: Prefix) -> Recipe:
    scales = [one for one in _DENSITIES if one in plan.template.manifest.scales]
    if request.scale is not None or not scales:
        scales = [plan.scale]
    words = plan.wording
    sources = {scale: prefix(replace(plan, scale=scale), request, ()) for scale in scales}
    return recipes.web(sources, Shown(plan.width, plan.height, words.alt, words.link))


def _opened(
    platform: Platform, plan: Plan, request: RenderRequest, wish: Wish
) -> dict[str, Opened]:
    """The open fields in the template's order, each with its name there and what stands in."""
    fields = plan.template.manifest.fields
    may = may_open(plan.template, request.values)
    told = {_field(plan.template, name, may): name for name in wish.names}
    wanted = may if wish.open is None else {_field(plan.template, one, may) for one in wish.open}
    open_fields = [one for one in may if one in wanted or one in told]
    shown = as_shown(plan.template, plan.filled, plan.language, open_fields)
    opened = {}
    for name in open_fields:
        called = (
            _name(platform, wish.names[told[name]]) if name in told else name_on(platform, name)
        )
        fallback = _fallback(fields[name], plan)
        opened[name] = Opened(called, fallback, shown[name] if fallback else "")
    return opened


def _field(template: Template, written: str, may: Collection[str]) -> str:
    """The field that is meant, if it can stay open."""
    fields = template.manifest.fields
    name = Names(fields).meant(written)
    if name is None:
        raise BadRequest(
            f"{template.name} has no field {written!r}{closest(written, fields)}.",
            hint=f"Its fields are {', '.join(fields)}.",
        )
    if name not in may:
        raise BadRequest(
            f"{name} cannot be filled in by a platform: it has a value already, is set by rules, "
            "or is of a kind that must not stay open.",
            hint=f"These can: {', '.join(may)}.",
        )
    return name


def _name(platform: Platform, written: str) -> str:
    try:
        return name_given(platform, written)
    except ValueError as error:
        raise BadRequest(
            f"This cannot be the name of a field on {TITLES[platform]}.",
            hint=f"Give the name alone, without the signs around it: "
            f"--map first_name={name_on(platform, 'first_name')}",
        ) from error


def _fallback(one: FieldKeys, plan: Plan) -> str:
    """A field's fallback as an address would say it; empty where it is no text and no day."""
    by_language = one.fallbacks
    manifest = plan.template.manifest
    value = one.fallback
    if by_language is not None:
        value = by_language.get(plan.language, by_language.get(manifest.language))
    return str(value) if isinstance(value, str | date) else ""


def _warnings(plan: Plan, channel: str, address: str) -> Iterator[str]:
    if channel not in {WEB, OG} and plan.format not in _SAFE_IN_MAIL:
        yield f"Not every mail program shows {plan.format.value}: PNG and JPEG are safe."
    if not address.startswith("https://"):
        yield (
            "The address is not public: mail programs and networks want https. Set "
            "MERGESHOT_PUBLIC_URL to what the world knows this service by."
        )
