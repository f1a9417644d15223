"""What comes out, and what people do with it: findings, reports, suppression, a baseline, decisions of a review."""
