"""What people ask for and that lasts: asked on a page, done by the worker, its end told on that page."""
