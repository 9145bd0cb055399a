"""What the tasks on a text or a pair of texts have in common: their files, their ids, how they are served."""

import abc
import dataclasses
import os
from collections.abc import Mapping

import numpy as np

from bert_tf.data.tables import Table, read_table
from bert_tf.errors import UserError
from bert_tf.tasks.kinds import Task

# What may become of texts that are too long; see the functions of `data/features.py`.
TRUNCATE, HEAD_TAIL, WINDOWS = LONG_TEXTS = ("truncate", "head_tail", "windows")


@dataclasses.dataclass(frozen=True)
class Examples:
    """The rows of one split, one list a column, all of the same length.

    Args:
        ids: What to call each row in a predictions file.
        text_a: First text of each row, unchanged from the file.
        text_b: Second text, "" where a row has none.
        labels: [rows, …], what the task is to find; None where the split does not say.
    """

    ids: list[str]
    text_a: list[str]
    text_b: list[str]
    labels: np.ndarray | None

    def __len__(self):
        return len(self.ids)


@dataclasses.dataclass(frozen=True)
class Split:
    """The file of a split, and the names of the columns it is read from.

    Args:
        file: Path below the data folder.
        text_a: Column of the first text.
        text_b: Column of the second text, None for tasks on single texts.
        label: Column of the label, None where the split has none.
        row_id: Column of the row's id; without it, or where a file lacks that
            column, rows are numbered from 0.
        names: Names for the columns of a file without a header.
        where: (column, value): the split is only those rows of the file.
        synonyms: Other words in the label column, each with the label it stands for.
    """

    file: str
    text_a: str
    text_b: str | None = None
    label: str | None = None
    row_id: str | None = None
    names: tuple[str, ...] | None = None
    where: tuple[str, str] | None = None
    synonyms: Mapping[str, str] = dataclasses.field(default_factory=dict)


class TextTask(Task):
    """One answer for a text or a pair of texts (Google's `DataProcessor`).

    Attributes:
        splits: A `Split` each for "train", "dev" and "test"; one may be left
            out where the data set has none.
        remedy: What a message on a label that is none of the task's asks for.
    """

    splits: Mapping[str, Split]
    remedy = "correct the row"
    _long_text = TRUNCATE

    def choose(self, long_text=TRUNCATE, **others):
        """Takes what is to become of long texts, one of `LONG_TEXTS`; see `Task.choose`."""
        super().choose(**others)
        self._long_text = long_text

    @abc.abstractmethod
    def targets(self, table, source):
        """The labels of a table's rows as an array [rows, …].

        Args:
            table: The `Table`.
            source: The `Split`, whose `label` is the column to read.

        Raises:
            UserError: If a row's label is wrong; the message names its line.
        """

    def described(self, labels):
        """What the labels of a split are, as a text that is printed when they are read; "" for nothing.

        Args:
            labels: What `targets` gave.
        """
        return ""

    @abc.abstractmethod
    def answer(self, outputs):
        """The model's outputs in the task's own terms, in TensorFlow ops: a dict of tensors [B, …]."""

    def examples(self, split, data_dir):
        """Reads one split into `Examples`; see `Task.examples`."""
        if split not in self.splits:
            raise UserError(f"{type(self).__name__} has no {split} split: use {' or '.join(self.splits)}")
        source = self.splits[split]
        table = self.table(source, data_dir)
        _look_for_surplus(table, source)
        has_ids = source.row_id in table.names
        return Examples(
            ids=table.column(source.row_id) if has_ids else [str(number) for number in table.row_numbers],
            text_a=table.column(source.text_a),
            text_b=table.column(source.text_b) if source.text_b else [""] * len(table),
            labels=self._labels(table, source) if source.label else None,
        )

    def _labels(self, table, source):
        labels = self.targets(table, source)
        if text := self.described(labels):
            print(f"{table.path}: {text}")
        return labels

    def input_files(self, data_dir):
        """See `Task.input_files`."""
        return [os.path.join(data_dir or "", source.file) for source in self.splits.values()]

    def table(self, source, data_dir):
        """The rows of a split, a `Table`; other arguments and errors as of `examples`."""
        table = read_table(os.path.join(data_dir, source.file), source.names)
        return table.where(*source.where) if source.where else table

    def encode(self, tokenizer, examples, max_seq_length):
        """The ids of each text or pair; see `Task.encode`."""
        from bert_tf.data.pipelines import encode_examples

        return encode_examples(self._encoder(tokenizer, max_seq_length), examples)

    def serve(self, run, tokenizer, max_seq_length):
        """`text(text_a, text_b)`, of which the second may be left out, and "" is none; see `Task.serve`.

        The answer on a text that is read in several rows is made from the means of their outputs.
        """
        import tensorflow as tf

        encode = self._encoder(tokenizer, max_seq_length)

        def text(text_a, text_b=tf.constant([""])):
            text_b = tf.broadcast_to(text_b, tf.shape(text_a))
            input_ids, segment_ids, _, *num_rows = encode(text_a, text_b)
            inputs = {
                "input_ids": input_ids.to_tensor(),
                "input_mask": tf.ones_like(input_ids).to_tensor(),
                "segment_ids": segment_ids.to_tensor(),
            }
            outputs = run(inputs)
            if num_rows:
                owners = tf.repeat(tf.range(tf.size(text_a)), *num_rows)
                outputs = {name: tf.math.segment_mean(value, owners) for name, value in outputs.items()}
            return self.answer(outputs)

        return text

    def _encoder(self, tokenizer, max_seq_length):
        from bert_tf.data.features import classification_features, head_tail_features, window_features

        make = {TRUNCATE: classification_features, HEAD_TAIL: head_tail_features, WINDOWS: window_features}

        def encode(text_a, text_b):
            features = make[self._long_text](tokenizer, text_a, text_b, max_seq_length)
            several = () if features.num_rows is None else (features.num_rows,)
            return features.input_ids, features.segment_ids, features.truncated, *several

        return encode


def _look_for_surplus(table, source):
    """Refuses rows with a tab too many where labels are read from them, and says so where none are."""
    if not isinstance(table, Table):
        return  # A row of CSV or JSONL has as many columns as it should.
    expected, rows = table.surplus()
    if rows and source.label:
        raise table.too_wide(rows[0], expected)
    if rows:
        print(
            f"{table.path}: {len(rows)} rows have more than {expected} columns, which the others have; what "
            f"is beyond is left out; the first such row is {table.place(rows[0])}"
        )
