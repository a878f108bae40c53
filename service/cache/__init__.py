"""Finished pictures, kept: memory, disk, and the two in a row. aiocache lives here alone."""
