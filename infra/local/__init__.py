"""`make run`: an embedded AWS, a pump that plays Lambda, and an HTTP server, on one machine."""
