"""Signed and sealed addresses: pure, no I/O, no HTTP."""
