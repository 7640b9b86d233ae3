"""Read models: what a replay says, as tables. Each is rebuilt at will and stores nothing."""
