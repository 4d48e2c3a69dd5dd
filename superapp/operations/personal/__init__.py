"""What is kept about a person over all tables: handed over (`person export`), and erased as far as law lets it go."""
