"""One reader a format: the bytes of a file become raw text columns."""
