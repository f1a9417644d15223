"""Was it spun? The cheap screening cascade, damage, the verdict, passages."""
