"""Chromium: engines, pages, the shell and the pool. Playwright lives here alone."""
