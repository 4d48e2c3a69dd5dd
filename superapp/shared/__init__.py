"""What all modules share: reference data, tasks, notices, mail, files, timeline, search and imports."""
