"""The processes of an installation: web server, worker, and the two together."""
