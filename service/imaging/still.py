"""The first frame of a moving picture: an animation would show whatever frame it had come to."""

from __future__ import annotations

from functools import lru_cache

import pyvips


@lru_cache(maxsize=128)
def still(body: bytes) -> bytes:
    """`body` as it is, unless it is an animated GIF, WebP or PNG: then its first frame, as PNG.

    What cannot be read is left as it is: the page will say that it could not be loaded.
    """
    if not _moves(body):
        return body
    try:
        return bytes(pyvips.Image.new_from_buffer(body, "").pngsave_buffer(compression=4))
    except pyvips.Error:
        return body


def _moves(body: bytes) -> bool:
    if body.startswith(b"GIF8"):
        try:
            image = pyvips.Image.gifload_buffer(body)
        except pyvips.Error:
            return False
        return bool(image.get_typeof("n-pages")) and image.get("n-pages") > 1
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return b"ANIM" in body[:64]
    # APNG: the control chunk stands before the picture's data.
    return body.startswith(b"\x89PNG") and b"acTL" in body[: body.find(b"IDAT")]
