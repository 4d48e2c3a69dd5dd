"""What the shared services contribute to the app."""
