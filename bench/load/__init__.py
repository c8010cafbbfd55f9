"""A city's day under load against `make run`: who asks what, and what is measured meanwhile."""
