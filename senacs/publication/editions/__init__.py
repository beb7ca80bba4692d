"""Editions of a Copil: composed on a trame, agreed to, signed, published; the figures of local ones."""
