"""Fiches synthétiques: one structure's figures over its agrément cycle, and its place among its peers."""
