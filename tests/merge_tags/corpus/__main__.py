"""`python -m tests.merge_tags.corpus`: how well tags are told from data, by platform."""

from __future__ import annotations

from tests.merge_tags.corpus import judged, negatives

if __name__ == "__main__":
    print(judged().table())
    print(f"{len(negatives())} values without a tag")
