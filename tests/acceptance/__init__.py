"""What people agreed to see, done as they do it: in a real browser, on a phone, with the signal they have."""
