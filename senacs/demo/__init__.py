"""The fictitious network of the demonstration."""
