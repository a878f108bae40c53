"""Settings: read from a mapping, all problems at once, secrets kept to their owner."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from service.config import Settings, installation_secret
from service.errors import ConfigError


def test_nothing_given_is_a_server_on_this_machine() -> None:
    settings = Settings.read({"HOME": "/nowhere"})

    assert settings.base_url == "http://127.0.0.1:8080"


def test_sizes_times_and_auto_are_read() -> None:
    settings = Settings.read(
        {
            "MERGESHOT_CACHE_MEMORY": "12MiB",
            "MERGESHOT_TIMEOUT": "500ms",
            "MERGESHOT_ENGINES": "auto",
            "MERGESHOT_PAGES": "4",
        }
    )

    assert settings.cache_memory == 12 * 2**20
    assert settings.timeout == timedelta(milliseconds=500)
    assert (settings.engines, settings.pages) == (None, 4)


def test_hosts_are_read_one_by_one() -> None:
    written = " CDN.example.com, *.example.org.,, bücher.example "
    settings = Settings.read({"MERGESHOT_IMAGE_HOSTS": written})

    assert settings.image_hosts == ("cdn.example.com", "*.example.org", "xn--bcher-kva.example")
    assert Settings.read({}).image_hosts == ()
    assert Settings.read({"MERGESHOT_IMAGE_HOSTS": "*"}).image_hosts == ("*",)


@pytest.mark.parametrize("hosts", ["localhost", "https://example.com", "a.com;b.com", "*.*"])
def test_what_is_no_host_is_told_with_what_is(hosts: str) -> None:
    with pytest.raises(ConfigError, match="MERGESHOT_IMAGE_HOSTS: hosts such as"):
        Settings.read({"MERGESHOT_IMAGE_HOSTS": hosts})


def test_every_mistake_is_named_at_once_with_the_closest_name() -> None:
    with pytest.raises(ConfigError) as caught:
        Settings.read(
            {
                "MERGESHOT_PROT": "1",
                "MERGESHOT_TIMEOUT": "soon",
                "MERGESHOT_SECRET": "short",
                "MERGESHOT_PUBLIC_URL": "img.example.com",
                "MERGESHOT_ADMIN_KEY_FILE": "/nowhere/key",
            }
        )
    lines = caught.value.message.splitlines()

    assert len(lines) == 5
    assert any("MERGESHOT_PROT" in line and "MERGESHOT_PORT" in line for line in lines)
    assert any("MERGESHOT_ADMIN_KEY_FILE: /nowhere/key cannot be read" in line for line in lines)
    assert not any("short" in line.split(":", 1)[1] for line in lines if "SECRET" in line)


def test_a_secret_may_be_a_files_but_not_both(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("sixteen bytes at least\n")
    settings = Settings.read({"MERGESHOT_SECRET_FILE": str(file)})

    assert installation_secret(settings) == b"sixteen bytes at least"
    with pytest.raises(ConfigError, match="not both"):
        Settings.read({"MERGESHOT_SECRET_FILE": str(file), "MERGESHOT_SECRET": "x" * 16})


def test_signing_keys_may_be_a_files_and_are_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("k2:0123456789abcdef\nk1:fedcba9876543210\n")
    settings = Settings.read({"MERGESHOT_SIGNING_KEYS_FILE": str(file)})

    assert settings.signing_keys is not None
    assert settings.signing_keys.get_secret_value() == file.read_text().strip()
    assert "0123" not in repr(settings)


def test_a_secret_that_is_not_given_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings.read({"MERGESHOT_DATA_DIR": str(tmp_path / "data")})
    first, second = installation_secret(settings), installation_secret(settings)

    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings.read({"MERGESHOT_DATA_DIR": str(tmp_path / "file" / "data")})

    with pytest.raises(ConfigError, match="MERGESHOT_DATA_DIR"):
        installation_secret(settings)
