"""What notices contribute to the app."""
