"""What is delivered beside the code agrees with itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_image_has_the_fonts_that_the_set_up_installs() -> None:
    wanted = re.search(r'FONT_PACKAGES="([^"]+)"', read("scripts/setup.sh"))

    assert wanted is not None
    assert set(wanted[1].split()) <= set(read("Dockerfile").split())


def test_the_image_has_what_windows_need() -> None:
    wanted = re.search(r'SCREEN_PACKAGES="([^"]+)"', read("scripts/setup.sh"))
    image = read("Dockerfile")

    assert wanted is not None
    assert {*wanted[1].split(), "chromium", "util-linux"} <= set(image.split())
    assert "MERGESHOT_CHROMIUM" not in image, "a chosen browser would decide for both ways to draw"
    assert "install -d -m 1777 /tmp/.X11-unix" in image
    assert "/tmp/.X11-unix:size=1m,mode=1777" in read("compose.yaml")


def test_every_make_target_is_explained_to_contributors() -> None:
    explained = set(re.findall(r"`make (\w+)", read("CONTRIBUTING.md")))
    targets = set(re.findall(r"^(\w+):.* ## ", read("Makefile"), re.MULTILINE))

    assert {"serve", "test"} <= targets
    assert targets - {"help"} == explained


def test_the_container_profile_lets_chromium_build_its_sandbox_and_no_more() -> None:
    profile = json.loads(read("deploy/seccomp.json"))
    allowed = [name for rule in profile["syscalls"] for name in rule["names"]]

    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    assert {"chroot", "clone", "setns", "unshare"} <= set(allowed)
    assert {"shmat", "shmctl", "shmdt", "shmget"} <= set(allowed), "an X server and its client"
    assert not {"bpf", "keyctl", "mount", "ptrace", "io_uring_setup"} & set(allowed)
    assert "seccomp=./deploy/seccomp.json" in read("compose.yaml")
