"""What access contributes to the app: nothing of its own yet; its pages are in admin."""
