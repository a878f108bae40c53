"""The keys that sign and seal addresses: which signs, which verify, and for which templates."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from service.errors import ConfigError

DERIVED = "0"
"""The id of the key that is made of the installation's secret."""

_SETTING = "MERGESHOT_SIGNING_KEYS"
_KID = re.compile(r"[A-Za-z0-9._-]{1,32}")
_SECRET = re.compile(r"[A-Za-z0-9._~+/=-]*")
_SHORTEST = 16
_PATTERN = re.compile(r"[a-z0-9*?-]+(?:/[a-z0-9*?-]+)?")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key. `kid` names it in addresses; `templates` are the patterns of names that it is for.

    No pattern means every template. The secret is never part of what `repr` shows.
    """

    kid: str
    secret: bytes = field(repr=False)
    templates: tuple[str, ...] = ()

    def is_for(self, template: str) -> bool:
        """Whether addresses of this template may be signed with it. `*` does not cross a `/`."""
        return not self.templates or any(_fits(template, one) for one in self.templates)


class Keyring:
    """Keys in their order. `keys` sign, the first that may; `retired` only verify."""

    def __init__(self, keys: tuple[SigningKey, ...], retired: tuple[SigningKey, ...] = ()) -> None:
        self._keys = keys
        self._by_kid = {key.kid: key for key in (*keys, *retired)}

    def find(self, kid: str) -> SigningKey | None:
        """The key of this id; None if there is none."""
        return self._by_kid.get(kid)

    def signer_for(self, template: str) -> SigningKey | None:
        """The first key that may sign for this template; None if none may."""
        return next((key for key in self._keys if key.is_for(template)), None)


def open_keyring(setting: str, installation_secret: bytes) -> Keyring:
    """The keys that the setting lists, `kid:secret[:acme/*],…`; the first signs.

    If it lists none, a key is made of the installation's secret. That key goes on verifying when
    the setting is given later, so that addresses once sent keep working.

    Raises:
        ConfigError: with one line for every key that cannot be used. It never repeats one.
    """
    derived = SigningKey(DERIVED, _derived(installation_secret))
    written = [one for one in re.split(r"[,\s]+", setting) if one]
    if not written:
        return Keyring((derived,))
    keys, problems, seen = [], [], {DERIVED}
    for number, text in enumerate(written, 1):
        kid, _, rest = text.partition(":")
        secret, *templates = rest.split(":")
        wrong = list(_problems(kid, secret, templates))
        if kid in seen and not wrong:
            wrong = [f"its id is {'ours' if kid == DERIVED else 'taken by a key before it'}"]
        seen.add(kid)
        problems += [f"{_SETTING}: key {number}: {one}" for one in wrong]
        keys.append(SigningKey(kid, secret.encode(), tuple(templates)))
    if problems:
        raise ConfigError(
            "\n".join(problems),
            hint="Write kid:secret or kid:secret:acme/*, separated by commas; the first signs.",
        )
    return Keyring(tuple(keys), (derived,))


def _problems(kid: str, secret: str, templates: list[str]) -> Iterator[str]:
    """What is wrong with a key, without a word of it: ids and secrets are easily swapped."""
    if _KID.fullmatch(kid) is None:
        yield "an id of 1 to 32 letters, digits, '.', '_' and '-' comes first"
    if len(secret) < _SHORTEST:
        yield f"after ':' comes a secret of at least {_SHORTEST} characters"
    elif _SECRET.fullmatch(secret) is None:
        yield "a secret has letters, digits and . _ ~ + / = - alone"
    if any(_PATTERN.fullmatch(one) is None for one in templates):
        yield "after a second ':' come names of templates, such as ticket or acme/*"


def _fits(template: str, pattern: str) -> bool:
    names, wanted = template.split("/"), pattern.split("/")
    return len(names) == len(wanted) and all(map(fnmatchcase, names, wanted))


def _derived(secret: bytes) -> bytes:
    digest = hmac.digest(secret, b"mergeshot: signing key", hashlib.sha256)
    return urlsafe_b64encode(digest).rstrip(b"=")
