"""The text of a template's files, whatever editor they were saved with."""

from __future__ import annotations

import tomllib

from service.errors import ManifestError, ManifestProblem


def decoded(body: bytes) -> str:
    """UTF-8 text without a byte order mark, each line ended by `\\n` alone.

    Raises:
        UnicodeDecodeError: the bytes are no UTF-8.
    """
    return body.decode("utf-8-sig").replace("\r\n", "\n")


def read_toml(body: bytes, file: str) -> dict[str, object]:
    """The tables of a small TOML file beside the manifest: texts, a theme.

    Raises:
        ManifestError: naming `file`, and the line where TOML ends and the mistake begins.
    """
    try:
        return tomllib.loads(decoded(body))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError([ManifestProblem(file, "", f"not valid TOML: {error}")]) from error
