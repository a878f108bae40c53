"""HTTP: routes, middlewares, headers. The whole surface is the two lists below."""

from __future__ import annotations

from service.web import (
    campaign,
    description,
    health,
    html,
    images,
    orders,
    sealed,
    signed_urls,
    studio,
    templates,
)
from service.web.middleware import problems, request_context

ROUTES = (
    *images.routes,
    *sealed.routes,
    *orders.routes,
    *signed_urls.routes,
    *html.routes,
    *campaign.routes,  # before the templates, whose names may have a second part
    *templates.routes,
    *studio.routes,
    *health.routes,
    *description.routes,
)
MIDDLEWARES = (request_context, problems)
"""Outermost first."""
