"""Mutants: small faults put one at a time in the modules where a fault costs most, to see that their tests notice.

`make mutants` runs them all and writes docs/performance/mutants.md; `python -m tests.mutants NAME` those of the modules
whose name holds NAME. Why it is ours: docs/decisions/2026-11-30-mutants.md.
"""
