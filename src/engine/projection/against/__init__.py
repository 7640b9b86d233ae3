"""What a replay comes to, against the platform's own list of current statuses."""
