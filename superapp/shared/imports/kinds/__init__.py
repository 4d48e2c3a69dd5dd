"""The core's own importers: units, people, record classification."""
