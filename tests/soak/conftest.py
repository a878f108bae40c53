from tests.browser.conftest import engine

__all__ = ["engine"]
