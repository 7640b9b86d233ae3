"""The event store: one DuckDB file that is only added to, and the read models kept beside it."""
