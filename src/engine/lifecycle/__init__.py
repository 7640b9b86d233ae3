"""The model of one record: pure, total, no files, no arrays."""
