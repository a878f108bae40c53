"""Every number that `/metrics` shows, declared in one place.

Labels are bounded: template names yes; values, keys and addresses of people never.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter(
    "mergeshot_http_requests", "Requests answered, by route and status.", ["route", "status"]
)
ANSWERS = Counter(
    "mergeshot_answers",
    "Pictures answered, by template and rung: exact, degraded, stale, generic, tile.",
    ["template", "rung"],
)
REFUSED_SIGNATURES = Counter(
    "mergeshot_refused_signatures",
    "Pictures answered without data because the address was not signed, or not by us.",
    ["template"],
)
NOTES = Counter(
    "mergeshot_notes", "Repairs noted in pictures that were drawn.", ["template", "code"]
)
UNRESOLVED_TAGS = Counter(
    "mergeshot_unresolved_tags",
    "Values of pictures answered that were merge tags nobody had filled in, by whose they were.",
    ["template", "platform"],
)
STAGES = Histogram(
    "mergeshot_stage_seconds",
    "Time that one drawing spent in a stage: fetch, queue, compose, draw, encode, store.",
    ["stage"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
)
DRAWINGS = Counter(
    "mergeshot_drawings",
    "Drawings, by lane and outcome: ok, retried, failed.",
    ["lane", "outcome"],
)
JOINED = Counter(
    "mergeshot_joined_drawings", "Requests that waited for a drawing already under way."
)
WAITING = Gauge("mergeshot_queue_waiting", "Drawings that wait for a page.")
PAGES = Gauge("mergeshot_pages", "Standing pages, by state: idle, busy.", ["state"])
BROWSER_STARTS = Counter(
    "mergeshot_browser_starts",
    "Browsers started, by reason: first, crash, recycle.",
    ["reason"],
)
BROWSER_REQUESTS = Counter(
    "mergeshot_browser_requests_refused", "Requests that a page offered and that were refused."
)
MARKS_MISSED = Counter(
    "mergeshot_marks_missed",
    "Pictures that did not appear in their window in time and were taken by a screenshot.",
)
SPOT_CHECKS = Counter(
    "mergeshot_spot_checks",
    "Pictures drawn once more on a fresh page, by result: equal, different, failed. A different "
    "one is dropped, and its version of the template is drawn on fresh pages from then on.",
    ["result"],
)
CACHE_LOOKUPS = Counter(
    "mergeshot_cache_lookups", "Look-ups, by tier and result: hit, miss.", ["tier", "result"]
)
CACHE_REFUSED = Counter(
    "mergeshot_cache_entries_refused",
    "Entries that were found but not believed, by reason: format, mac, key, digest.",
    ["reason"],
)
CACHE_FAILURES = Counter(
    "mergeshot_cache_failures", "Operations that a tier failed at, each taken as a miss.", ["tier"]
)
CACHE_BYTES = Gauge("mergeshot_cache_bytes", "Bytes held, by tier.", ["tier"])
FETCHES = Counter(
    "mergeshot_fetches",
    "Files wished for from the web, by result: fetched, kept, old, or why they could not be had.",
    ["result"],
)
TEMPLATE_LOADS = Counter(
    "mergeshot_template_loads",
    "Readings of a template's folder, by result: ok, failed.",
    ["result"],
)
