"""What a structure reads of the figures, and agrees to be shown."""
