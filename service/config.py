"""The settings: every `MERGESHOT_*` variable, its default and its meaning, in one class.

`docs/configuration.md` and `mergeshot config` are made from the descriptions below.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import IO, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ByteSize,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, SettingsConfigDict
from pydantic_settings.sources import PydanticBaseSettingsSource

from service.errors import ConfigError
from service.remote import BadAddress, host_pattern

PREFIX = "MERGESHOT_"
SECRETS = frozenset({"secret", "signing_keys", "admin_key"})
"""Settings that may also be given as a file's path, in `MERGESHOT_…_FILE`."""

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


def _duration(text: object) -> object:
    """Read `500ms`, `30s`, `5m`, `12h`, `400d`; a bare number is seconds."""
    if not isinstance(text, str):
        return text
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?\s*", text)
    if match is None:
        raise ValueError("a duration such as 500ms, 30s, 5m, 12h or 400d is allowed")
    return timedelta(seconds=float(match[1]) * _UNITS[match[2] or "s"])


Duration = Annotated[timedelta, BeforeValidator(_duration)]


def _count_or_auto(text: object) -> object:
    return None if isinstance(text, str) and text.strip().lower() == "auto" else text


def _listed(text: object) -> object:
    """Read `cdn.example.com, *.example.org`."""
    if isinstance(text, str):
        return tuple(one.strip() for one in text.split(",") if one.strip())
    return text


def _host_pattern(text: str) -> str:
    try:
        return host_pattern(text)
    except BadAddress as error:
        raise ValueError(
            "hosts such as cdn.example.com, *.example.com or * for any are allowed"
        ) from error


CountOrAuto = Annotated[int | None, BeforeValidator(_count_or_auto)]

Hosts = Annotated[
    tuple[Annotated[str, AfterValidator(_host_pattern)], ...], NoDecode, BeforeValidator(_listed)
]


class Settings(BaseSettings):
    """How one installation runs. Make it with `Settings.read(os.environ)`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str = Field(
        "",
        description="Where the outside reaches this server, such as `https://img.example.com`. "
        "All addresses we print start with it. Empty: made from host and port.",
    )
    data_dir: Path = Field(
        Path("data"),
        description="Folder for pictures on disk, kept template versions and secrets.",
    )
    templates_dir: Path = Field(Path("html_templates"), description="Folder of template folders.")
    secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="Secret that keys cache entries and addresses. Not given: made once and kept "
        "in the data folder, readable by its owner only.",
    )
    signing_keys: SecretStr | None = Field(
        None,
        description="Keys that sign and seal addresses: `kid:secret`, or `kid:secret:acme/*` for "
        "some templates alone; several are separated by commas or spaces. The first that may "
        "signs, all verify. Secrets have at least 16 letters, digits and `. _ ~ + / = -`. "
        "Not given: one made of the secret above.",
    )
    admin_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="Key of the operator, sent as `Authorization: Bearer …`: opens `/metrics`, "
        "`/healthz`, `/version`, the catalogue, and the pictures of every template. "
        "Not given: nobody has it.",
    )
    chromium: Path | None = Field(
        None, description="The browser to use. Empty: the first that is found, see operations.md."
    )
    surface: Literal["auto", "window", "headless"] = Field(
        "auto",
        description="How pictures are taken: from the `window` of a browser on a virtual screen, "
        "which is two to three times as fast and needs Xvfb and a full Chromium, or by a "
        "`headless` browser. `auto` takes windows where both are found.",
    )
    engines: CountOrAuto = Field(
        None,
        ge=1,
        le=64,
        description="Browsers to run; `auto` is one for each four cores with windows, one for "
        "each two without.",
    )
    pages: CountOrAuto = Field(
        None,
        ge=1,
        le=64,
        description="Standing pages, or windows, in each browser; `auto` is four windows, or "
        "three pages.",
    )
    queue_max: int = Field(
        200, ge=0, description="Drawings that may wait for a page before the queue counts as full."
    )
    timeout: Duration = Field(
        timedelta(seconds=15),
        description="The longest that one drawing may take, waiting included.",
    )
    image_wait: Duration = Field(
        timedelta(seconds=5),
        description="How long an image address waits for its drawing before it answers with the "
        "next best picture.",
    )
    recycle_after: int = Field(
        5000,
        ge=10,
        description="Pictures after which a browser is replaced, give or take a fifth.",
    )
    cache_memory: ByteSize = Field(
        ByteSize(256 * 2**20), description="Bytes of pictures to keep in memory, such as `256MiB`."
    )
    cache_disk: ByteSize = Field(
        ByteSize(4 * 2**30),
        description="Bytes of pictures to keep on disk, such as `4GiB`; 0 keeps none.",
    )
    keep_versions: Duration = Field(
        timedelta(days=400),
        description="How long a version of a template is kept after its last day of service.",
    )
    image_hosts: Hosts = Field(
        (),
        description="Hosts from which pictures of raw HTML may come, separated by commas: "
        "`cdn.example.com`, `*.example.com` for all below it, `*` for any. Empty: none. Templates "
        "name theirs themselves.",
    )
    allow_no_sandbox: bool = Field(
        False,
        description="Run Chromium without its sandbox. For hosts that cannot offer one; logged at "
        "each start, and scripts in templates stay off outside development.",
    )
    max_url: int = Field(
        8190, ge=1024, le=65536, description="The longest request line, in bytes; longer is 414."
    )

    @field_validator("public_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^/?#\s]+(/[^?#\s]*)?", value):
            raise ValueError("an absolute http or https address is allowed")
        return value.rstrip("/")

    @property
    def base_url(self) -> str:
        """The address that every printed URL starts with, without a slash at its end."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104 - compared, not bound
        return self.public_url or f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings from `environ`.

        Raises:
            ConfigError: with one line for every variable that cannot be used, or is unknown.
        """
        problems = _unknown(environ)
        values, unreadable = _from_files(environ)
        problems += unreadable
        try:
            settings = _reader(values)()
        except ValidationError as error:
            problems += [_line(detail) for detail in error.errors(include_input=False)]
        if problems:
            raise ConfigError("\n".join(problems), hint="`mergeshot config` lists every setting.")
        return settings


def installation_secret(settings: Settings) -> bytes:
    """The secret of this installation: the one given, else one made once under the data folder.

    The file is born with mode 0600 and never overwritten, so that two processes that start
    together end with the same secret.
    """
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    path = settings.data_dir / "secret"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        # Made before, perhaps a moment ago by another process: then that one holds.
        with contextlib.suppress(FileExistsError), _born_private(path) as file:
            file.write(secrets.token_urlsafe(32))
    except OSError as error:
        raise ConfigError(
            f"{PREFIX}DATA_DIR: {settings.data_dir} cannot be written ({error.strerror})",
            hint=f"Choose a folder that this user may write, or give {PREFIX}SECRET.",
        ) from error
    return path.read_text().strip().encode()


def _born_private(path: Path) -> IO[str]:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w")


def _reader(environ: Mapping[str, str]) -> type[Settings]:
    """A Settings class that reads `environ` and nothing else, so that tests need no patching."""

    class Source(EnvSettingsSource):
        def _load_env_vars(self) -> Mapping[str, str | None]:
            return {name.lower(): value for name, value in environ.items() if value != ""}

    class Reader(Settings):
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *_: object, **__: object
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (Source(settings_cls),)

    return Reader


def _unknown(environ: Mapping[str, str]) -> list[str]:
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    known += [f"{PREFIX}{name.upper()}_FILE" for name in SECRETS]
    problems = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            problems.append(
                f"{name}: there is no such setting"
                + (f"; did you mean {close[0]}?" if close else "")
            )
    return problems


def _from_files(environ: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """`environ` with every `…_FILE` replaced by what the file holds."""
    values, problems = dict(environ), []
    for name in SECRETS:
        variable = PREFIX + name.upper()
        path = values.pop(f"{variable}_FILE", "")
        if path and values.get(variable):
            problems.append(f"{variable}: give it directly or as {variable}_FILE, not both")
        elif path:
            try:
                values[variable] = Path(path).read_text().strip()
            except OSError as error:
                problems.append(f"{variable}_FILE: {path} cannot be read ({error.strerror})")
    return values, problems


def _line(detail: Any) -> str:
    name = PREFIX + "_".join(str(part) for part in detail["loc"][:1]).upper()
    return f"{name}: {detail['msg'].removeprefix('Value error, ')}"
