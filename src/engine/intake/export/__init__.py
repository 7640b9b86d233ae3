"""A platform's own list of current statuses, in whatever form it was exported."""
