"""What the samples of every UPS say: how it was fed, what its battery has shown, and how that has changed."""
