"""The same work done by Minber and by others; `bench_statistics.py` runs each in an environment of its own.

A module has ``jobs(folder)``: name of the work → a function that does it, all that is prepared being done before. The
folder holds ``tokens.parquet`` (``doc_id``, ``token``) and, for those who cut texts themselves, ``texts/``.
"""
