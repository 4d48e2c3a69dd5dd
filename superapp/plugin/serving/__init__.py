"""Serving routes: gate, permission, containment, and the order of a command."""
