"""Each command's page for people, as blocks."""
