"""The statistics that each kind of indicator publishes, and what one structure is like among them."""

QUANTILES = {"q1": 0.25, "median": 0.5, "q3": 0.75}
PER_INHABITANTS = 10_000
# What one structure is like: over centres sociaux and espaces de vie sociale together it would speak of neither.
PER_STRUCTURE = frozenset({"mean", *QUANTILES})

STATISTICS: dict[str, tuple[str, ...]] = {
    "total": ("sum", "mean", "median", "q1", "q3"),
    "mean": ("mean", "median", "q1", "q3"),
    "median": ("median", "q1", "q3"),
    "share": ("share", "count"),
    "distribution": ("share", "count"),
    "ratio": ("ratio",),
    "density": ("density",),
}
