"""HTTP: routes, middlewares, headers."""
