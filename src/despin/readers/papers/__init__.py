"""Documents that are no plain text: what papers come in. Each module makes a `Paper` of bytes.

In reading order:

* `paper`: a text with its parts and, where the format can be written, the way back into the file.
* `archive`: ZIP archives, read within bounds and written with all other members byte for byte.
* `member`: the XML files in an archive whose prose is read; `xml_tags`: XML as tags and texts with their places.
* `references`: which lines are a list of references.
* `word`, `opendocument`, `epub`: the formats that are such archives.
* `pdf`: pages and their lines; `pdf_ligatures`: letters that a font does not name; `pdf_layout`: lines to paragraphs.
"""
