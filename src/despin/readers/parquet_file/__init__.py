"""What is where in a Parquet file, so that a column can be replaced and the others keep their bytes.

`thrift` and `footer` read the end of a file, with the numbers of `fields`. `splice` puts new column chunks in place of
old ones; where rows are left out, `physical` copies the others. `library` is the only one that imports pyarrow.
"""
