"""The reader who attacks: what he sees, what he computes from it, which shown cell breaks a rule."""
