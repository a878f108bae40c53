"""Reading pictures: an asset's name, a `data:` URI, or an address on the web."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from pathlib import PurePosixPath
from typing import TypeGuard

from service.catalogue.fields import ImageField
from service.catalogue.kinds.reading import Reading, Unusable
from service.imaging.sniff import MAX_PIXELS, look_at
from service.imaging.still import still
from service.model import NoteCode
from service.remote import Address, BadAddress

_DATA = re.compile(r"data:image/(png|jpe?g|webp|gif);base64,", re.IGNORECASE)
_REPAIRS = str.maketrans({" ": "+", "\r": None, "\n": None, "\t": None})
_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif", ".svg"})
_FOLDERS = ("", "assets/", "_shared/assets/")
_ALLOWED = (
    "must be the name of an asset, a data: URI of a PNG, JPEG, WebP or GIF, or an https address"
)


def read_image(field: ImageField, value: object, reading: Reading) -> str:
    """The path of an asset as a page asks for it, or a `data:` URI whose bytes were looked at.

    Or an `https` address on one of the field's hosts, in the one way of writing it: what is
    behind it is not asked here.
    """
    if not isinstance(value, str):
        raise Unusable(_ALLOWED)
    scheme = value[:6].lower()
    if scheme.startswith("data:"):
        return _read_data(field, value, reading)
    if scheme.startswith(("http:", "https:", "//")):
        return _read_address(field, value, reading)
    return _read_asset(value, reading)


def is_remote(value: object) -> TypeGuard[str]:
    """Whether a value that was read is an address on the web."""
    return isinstance(value, str) and value.startswith("https://")


def is_asset_path(path: str) -> bool:
    """Whether this can be the path of a picture inside a template's folder."""
    pure = PurePosixPath(path)
    return (
        pure.suffix.lower() in _SUFFIXES
        and not pure.is_absolute()
        and ".." not in pure.parts
        and "\\" not in path
        and ":" not in path
    )


def asset_paths(name: str) -> tuple[str, ...]:
    """Where an asset of this name may stand, in the order of looking: its own folder first."""
    return tuple(f"{folder}{PurePosixPath(name)}" for folder in _FOLDERS)


def _read_address(field: ImageField, value: str, reading: Reading) -> str:
    if not reading.remote:
        raise Unusable("is on the web, where it may be gone tomorrow: put it into assets/")
    if not field.hosts:
        raise Unusable("is on the web, and this field has no hosts that pictures may come from")
    try:
        address = Address.read(value)
    except BadAddress as error:
        raise Unusable(str(error)) from error
    if address.scheme != "https":
        raise Unusable("must be an https address, not an http one")
    if not address.fits(field.hosts):
        raise Unusable("is not on one of the hosts that this field allows")
    return str(address)


def _read_asset(name: str, reading: Reading) -> str:
    if not is_asset_path(name):
        raise Unusable(_ALLOWED)
    if reading.assets is None:
        return name
    for path in asset_paths(name):
        if path in reading.assets:
            return path
    raise Unusable("is not an asset of this template")


def _read_data(field: ImageField, value: str, reading: Reading) -> str:
    head = _DATA.match(value)
    if head is None:
        raise Unusable(_ALLOWED)
    # A plus sign that nobody encoded comes out of a query as a space; mail breaks lines.
    written = value[head.end() :].translate(_REPAIRS)
    if len(written) * 3 // 4 > field.max_bytes + 2:
        raise Unusable(f"is too large: {field.max_bytes} bytes are allowed")
    try:
        body = b64decode(written + "=" * (-len(written) % 4), validate=True)
    except (Base64Error, ValueError) as error:
        raise Unusable("is not valid base64") from error
    if len(body) > field.max_bytes:
        raise Unusable(f"is too large: {field.max_bytes} bytes are allowed")
    said = head[1].lower().replace("jpg", "jpeg")
    raster = look_at(body)
    if raster is None or raster.type != said:
        raise Unusable(f"is not the {said} that it says it is")
    if raster.width * raster.height > MAX_PIXELS:
        raise Unusable("has too many pixels: 32 megapixels are allowed")
    unmoved = still(body)
    if unmoved != body:
        reading.note(NoteCode.REPAIRED, "was an animation; its first frame was taken")
        return f"data:image/png;base64,{b64encode(unmoved).decode()}"
    canonical = b64encode(body).decode()
    if canonical.rstrip("=") != value[head.end() :].rstrip("="):
        reading.note(
            NoteCode.REPAIRED,
            "was not plain base64; plus signs were put back, or line ends taken out",
        )
    return f"data:image/{said};base64,{canonical}"
