"""Numbers of fields in the footer of a Parquet file, by the struct that has them.

They are those of https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift.
"""

from __future__ import annotations

# FileMetaData
SCHEMA, ROWS, GROUPS, KEYS, ORDERS, ENCRYPTION = 2, 3, 4, 5, 7, 8
# SchemaElement
TYPE, LENGTH, REPETITION, NAME, CHILDREN, CONVERTED, SCALE, PRECISION, LOGICAL = 1, 2, 3, 4, 5, 6, 7, 8, 10
# RowGroup
COLUMNS, GROUP_BYTES, GROUP_ROWS, SORTED, GROUP_OFFSET, GROUP_PACKED, ORDINAL = range(1, 8)
# ColumnChunk
OTHER_FILE, FILE_OFFSET, META, PAGES, PAGES_LENGTH, BOUNDS, BOUNDS_LENGTH, CRYPTO, CRYPTO_META = range(1, 10)
# ColumnMetaData
KIND, ENCODINGS, PATH, CODEC, VALUES, UNPACKED, PACKED, CHUNK_KEYS, DATA, INDEX, DICTIONARY = range(1, 12)
STATISTICS, ENCODING_STATS, BLOOM, BLOOM_LENGTH, SIZES, SHAPES = range(12, 18)
# SortingColumn
SORTED_COLUMN = 1
# PageEncodingStats
PAGE_KIND = 1
# OffsetIndex, PageLocation
LOCATIONS, LOCATION = 1, 1
# KeyValue
KEY, VALUE = 1, 2

# Physical types
INT96, BYTE_ARRAY, FIXED = 3, 6, 7
# Repetition
OPTIONAL, REPEATED = 1, 2
# Kinds of pages
SECOND_PAGE = 3
# Converted types
UTF8 = 0
SIGNED = (9, 10, 15, 16, 17, 18)  # TIMESTAMP_MILLIS, TIMESTAMP_MICROS, INT_8 to INT_64
# Logical types
STRING = 1

CODECS = ("NONE", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4")
"""As pyarrow calls them."""
ZSTD = CODECS.index("ZSTD")
