"""Answers as a structure types, checks and sends them."""
