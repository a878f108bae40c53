"""HTTP: routes, middlewares, headers. The whole surface is the two lists below."""

from __future__ import annotations

from service.web import health, images, orders, studio
from service.web.middleware import problems, request_context

ROUTES = (*images.routes, *orders.routes, *studio.routes, *health.routes)
MIDDLEWARES = (request_context, problems)
"""Outermost first."""
