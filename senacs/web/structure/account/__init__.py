"""Who enters for a structure, what reads in its name, and what it decides of its figures."""
