"""Migrations: the core and each plugin have a folder, a linear history and a version table of their own."""
