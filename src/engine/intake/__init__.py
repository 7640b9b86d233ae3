"""From files to records: readers of each format, and what their text means."""
