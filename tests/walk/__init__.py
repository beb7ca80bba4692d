"""Every address × method × identity × scope: the table of what each may reach, walked by `test_walk`."""
