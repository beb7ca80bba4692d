"""Measures, written as pages of docs/performance."""
