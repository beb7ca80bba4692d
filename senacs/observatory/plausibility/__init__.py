"""Plausibility of a release: values that nobody explained, and the published figures that they move."""
