"""Documents on paper and screen: a trame filled with the figures of a release, typeset alone or by thousands."""
