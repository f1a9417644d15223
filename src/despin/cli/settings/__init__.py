"""Which settings hold for which file. In reading order:

* `keys`: the settings, a row each.
* `own_files`, `globs`: how the command's own files and their patterns are read.
* `config_file`: one file of configuration → checked values.
* `settings`: flags, the nearest configuration, defaults → what holds for a text.
* `project`: the same for programs in Python: `despin.project_config`.
* `exclusion`: which files are left out.
"""
