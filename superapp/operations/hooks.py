"""What operations contributes to the app."""
