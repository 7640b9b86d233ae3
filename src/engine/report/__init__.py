"""What a command has to say: pages for people, and tables for programs."""
