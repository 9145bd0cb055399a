"""SWAG: which of four endings continues a text (Zellers et al. 2018)."""

import os

import numpy as np

from bert_tf.data.shown_names import shortened
from bert_tf.data.user_tables import read_user_table
from bert_tf.errors import UserError
from bert_tf.tasks.multiple_choice import MultipleChoice, print_answers
from bert_tf.tasks.texts import Examples

_FILES = {"train": "train.csv", "dev": "val.csv", "test": "test.csv"}
_ENDINGS = ("ending0", "ending1", "ending2", "ending3")


class Swag(MultipleChoice):
    """SWAG in the files of its regular data set, train.csv, val.csv and test.csv.

    As in the paper of BERT (section 4.4) the given sentence is the first text of each sequence, and
    the second is the start of the next sentence with one of its endings. Rows are numbered from 0,
    as in the files' first column.
    """

    def input_files(self, data_dir):
        """See `Task.input_files`."""
        return [os.path.join(data_dir, name) for name in _FILES.values()]

    def examples(self, split, data_dir):
        """Reads one split into `Examples`."""
        table = read_user_table(os.path.join(data_dir, _FILES[split]))
        starts = table.column("sent2")
        endings = zip(*(table.column(name) for name in _ENDINGS))
        return Examples(
            ids=[str(number) for number in table.row_numbers],
            text_a=table.column("sent1"),
            text_b=[[f"{start} {ending}" for ending in row] for start, row in zip(starts, endings)],
            labels=None if split == "test" else _labels(table),
        )


def _labels(table):
    labels = table.column("label")
    for row, label in enumerate(labels):
        if label not in ("0", "1", "2", "3"):
            raise UserError(
                f"{table.place(row)}: label {shortened(label)!r} is not one of 0, 1, 2, 3: correct the row"
            )
    answers = np.array(labels, np.int32)
    print_answers(table.path, answers, len(_ENDINGS))
    return answers
