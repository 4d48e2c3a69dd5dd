"""What tests stand on: databases, builders, browser, measuring."""
