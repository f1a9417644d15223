"""What any program could use, and nothing of language. In reading order:

* `array_types`: short names for the types of arrays.
* `arrays`: arithmetic on columns: sorting, grouping, counting.
* `npz`: files of arrays: read, or what is wrong with them in a sentence.
* `array_cache`: values made of arrays, kept in the user's cache and mapped.
* `files`: writing a file: the whole of it or nothing.
* `lazy_regex`: patterns that are compiled when they are first used.
* `process`: garbage collection, threads and memory of the process.
* `closed_streams`: standard streams that were closed before the process began.
* `errors`: what all errors of despin have above them; `arguments`: what people pass, and what was meant.
* `fault`: what is said of a fault of our own, and its exit code.
* `plural`: a number and what it counts.
* `signals`: signals that ask a command to end, as an exception.

Internal: docs/library.md lists what is public.
"""
