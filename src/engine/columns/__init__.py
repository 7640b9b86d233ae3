"""Arrays and tables: what the fast path is made of. Nothing here knows of learning."""
