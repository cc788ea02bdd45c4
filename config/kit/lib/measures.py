"""What processes count as they go, for `/metrics`. Labels are ids and words of ours: never a name, number or address
that somebody typed.

All have labels: prometheus_client makes a file for each process only when the first of them is counted.
"""

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60)

BANK_CALLS = Counter("payments_bank_calls", "Calls of banks.", ["pos", "operation", "outcome", "reason"])
BANK_SECONDS = Histogram(
    "payments_bank_call_seconds", "How long banks take.", ["pos", "operation"], buckets=SECONDS
)
HUB_POSTS = Counter("payments_hub_posts", "Events posted to listeners.", ["listener", "result"])
IMPORT_ROWS = Counter("payments_import_rows", "Rows of imports.", ["kind", "status"])
IMPORT_SECONDS = Counter("payments_import_seconds", "How long imports took.", ["kind"])
REQUESTS = Counter("payments_requests", "Requests.", ["area", "status"])
REQUEST_SECONDS = Histogram(
    "payments_request_seconds", "How long requests take.", ["area"], buckets=(0.01, 0.05, *SECONDS)
)
POOL = Gauge(
    "payments_database_pool",
    "Connections of the web processes' pools, and requests that wait for one.",
    ["state"],
    multiprocess_mode="livesum",
)
