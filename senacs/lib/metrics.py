"""What is counted while the site runs, by every process of it; `operation.metering` gathers them."""

from prometheus_client import CollectorRegistry, Counter, Histogram

# Ours alone: what a library adds to the common registry is not of this site.
REGISTRY = CollectorRegistry()
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

requests = Counter(
    "senacs_requests",
    "Requests answered, by part of the site and class of answer.",
    ["part", "status"],
    registry=REGISTRY,
)
latency = Histogram(
    "senacs_request_seconds", "Time of a request, by part of the site.", ["part"], buckets=SECONDS, registry=REGISTRY
)
saves = Counter(
    "senacs_saves", "Values typed or imported, by what became of them, once committed.", ["outcome"], registry=REGISTRY
)
locks = Histogram(
    "senacs_lock_seconds",
    "Time of the statements that wait for their turn to write.",
    ["engine"],
    buckets=SECONDS,
    registry=REGISTRY,
)
tasks = Histogram(
    "senacs_task_seconds",
    "Time of a task in the background, by its end.",
    ["task", "end"],
    buckets=(0.1, 1.0, 10.0, 60.0, 600.0, 3600.0),
    registry=REGISTRY,
)
security = Counter("senacs_security_events", "Security events, by kind.", ["event"], registry=REGISTRY)
