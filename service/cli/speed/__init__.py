"""Measuring a server from outside: for `mergeshot bench`, and for `benchmarks/` beside it."""
