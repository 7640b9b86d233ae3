"""NOTICE (23 Nov, 16:41): the readers helper overwrote this file by mistake. Its author must
write it again; no copy was left. The readers' own code now lives in builder.py."""

raise ImportError("intake/columns.py was overwritten by mistake: its author must write it again")
