"""What the pipeline runs on. In reading order:

* `knowledge`: the data that a configuration names, opened once.
* `compiled`: dictionaries and their scanner ↔ arrays that are mapped.
* `batching`: texts of any number and length → batches, and the order in which their stages are asked.
* `tiers`: which dictionaries a text is read with, one after the other.
* `example`: one sentence, stage by stage, for the examples of all stages.
* `trace`: what became of every candidate of one phrase, stage by stage.

Internal: docs/library.md lists what is public.
"""
