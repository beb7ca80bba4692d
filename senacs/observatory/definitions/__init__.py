"""What is published, as data: indicators, publication plan, statistics of each kind."""
