"""Who may do and see what: permissions, roles, grants, scopes and parties; everything not granted is denied."""
