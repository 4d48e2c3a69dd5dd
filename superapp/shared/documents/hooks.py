"""What documents contribute to the app."""
