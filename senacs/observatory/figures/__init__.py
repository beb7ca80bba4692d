"""From microdata to figures: measures of each respondent, cells of each table, estimated totals."""
