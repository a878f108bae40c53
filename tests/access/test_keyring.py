"""Keys: read from one setting, the first that may signs, and no mistake repeats a secret."""

from __future__ import annotations

import pytest

from service.access.keyring import DERIVED, Keyring, SigningKey, open_keyring
from service.errors import ConfigError

INSTALLATION = b"the secret of this installation"


def test_without_keys_one_is_made_of_the_installations_secret() -> None:
    key = open_keyring("", INSTALLATION).signer_for("acme/ticket")

    assert key is not None
    assert key.kid == DERIVED
    assert len(key.secret) == 43
    assert key == open_keyring(" ", INSTALLATION).find(DERIVED)
    assert key != open_keyring("", INSTALLATION + b"!").find(DERIVED)
    assert INSTALLATION not in key.secret


def test_the_first_key_signs_and_all_verify() -> None:
    ring = open_keyring("new:0123456789abcdef, old:fedcba9876543210", INSTALLATION)
    key = ring.signer_for("ticket")

    assert key == SigningKey("new", b"0123456789abcdef")
    assert ring.find("old") == SigningKey("old", b"fedcba9876543210")
    assert ring.find("older") is None


def test_the_key_made_of_the_secret_goes_on_verifying_once_keys_are_listed() -> None:
    before = open_keyring("", INSTALLATION).find(DERIVED)

    assert open_keyring("new:0123456789abcdef", INSTALLATION).find(DERIVED) == before


def test_a_key_of_one_folder_signs_for_that_folder_alone() -> None:
    setting = "a:0123456789abcdef:acme/*:ticket b:0123456789abcdef:oth?r"
    ring = open_keyring(setting, INSTALLATION)

    def signer(template: str) -> str | None:
        key = ring.signer_for(template)
        return key.kid if key else None

    assert [signer(one) for one in ("acme/x", "ticket", "other")] == ["a", "a", "b"]
    assert [signer(one) for one in ("acme", "acme2/x", "tickets", "x/ticket")] == [None] * 4


def test_a_star_does_not_reach_into_folders() -> None:
    key = SigningKey("a", b"", ("*",))

    assert key.is_for("ticket")
    assert not key.is_for("acme/ticket")


def test_keys_may_stand_on_lines_of_a_file() -> None:
    ring = open_keyring("a:0123456789abcdef\nb:0123456789abcdef,\n", INSTALLATION)

    assert ring.find("a")
    assert ring.find("b")


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("secret-secret-secret", "key 1: after ':' comes a secret"),
        (":0123456789abcdef", "key 1: an id of 1 to 32"),
        (f"{'k' * 33}:0123456789abcdef", "key 1: an id of 1 to 32"),
        ("a b:0123456789abcdef", "key 1: after ':' comes a secret"),
        ("k:0123456789abcde", "at least 16"),
        ("k:0123456789abcdéf", "letters, digits and"),
        ("k:0123456789abcdef:", "names of templates"),
        ("k:0123456789abcdef:Acme", "names of templates"),
        ("k:0123456789abcdef:a/b/c", "names of templates"),
        ("k:0123456789abcdef,k:0123456789abcdef", "key 2: its id is taken"),
        ("0:0123456789abcdef", "key 1: its id is ours"),
    ],
)
def test_a_key_that_cannot_be_used_is_told_by_its_place(setting: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_keyring(setting, INSTALLATION)

    assert told in caught.value.message
    assert caught.value.message.startswith("MERGESHOT_SIGNING_KEYS: ")


def test_all_keys_that_cannot_be_used_are_told_and_none_is_shown() -> None:
    with pytest.raises(ConfigError) as caught:
        open_keyring("hush-hush-hush-1:k1,hush!:hush-hush-hush-2", INSTALLATION)
    error = caught.value

    assert len(error.message.splitlines()) == 2
    assert "hush" not in f"{error.message} {error.hint} {error!r}"


def test_no_secret_is_shown_by_repr() -> None:
    key = SigningKey("k1", b"hush-hush-hush-hush")

    assert "hush" not in repr(key)
    assert "hush" not in repr(Keyring((key,)))
