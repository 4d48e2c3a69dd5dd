"""Tests that guard how the project is written; each failure says what to do."""
