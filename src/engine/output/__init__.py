"""From read models to bytes: JSON, CSV, Parquet, and text for people."""
