"""Files and folders: written whole or not at all, to places known beforehand, by one process at a time.

`paths` says what a path may be, `outputs` what can be known of a place before it is written to, `locks`
keeps two processes apart, and `writing` writes.
"""

from bert_tf.files.writing import WholeFile, flush, whole_folder, write_text

__all__ = ["WholeFile", "flush", "whole_folder", "write_text"]
