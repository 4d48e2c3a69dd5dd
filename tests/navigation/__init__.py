"""Finding one's way: home, launcher, search, directory, tasks, error pages, PWA."""
