"""The same questions asked of other tools, with the differences and the time each took."""
