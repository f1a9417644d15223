"""What the command can do, one module a group of modes."""
