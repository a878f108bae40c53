"""What every command begins with: the settings, and logs that go to stderr."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.config import Settings


def begin(*, level: int = logging.WARNING) -> Settings:
    """Send logs of `level` and worse to stderr and read the settings from the environment.

    Raises:
        ConfigError: with one line for every variable that cannot be used.
    """
    from service.config import Settings
    from service.logs import configure_logs

    configure_logs(sys.stderr, level=level)
    return Settings.read(os.environ)
