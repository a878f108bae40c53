"""Outgoing connections: files on the web, fetched and checked before anything is drawn."""
