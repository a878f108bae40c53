"""`python -m benchmarks`: every benchmark, one after the other."""

from __future__ import annotations

import sys

from benchmarks import hits, pictures, plans


def main() -> int:
    """Run all with their defaults; the worst exit code of them."""
    if len(sys.argv) > 1:
        print("Options belong to one benchmark: python -m benchmarks.pictures --help")
        return 2
    return max(pictures.main([]), hits.main([]), plans.main([]))


if __name__ == "__main__":
    raise SystemExit(main())
