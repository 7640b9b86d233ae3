"""Synthetic reports: histories walked through the lifecycle machine, and damage done to some."""
