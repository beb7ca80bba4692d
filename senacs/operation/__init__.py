"""What keeps the site running: supervised programs, workers and their heartbeats, health."""
