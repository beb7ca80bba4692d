"""Disclosure control of tables: what must be hidden so that no reader computes a protected cell. Knows no Django.

Ways in: `protection.protect` (tables and rules in, protected tables out), `contributors.protect_contributors` (one row
a contributor). `tables` and `system` hold the words, `suppression` the plan, `exact_audit` and `margin_audit` its
proof; `attack` is the reader who tries to compute what is hidden, and who shares nothing with the protection.
"""
