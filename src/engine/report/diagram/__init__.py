"""The machine as a picture: what can happen to a record, drawn from its definition."""
