"""`despin-corpus`: one run over a corpus. In reading order:

* `cli`: argv in, an exit code out.
* `run`: from what was asked to a pipeline of datatrove's, and its report.
* `shards`: the files of a corpus, and the record of the run; how the output survives a kill.
* `row_files`: a file → chunks of rows, and back.
* `steps`: the ends of the pipeline, shards → documents → shards.
* `executor`, `progress`: workers that are replaced when they die, and how far they are.
* `trace`: another run, which finds the documents made of one's own texts.
* `tally`, `summary`, `page`: counts of a shard → the report.
"""
