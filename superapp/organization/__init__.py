"""People, units, positions and appointments: who belongs where, and who holds which authority on a day."""
