"""The kinds of task: what a task of each kind has to say about itself."""

import dataclasses
import os
from collections.abc import Mapping

import numpy as np

from bert_tf.data.tables import read_table
from bert_tf.errors import UserError
from bert_tf.metrics.classification import classification_metrics


@dataclasses.dataclass(frozen=True)
class Examples:
    """The rows of one split, one list a column, all of the same length.

    Args:
        ids: What to call each row in a predictions file.
        text_a: First text of each row, unchanged from the file.
        text_b: Second text, "" where a row has none.
        labels: [rows] int32, indices into the task's labels; None where the
            split has no labels.
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


class Classification:
    """One label for a text or a pair of texts (Google's `DataProcessor`).

    A task states these three attributes; the rest follows from them. What needs TensorFlow
    is imported when called, so that data can be read and checked before it loads.

    Attributes:
        labels: The labels as the files spell them; their order gives the indices.
        metrics: Names that `bert_tf.metrics.classification` knows.
        splits: A `Split` each for "train", "dev" and "test"; one may be left
            out where the data set has none.
    """

    labels: list[str]
    metrics: tuple[str, ...] = ("accuracy",)
    splits: Mapping[str, Split]

    def model(self, config, dtype=None, recompute=False):
        """The Keras model of this task (see `bert_classifier`)."""
        from bert_tf.models.classification import bert_classifier

        return bert_classifier(config, len(self.labels), dtype, recompute)

    def loss(self, outputs, batch):
        """The losses of a batch's examples, float32 [B]."""
        from bert_tf.models.classification import classification_loss

        return classification_loss(outputs, batch["labels"])

    def encoder(self, tokenizer, max_seq_length):
        """The function from texts to ids, in TensorFlow ops.

        Returns:
            A function from `text_a` and `text_b`, string [B], to ragged `input_ids` and
            `segment_ids`, int32 [B, None], and `truncated`, bool [B].
        """
        from bert_tf.data.features import classification_features

        def encode(text_a, text_b):
            features = classification_features(tokenizer, text_a, text_b, max_seq_length)
            return features.input_ids, features.segment_ids, features.truncated

        return encode

    def measure(self, outputs, labels):
        """The task's metrics, by name, from the model's outputs [examples, …] and the true labels."""
        return classification_metrics(self.metrics, labels, outputs["probabilities"].argmax(axis=-1))

    def examples(self, split, data_dir):
        """Reads one split.

        Args:
            split: "train", "dev" or "test".
            data_dir: The folder of the data set.

        Returns:
            `Examples`, in the file's order.

        Raises:
            UserError: If the data set has no such split, or its file is
                missing or wrong; the message names file and line.
        """
        if split not in self.splits:
            raise UserError(f"{type(self).__name__} has no {split} split: use {' or '.join(self.splits)}")
        source = self.splits[split]
        table = read_table(os.path.join(data_dir, source.file), source.names)
        if source.where:
            table = table.where(*source.where)
        has_ids = source.row_id in table.names
        return Examples(
            ids=table.column(source.row_id) if has_ids else [str(number) for number in table.row_numbers],
            text_a=table.column(source.text_a),
            text_b=table.column(source.text_b) if source.text_b else [""] * len(table),
            labels=self._label_indices(table, source) if source.label else None,
        )

    def _label_indices(self, table, source):
        indices = {label: index for index, label in enumerate(self.labels)}
        indices |= {word: indices[label] for word, label in source.synonyms.items()}
        words = table.column(source.label)
        try:
            return np.array([indices[word] for word in words], np.int32)
        except KeyError as error:
            word = error.args[0]
        raise UserError(
            f"{table.place(words.index(word))}: label {word!r} is not one of "
            f"{', '.join(self.labels)}: correct the row"
        )
