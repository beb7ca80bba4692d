"""The stack's own limit: bare Django views and a plain Django form, beside which the entry is measured."""
