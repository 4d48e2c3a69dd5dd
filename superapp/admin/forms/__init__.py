"""Parsing what the forms and addresses of administration send."""
