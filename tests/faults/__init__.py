"""What is promised when AWS misbehaves: each call of a whole case fails once, in every way."""
