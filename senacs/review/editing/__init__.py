"""Statistical data editing: atypical values, localisation of errors, scores. No Django, no I/O."""
