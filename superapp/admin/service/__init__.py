"""What the pages of administration read: rows for lists and details, within the reach of who asks."""
