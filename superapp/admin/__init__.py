"""Administration: modules, people and roles, settings, repair centre, audit reader."""
