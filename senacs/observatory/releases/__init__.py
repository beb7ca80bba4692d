"""A release from build to reading: cells, response rates, raised totals, method, series, open formats."""
