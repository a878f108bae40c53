"""The picture that a template gives without any data, kept as pixels on disk.

It is what a recipient gets when no browser can draw: right in size and brand, with nobody's name.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from itertools import product
from pathlib import Path

import structlog

from service.catalogue.template import Template
from service.errors import ServiceError
from service.imaging.encode import PictureInvalid, Wanted
from service.imaging.fitting import Finished, convert_within
from service.model import Format, Image, RenderRequest
from service.render.plan import Plan
from service.render.renderer import Renderer

log = structlog.get_logger(__name__)

MOST = 48
"""Pictures kept for one template at the most: sizes, then languages, then themes."""


class Generics:
    """Makes and keeps the generic pictures of every template's current version."""

    def __init__(self, folder: Path, renderer: Renderer, encoder: ThreadPoolExecutor) -> None:
        self._folder = folder
        self._renderer = renderer
        self._encoder = encoder

    async def keep(self, template: Template, request: RenderRequest) -> int:
        """Draw what is not yet on disk; `request` asks for the template with no values.

        Returns the number of pictures kept. A failure is logged: the tile is below this rung. A
        degraded picture is not kept, because it would stand in for a whole one for ever.
        """
        manifest = template.manifest
        themes = manifest.themes or (None,)
        wanted = product(themes, manifest.languages, manifest.sizes)
        kept = 0
        for theme, language, size in list(wanted)[:MOST]:
            asked = replace(request, format=Format.PNG, size=size, language=language, theme=theme)
            try:
                plan = self._renderer.plan(asked)
                path = self._path(plan)
                if await asyncio.to_thread(path.exists):
                    continue
                image = await self._renderer.draw(plan)
                if image.degraded:
                    continue
                await asyncio.to_thread(_write, path, image.body)
                kept += 1
            except (ServiceError, OSError) as error:
                log.warning("generic_not_kept", template=template.name, error=type(error).__name__)
        return kept

    def sweep(self, older_than: timedelta) -> None:
        """Drop the pictures of versions that were made so long ago. Blocks on the disk."""
        oldest = time.time() - older_than.total_seconds()
        for folder in self._folder.glob("*"):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)

    async def find(self, plan: Plan) -> Image | None:
        """The generic picture for what `plan` asks, in its size and format; None if none is kept.

        Another language or theme is better than a tile; another size is not.
        """
        manifest = plan.template.manifest
        for language, theme in (
            (plan.language, plan.theme),
            (plan.language, manifest.theme),
            (manifest.language, manifest.theme),
        ):
            path = self._path(replace(plan, language=language, theme=theme))
            with contextlib.suppress(OSError, PictureInvalid):
                wanted = plan.wanted
                made = await asyncio.get_running_loop().run_in_executor(
                    self._encoder, _converted, path, wanted
                )
                return Image(made.body, made.format, wanted.width, wanted.height)
        return None

    def _path(self, plan: Plan) -> Path:
        """By version, size, language and theme; at the template's own scale."""
        name = f"{plan.size} {plan.language} {plan.theme}"
        digest = hashlib.blake2b(name.encode(), digest_size=10).hexdigest()
        return self._folder / plan.template.version / f"{digest}.png"


@lru_cache(maxsize=64)
def _converted(path: Path, wanted: Wanted) -> Finished:
    return convert_within(path.read_bytes(), wanted)


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
