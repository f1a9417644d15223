"""A text as characters, words and tokens; disguise taken off; views, with the way back."""
