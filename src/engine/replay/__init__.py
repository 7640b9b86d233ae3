"""The fast path: events in columns, put in order and folded through the compiled lifecycle."""
