"""Whom browsers and screens run as: an ordinary user, also when we are root.

Chromium's sandbox does not start for root, and nothing that reads a template needs to be root.
"""

from __future__ import annotations

import os
import pwd
import sys
from pathlib import Path

ORDINARY_USER = "nobody"


def ordinary_user() -> pwd.struct_passwd | None:
    """Who it is to be; None when we are an ordinary user ourselves."""
    if os.geteuid() != 0 or sys.platform != "linux":
        return None
    return pwd.getpwnam(ORDINARY_USER)


def as_ordinary_user(program: Path, *arguments: str) -> tuple[str, ...]:
    """The command that runs `program` as that user."""
    user = ordinary_user()
    command = (str(program), *arguments)
    if user is None:
        return command
    ids = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}")
    return ("setpriv", *ids, "--clear-groups", *command)


def hand_over(path: Path) -> None:
    """Let that user have what we made."""
    user = ordinary_user()
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)
