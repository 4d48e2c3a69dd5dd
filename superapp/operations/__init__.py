"""Running an installation: backup, restore, doctor, health, metrics, demo data."""
