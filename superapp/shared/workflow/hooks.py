"""What the engine of decisions contributes to the app."""
