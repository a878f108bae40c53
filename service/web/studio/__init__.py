"""The studio: every template as pictures, with addresses to copy and the page behind them."""

from service.web.studio.pages import routes

__all__ = ["routes"]
