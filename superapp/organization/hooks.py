"""What organization contributes to the app: nothing of its own; its pages are in navigation and admin."""
