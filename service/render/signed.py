"""The path and query by which others can ask for a picture that a key vouches for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from service.access.address import Address
from service.access.keyring import Keyring, SigningKey
from service.access.sealing import seal
from service.access.signing import signed_pairs
from service.errors import FieldProblem, InvalidData
from service.merge_tags.recipes import SENTINEL
from service.model import Format
from service.render.address import path_of


def signer(keyring: Keyring, template: str) -> SigningKey:
    """The key that signs for a template.

    Raises:
        InvalidData: there is none.
    """
    key = keyring.signer_for(template)
    if key is None:
        problem = FieldProblem("template", "invalid", "is not one that a key may sign for")
        raise InvalidData(
            "No key may sign addresses of this template.",
            hint="Add one to MERGESHOT_SIGNING_KEYS, or widen what one of them is for.",
            fields=[problem],
        )
    return key


def signed_address(keyring: Keyring, address: Address, filled: str = "") -> str:
    """An address that can be read, with a signature.

    `filled` is the query of the open fields as it is to stand there: encoded values
    (`filled_with`), or the merge tags of a platform.

    Raises:
        InvalidData: no key may sign for the template.
    """
    start = signed_opening(keyring, address)
    return "&".join(one for one in (start, filled, SENTINEL) if one)


def signed_opening(keyring: Keyring, address: Address) -> str:
    """What stands in a signed address before its open fields.

    Raises:
        InvalidData: no key may sign for the template.
    """
    pairs = signed_pairs(signer(keyring, address.template), address)
    return path_of(address.template, _extension(address), pairs)


def sealed_address(keyring: Keyring, address: Address, filled: str = "") -> str:
    """An address that cannot be read, but for its open fields; else like `signed_address`.

    Raises:
        InvalidData: no key may sign for the template.
    """
    path = sealed_opening(keyring, address)
    return f"{path}?{filled}&{SENTINEL}" if filled else path


def sealed_opening(keyring: Keyring, address: Address) -> str:
    """What stands in a sealed address before its open fields.

    Raises:
        InvalidData: no key may sign for the template.
    """
    return f"/p/{seal(signer(keyring, address.template), address)}.{_extension(address)}"


def filled_with(address: Address, values: Mapping[str, str] | None = None) -> str:
    """The query of the open fields with these values; those without one stand there empty."""
    return _query((name, (values or {}).get(name, "")) for name in address.open)


def _query(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)


def _extension(address: Address) -> str:
    known = Format.from_extension(address.format)
    return known.extension if known else address.format
