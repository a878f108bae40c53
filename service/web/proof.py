"""Who vouches for the address of a picture, and which of its values may be used.

A key does, by a signature in the query or a sealed token in the path; or nobody has to, because
the template is public; or whoever asks is trusted already. An address that proves nothing is worth
the picture without its values. Why it was refused is for our log alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import structlog

from service.access.address import Reason, named_in
from service.access.keyring import Keyring
from service.access.sealing import Opened
from service.access.signing import verify
from service.catalogue.template import Template
from service.model import fold
from service.web.access import Verdict, verdict
from service.web.query import Asked

log = structlog.get_logger(__name__)

_CHOOSES_A_GENERIC = ("_size", "_scale", "_lang", "_theme")
"""What may be used of an address that nobody vouched for.

Each of these chooses from a short list of the template's own; a quality or a version would let a
stranger have any number of pictures made.
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the holder of a key, or everybody in development; `now`, seconds since 1970."""

    now: float
    keyed: bool = False
    development: bool = False

    @property
    def trusted(self) -> bool:
        """Whether it needs no signature."""
        return self.keyed or self.development


@dataclass(frozen=True, slots=True)
class Proof:
    """What may be used of an address. Where `allowed` is False, that is no value at all.

    `expires` is when the address stops being good, in seconds since 1970; None for never.
    """

    asked: Asked
    allowed: bool
    expires: int | None = None


def prove(
    keyring: Keyring, template: Template, named: str, extension: str, asked: Asked, caller: Caller
) -> Proof:
    """Judge an address that can be read. `named` is the template's name as it stands there.

    A signature is looked at wherever there is one, also in development, so that a designer sees
    what recipients will.

    Raises:
        Unauthenticated: the template is for key holders alone.
    """
    access = template.manifest.access
    believed = verdict(access, trusted=caller.trusted) is Verdict.ALLOWED
    if "_sig" not in asked.reserved or caller.keyed:
        return (
            Proof(asked, allowed=True) if believed else _refused(asked, template, Reason.MISSING)
        )
    judged = verify(
        keyring,
        named,
        extension,
        asked.pairs,
        declared=_names(template),
        closed=_closed(template),
        now=caller.now,
    )
    if judged.ok:
        return Proof(asked.only(judged.may_use), allowed=True, expires=judged.expires)
    if access == "public" and judged.reason is not Reason.EXPIRED:
        return Proof(asked, allowed=True)  # whoever has no signature may ask for it as well
    return _refused(asked, template, judged.reason)


def prove_sealed(template: Template, opened: Opened, asked: Asked, caller: Caller) -> Proof:
    """Put together what a token says and what was left open in it.

    Raises:
        Unauthenticated: the template is for key holders alone.
    """
    if template.manifest.access == "key":
        verdict("key", trusted=caller.trusted)
    address = opened.address
    if address is None or opened.reason is not None:
        ours = address.ours if address else {}
        return _refused(replace(asked, reserved=dict(ours)), template, opened.reason)
    closed = _closed(template)
    left = frozenset(name for name in address.open if name not in closed)
    usable = asked.only(lambda name: named_in(name, left))
    whole = replace(
        usable,
        values={**address.values, **usable.values},
        reserved={**usable.reserved, **address.ours},
    )
    return Proof(whole, allowed=True, expires=address.expires)


def _refused(asked: Asked, template: Template, reason: Reason | None) -> Proof:
    if reason is not Reason.MISSING:
        log.warning("address_refused", template=template.name, reason=reason)
    kept = {name: asked.reserved[name] for name in _CHOOSES_A_GENERIC if name in asked.reserved}
    bare = Asked({}, kept, strict=asked.strict, download=asked.download)
    return Proof(bare, allowed=False)


def _names(template: Template) -> Collection[str]:
    """The names and aliases by which a request may fill fields, as they are compared."""
    fields = template.manifest.fields
    return {fold(one) for name, field in fields.items() for one in (name, *field.aliases)}


def _closed(template: Template) -> Collection[str]:
    """Those of them that no signature can leave open."""
    fields = template.manifest.fields
    return {
        fold(one)
        for name, field in fields.items()
        if not field.merge or field.source != "request"
        for one in (name, *field.aliases)
    }
