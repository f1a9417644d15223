"""Plain text → an n-gram model."""
