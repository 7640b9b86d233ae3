"""The use cases of a store: import reports, rebuild, verify, list what is there.

Source: interface.md ("Store"), semantics.md §9 (valid time and recorded time).
"""
