"""Specifications: examples that are tests, and that a statistician reads as pages (docs/specifications/)."""
