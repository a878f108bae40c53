"""What a manifest's keys say together: each is right alone, and still they may not fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.catalogue.written import Mistake, Written

if TYPE_CHECKING:
    from service.catalogue.manifest import Manifest


def check(manifest: Manifest, written: Written) -> Iterator[Mistake]:
    """Every mistake that only shows when one key is seen beside the others."""
    yield from _check_sizes(manifest, written)


def _check_sizes(manifest: Manifest, written: Written) -> Iterator[Mistake]:
    scale = max(manifest.scales)
    for name, size in manifest.sizes.items():
        if not size.fits(scale):
            path = ("sizes", name) if name in written.declared("sizes") else ("width",)
            yield (
                path,
                f"{size.width} x {size.height} at scale {scale:g} is too large; allowed are 8192 "
                "pixels a side and 32 megapixels: give fewer scales, or a smaller size",
            )
