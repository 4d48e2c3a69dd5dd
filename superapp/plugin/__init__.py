"""The plugin host: finds modules, loads them whole or not at all, gates, times and contains what they do."""
