"""Repair: the cheapest edits that leave a history without errors. Pure: no files, no numpy."""
