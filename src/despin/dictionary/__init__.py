"""What spinners put for what: entries, tries, conditions, files, validation, look-up of single phrases."""
