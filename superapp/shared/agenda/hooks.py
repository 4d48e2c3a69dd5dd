"""What the agenda contributes to the app."""
