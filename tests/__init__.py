"""The tests; folders mirror the project's tree."""
