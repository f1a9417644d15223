"""What the pipeline runs on: data opened once, batches, the order of dictionaries."""
