"""The composition root: every part is built here, once, in order, and closed in reverse.

`open_renderer` is for everybody who draws: the server and the commands. `create_app` puts HTTP
around it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

import structlog
from aiohttp import web

from service.access.keyring import Keyring, open_keyring
from service.browser.fleet import Fleet
from service.browser.hiring import Hired, cores, start_fleet
from service.cache.cache import ImageCache, open_cache
from service.catalogue.catalogue import Catalogue
from service.catalogue.versions import TemplateStore
from service.config import Settings, installation_secret
from service.errors import ConfigError, ServiceError
from service.fetch.copies import Copies
from service.fetch.fetcher import Fetcher
from service.fetch.web import Web
from service.imaging.threads import encoder_threads
from service.model import Image, RenderRequest
from service.render.campaign import MIGRATIONS, Campaigns
from service.render.fingerprint import fingerprint
from service.render.flight import LocalFlight
from service.render.generic import Generics
from service.render.guest import HtmlRenderer
from service.render.ladder import Ladder
from service.render.photograph import Photographer
from service.render.plan import Planner
from service.render.renderer import Renderer
from service.render.spotcheck import SpotChecks
from service.storage.sqlite import Database
from service.web import MIDDLEWARES, ROUTES, keys
from service.web.access import refuse_undeclared
from service.web.decisions import DECISIONS, Decisions
from service.web.described import refuse_undescribed
from service.web.description import DOCUMENT, Description

log = structlog.get_logger(__name__)

Housekeeping = Callable[[], Coroutine[Any, Any, None]]
One = TypeVar("One")
Other = TypeVar("Other")

_SPARE = 2
"""Threads that make what stands in for pictures: it must not wait behind those being encoded."""

_OPENING, _REHEARSED = 1.0, 3
"""Seconds until most windows are open; templates that stand on all of them from then on."""

_DAY = 86_400.0
_SOON, _AGAIN = 10.0, 300.0
"""Seconds after which generic pictures that could not be made are tried again: first and last."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a server or a command works with.

    `failed` is set when the browser keeps dying and nobody here can help it. `housekeeping` are
    loops that a server runs beside its requests, until it cancels them.
    """

    catalogue: keys.Catalogue
    renderer: keys.Renderer
    ladder: keys.Ladder
    html: keys.HtmlRenderer
    campaigns: keys.Campaigns
    keyring: Keyring
    failed: asyncio.Event
    probes: Mapping[str, keys.Probe]
    figures: keys.Figures
    housekeeping: tuple[Housekeeping, ...] = ()


PartsFactory = Callable[[], AbstractAsyncContextManager[Parts]]


@asynccontextmanager
async def open_renderer(
    settings: Settings,
    *,
    development: bool,
    web: Web | None = None,
    starting: Awaitable[Hired] | None = None,
) -> AsyncIterator[Parts]:
    """Everything that drawing needs, browser included.

    `web` fetches pictures, where a test has one of its own; `starting` are browsers begun already.

    Raises:
        StartupError: when a part cannot start as things are.
    """
    async with AsyncExitStack() as stack:
        secret = installation_secret(settings)
        cache = _closed(stack, open_picture_cache(settings, secret))
        campaigns = _closed(stack, open_campaigns(settings, secret))
        encoder = _shut_after(stack, encoder_threads(cores(), "encoder"))
        catalogue, (fleet, line) = await both(
            asyncio.to_thread(open_catalogue, settings, open_store(settings)),
            _open_fleet(stack, starting or start_fleet(settings, forgiving=development)),
        )
        planner = Planner(catalogue, secret=secret, fingerprint=line)
        copies = open_copies(settings, secret)
        fetcher = await stack.enter_async_context(open_fetcher(copies, web))
        photographer, checks = Photographer(fleet, encoder), SpotChecks(fleet)
        parts = (planner, photographer, cache, LocalFlight(), fetcher, checks)
        renderer = _closed(stack, Renderer(*parts, timeout=settings.timeout.total_seconds()))
        generics, ladder = _open_ladder(stack, settings, renderer, development=development)
        housekeeping: tuple[Housekeeping, ...] = (
            partial(keep_generics, generics, catalogue, settings.keep_versions),
            partial(sweep_versions, catalogue, settings.keep_versions),
            partial(sweep_copies, copies),
            partial(rehearse, renderer, campaigns, fleet.figures),
            *(campaigns.keep, checks.keep),
            *([catalogue.watch] if development else []),
        )
        yield Parts(
            catalogue,
            renderer,
            ladder,
            _html_renderer(settings, photographer, encoder, fetcher),
            campaigns,
            open_signing_keys(settings, secret),
            failed=fleet.failed,
            probes={"browser": lambda: "" if fleet.ready else "it draws nothing at the moment"},
            figures=fleet.figures,
            housekeeping=housekeeping,
        )


async def both(one: Awaitable[One], other: Awaitable[Other]) -> tuple[One, Other]:
    """Both results, side by side; neither is left under way when the other fails."""
    first, second = await asyncio.gather(one, other, return_exceptions=True)
    if isinstance(first, BaseException):
        raise first
    if isinstance(second, BaseException):
        raise second
    return first, second


def _open_ladder(
    stack: AsyncExitStack, settings: Settings, renderer: Renderer, *, development: bool
) -> tuple[Generics, Ladder]:
    spare = _shut_after(stack, ThreadPoolExecutor(_SPARE, thread_name_prefix="ladder"))
    generics = Generics(settings.data_dir / "generic", renderer, spare)
    wait = settings.image_wait.total_seconds()
    return generics, Ladder(renderer, generics, spare, wait=wait, development=development)


def _html_renderer(
    settings: Settings, photographer: Photographer, encoder: ThreadPoolExecutor, fetcher: Fetcher
) -> HtmlRenderer:
    timeout = settings.timeout.total_seconds()
    return HtmlRenderer(
        photographer, encoder, fetcher, hosts=settings.image_hosts, timeout=timeout
    )


async def _open_fleet(stack: AsyncExitStack, starting: Awaitable[Hired]) -> tuple[Fleet, str]:
    """The browsers, and the line that says what they and the encoders are."""
    hired = await starting
    stack.push_async_callback(hired.fleet.close)
    return hired.fleet, await asyncio.to_thread(fingerprint, hired.builds)


class _Closable(Protocol):
    async def close(self) -> None: ...


Part = TypeVar("Part", bound=_Closable)


def _closed(stack: AsyncExitStack, part: Part) -> Part:
    """The part, which is closed at the end."""
    stack.push_async_callback(part.close)
    return part


def _shut_after(stack: AsyncExitStack, threads: ThreadPoolExecutor) -> ThreadPoolExecutor:
    stack.callback(threads.shutdown)
    return threads


def open_store(settings: Settings) -> TemplateStore:
    """Where every version of a template that was ever served is kept."""
    return TemplateStore(settings.data_dir / "templates")


def open_catalogue(settings: Settings, store: TemplateStore) -> Catalogue:
    """The templates, read once. What cannot be read is logged by the catalogue, and left out.

    Raises:
        ConfigError: when there is no folder of templates.
    """
    folder = settings.templates_dir
    if not folder.is_dir():
        raise ConfigError(
            f"MERGESHOT_TEMPLATES_DIR: there is no folder {folder}",
            hint="Start in the folder that holds html_templates, or give another one.",
        )
    catalogue = Catalogue(folder, store)
    catalogue.load_all()
    return catalogue


def open_picture_cache(settings: Settings, secret: bytes) -> ImageCache:
    """The pictures in memory and on disk."""
    return open_cache(
        memory_bytes=settings.cache_memory,
        disk_bytes=settings.cache_disk,
        folder=settings.data_dir / "pictures",
        secret=secret,
    )


def open_signing_keys(settings: Settings, secret: bytes) -> Keyring:
    """The keys that sign and seal addresses.

    Raises:
        ConfigError: one that cannot be used.
    """
    written = settings.signing_keys
    return open_keyring(written.get_secret_value() if written else "", secret)


def open_campaigns(settings: Settings, secret: bytes) -> Campaigns:
    """What is counted of campaigns, beside what other processes count in the same folder."""
    return Campaigns(Database(settings.data_dir / "health.sqlite", MIGRATIONS), secret)


async def keep_generics(generics: Generics, catalogue: Catalogue, older_than: timedelta) -> None:
    """Have the picture without data of every template on disk, also after a template changed."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()
    # The catalogue reads folders in a thread, and says there that one has changed.
    catalogue.on_change.append(lambda _: _wake(loop, changed))
    pause = _SOON
    while True:
        changed.clear()
        for name in catalogue.names():
            request = RenderRequest(template=name, values={}, at=datetime.now(UTC))
            await generics.keep(catalogue.get(name), request)
        await asyncio.to_thread(generics.sweep, older_than)
        # What failed is tried again, at first soon: it may have been another template's fault,
        # whose pages hung just then.
        try:
            await asyncio.wait_for(changed.wait(), pause)
            pause = _SOON
        except TimeoutError:
            pause = min(2 * pause, _AGAIN)


async def rehearse(renderer: Renderer, campaigns: Campaigns, figures: keys.Figures) -> None:
    """Have the busiest templates stand on all pages, before they are asked for again.

    Only plans of a template without data are drawn: what it needs besides, every picture needs.
    """
    await asyncio.sleep(_OPENING)
    for name in await campaigns.busiest(_REHEARSED):
        with suppress(ServiceError):  # gone since, or broken: who asks for it will be told
            plan = renderer.plan(RenderRequest(template=name, values={}, at=datetime.now(UTC)))
            drawings = (renderer.rehearse(plan) for _ in range(figures()["pages"]))
            await asyncio.gather(*drawings, return_exceptions=True)


def _wake(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    loop.call_soon_threadsafe(event.set)


async def sweep_versions(catalogue: Catalogue, older_than: timedelta) -> None:
    """Let go of versions that nobody was served for so long; once a day, the first at once."""
    while True:
        gone = await asyncio.to_thread(catalogue.sweep, older_than)
        log.info("versions_swept", gone=gone)
        await asyncio.sleep(_DAY)


def open_copies(settings: Settings, secret: bytes) -> Copies:
    """The pictures that were fetched from the web, on disk."""
    return Copies(settings.data_dir / "remote", secret)


@asynccontextmanager
async def open_fetcher(copies: Copies, web: Web | None = None) -> AsyncIterator[Fetcher]:
    """The one way out, for as long as the block runs; see `open_renderer` for `web`."""
    fetcher = Fetcher(web or Web(), copies)
    try:
        yield fetcher
    finally:
        await fetcher.close()


async def sweep_copies(copies: Copies) -> None:
    """Let go of copies that are too old to be shown; once a day, the first at once."""
    while True:
        await asyncio.to_thread(copies.sweep)
        await asyncio.sleep(_DAY)


def create_app(
    open_parts: PartsFactory, settings: Settings, *, development: bool
) -> web.Application:
    """The web application. Its parts are opened when it starts and closed when it ends.

    Raises:
        StartupError: when a route does not say who may call it, or what it takes and answers.
    """
    app = web.Application(middlewares=MIDDLEWARES)
    app[keys.DEVELOPMENT] = development
    app[keys.ADMIN_KEY] = settings.admin_key.get_secret_value() if settings.admin_key else ""
    app[keys.PUBLIC_URL] = settings.public_url
    app[keys.MAX_URL] = settings.max_url
    app[keys.IMAGE_WAIT] = settings.image_wait.total_seconds()
    app[keys.ASIDE] = set()
    app[DECISIONS] = Decisions()
    app[keys.DRAINING] = asyncio.Event()
    app[DOCUMENT] = Description(ROUTES, development=development)
    app.add_routes(ROUTES)
    refuse_undeclared(app)
    refuse_undescribed(ROUTES)

    async def parts_while_serving(app: web.Application) -> AsyncIterator[None]:
        async with open_parts() as parts:
            app[keys.CATALOGUE] = parts.catalogue
            app[keys.RENDERER] = parts.renderer
            app[keys.LADDER] = parts.ladder
            app[keys.HTML] = parts.html
            app[keys.CAMPAIGNS] = parts.campaigns
            app[keys.KEYRING] = parts.keyring
            app[keys.PROBES] = parts.probes
            app[keys.FIGURES] = parts.figures
            app[keys.FAILED] = parts.failed
            async with beside(parts.housekeeping), aside(app[keys.ASIDE]):
                yield

    app.cleanup_ctx.append(parts_while_serving)
    return app


@asynccontextmanager
async def beside(housekeeping: tuple[Housekeeping, ...]) -> AsyncIterator[None]:
    """Run `housekeeping` for as long as the block runs; one that breaks breaks nothing else."""
    tasks = [asyncio.create_task(_kept(loop)) for loop in housekeeping]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def aside(drawings: set[asyncio.Task[Image]]) -> AsyncIterator[None]:
    """Let go of whoever waits for `drawings` at the end; those go on, and the renderer waits."""
    try:
        yield
    finally:
        for task in drawings:
            task.cancel()
        await asyncio.gather(*drawings, return_exceptions=True)


async def _kept(housekeeping: Housekeeping) -> None:
    try:
        await housekeeping()
    except Exception as error:
        # Pictures matter more than reloading or sweeping; the line says which of them stopped.
        log.exception("housekeeping_stopped", exc_info=error)
