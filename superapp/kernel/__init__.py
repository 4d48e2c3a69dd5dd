"""What everything stands on: database, command, clock, ids, jobs, audit, events, errors; knows no feature."""
