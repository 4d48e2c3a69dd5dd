"""What admin contributes to the app."""
