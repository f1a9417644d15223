"""What stood here? Names, topics, features, evidence, the choice among candidates, its wording."""
