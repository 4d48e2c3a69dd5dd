"""Finding one's way: home, launcher, menus, search, tasks, help, error pages, PWA."""
