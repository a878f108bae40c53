"""Manifests in tests: what is wrong with one."""

from __future__ import annotations

import pytest

from service.catalogue.manifest import parse_manifest
from service.errors import ManifestError


def problems(text: str) -> list[str]:
    """Every line that a manifest's mistakes are told in, without the file."""
    with pytest.raises(ManifestError) as refused:
        parse_manifest(text, file="t/template.toml")
    lines = refused.value.message.split("\n")
    assert all(line.startswith("t/template.toml: ") for line in lines)
    assert len(lines) == len(refused.value.problems)
    return [line.removeprefix("t/template.toml: ") for line in lines]
