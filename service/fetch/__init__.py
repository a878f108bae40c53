"""Outgoing connections: pictures of recipients, fetched and checked before they are drawn."""
