"""What navigation contributes to the app."""
