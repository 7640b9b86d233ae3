"""Findings: what each code means (catalogue) and how one finding is said (wording)."""
