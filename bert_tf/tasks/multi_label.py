"""Any number of labels for a text or a pair of texts, none to all of them."""

import numpy as np

from bert_tf.data.shown_names import listed, shortened
from bert_tf.errors import UserError
from bert_tf.metrics.classification import class_report
from bert_tf.metrics.multi_label import best_threshold, multi_label_f1
from bert_tf.tasks.label_counts import label_counts
from bert_tf.tasks.result_tables import number_rows, table, worst_rows
from bert_tf.tasks.texts import TextTask

DEFAULT_THRESHOLD = 0.5
TUNE = "tune"
# What programs write for a column of 0 and 1: whole numbers, decimals, truth values.
_ZERO_OR_ONE = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "0.": 0, "1.": 1, "false": 0, "true": 1}


class MultiLabel(TextTask):
    """Any number of labels for a text or a pair of texts.

    A data set states `labels` and `splits`. The `label` of a `Split` is a column of labels with a
    separator between them, "" for none, or a tuple of columns of 0 and 1, one for each label.

    Args:
        threshold: Probability from which on a label is predicted; "tune" chooses the one with the best
            `f1_micro` on the dev set when that is evaluated. By default it is what such a choice
            left in the output folder, else 0.5.

    Raises:
        UserError: If it is neither "tune" nor a number from 0 to 1.

    Attributes:
        labels: The labels as the files spell them; their order gives the indices.
        label_separator: What stands between the labels of a row.
        splits: See `TextTask`.
    """

    labels: list[str]
    label_separator = ","
    metrics = ("f1_micro", "f1_macro")
    evaluation_file_names = ("class_report.txt", "wrong_predictions.tsv")
    result_file_names = ("test_results.tsv", "predictions.tsv")

    def __init__(self, threshold=None):
        self._tunes = threshold == TUNE
        self._is_given = threshold is not None and not self._tunes
        self._threshold = None if self._tunes else _checked(threshold)
        self._will_tune = False

    def examples(self, split, data_dir):
        """See `TextTask.examples`; refuses to predict where there is no threshold, nor will be one."""
        self._will_tune |= self._tunes and split in self.dev_splits
        if split in self.test_splits and not self._will_tune:
            _ = self.threshold_in_use
        return super().examples(split, data_dir)

    def targets(self, table, source):
        """Which labels hold, int32 [rows, C] of 0 and 1."""
        if isinstance(source.label, tuple):
            columns = [_zeros_and_ones(table, name) for name in source.label]
            return np.array(columns, np.int32).T
        indices = {label: index for index, label in enumerate(self.labels)}
        indices |= {word: indices[label] for word, label in source.synonyms.items()}
        targets = np.zeros([len(table), len(self.labels)], np.int32)
        for row, words in enumerate(self.words(table, source)):
            for word in words:
                if word not in indices:
                    raise UserError(
                        f"{table.place(row)}: label {shortened(word)!r} is not one of "
                        f"{listed(self.labels)}: {self.remedy}"
                    )
                targets[row, indices[word]] = 1
        return targets

    def words(self, table, source):
        """The labels of each row as its file has them, a list of lists."""
        for cell in table.column(source.label):
            yield [word.strip() for word in cell.split(self.label_separator) if word.strip()]

    def described(self, labels):
        """In how many rows each label holds, and in how many none does."""
        counted = label_counts(dict(zip(self.labels, labels.sum(axis=0))))
        return f"{counted}; {np.count_nonzero(~labels.any(axis=1))} of {len(labels)} rows have none"

    def model(self, config, dtype=None, recompute=False):
        """See `bert_multi_label_classifier`."""
        from bert_tf.models.multi_label import bert_multi_label_classifier

        return bert_multi_label_classifier(config, len(self.labels), dtype, recompute)

    def loss(self, outputs, batch):
        """See `multi_label_loss`."""
        from bert_tf.models.multi_label import multi_label_loss

        return multi_label_loss(outputs, batch["labels"])

    def loss_of_means(self, outputs, means, labels, log_mean):
        """See `Task.loss_of_means`: the cross-entropy of the means of the labels' probabilities."""
        logits = outputs["logits"].astype(np.float64)
        # Minus the logarithms of the probabilities of a label and of its absence.
        present, absent = np.logaddexp(0, -logits), np.logaddexp(0, logits)
        logits = (log_mean(-present) - log_mean(-absent)).astype(np.float32)
        return self.loss({"logits": logits}, {"labels": labels})

    def recall(self, settings):
        """Uses the threshold that was tuned for the model, unless another is given."""
        if not self._is_given:
            self._threshold = settings.get("threshold", self._threshold)

    def tune(self, outputs, encoded):
        """Chooses the threshold, if asked to."""
        if not self._tunes:
            return {}
        self._threshold = best_threshold(encoded.labels, outputs["probabilities"])
        return {"threshold": self._threshold}

    @property
    def threshold_in_use(self):
        """The probability from which on labels are predicted.

        Raises:
            UserError: If it is to be tuned, and was not.
        """
        if self._threshold is None:
            raise UserError(
                "--threshold=tune: it was not tuned for this model yet: add --do_eval=true, or give a number"
            )
        return self._threshold

    def measure(self, outputs, encoded):
        """F1 over all labels and of each, and the threshold they are for."""
        predictions = (outputs["probabilities"] >= self.threshold_in_use).astype(np.int32)
        return {
            **multi_label_f1(self.labels, encoded.labels, predictions),
            "threshold": self.threshold_in_use,
        }

    def result_files(self, outputs, encoded):
        """`test_results.tsv`, a row of probabilities, and `predictions.tsv`, those that reach the threshold.

        The labels of a row, and their probabilities, are joined by the separator of the files,
        in the order of `labels`.
        """
        probabilities = outputs["probabilities"].astype(np.float32)
        rows = []
        for row_id, row in zip(encoded.examples.ids, probabilities):
            held = np.flatnonzero(row >= self.threshold_in_use)
            names = self.label_separator.join(self.labels[index] for index in held)
            rows.append((row_id, names, self.label_separator.join(f"{row[index]:.6f}" for index in held)))
        return {
            "test_results.tsv": number_rows(probabilities),
            "predictions.tsv": table(("id", "labels", "probabilities"), rows),
        }

    def evaluation_files(self, outputs, encoded):
        """`class_report.txt`, and `wrong_predictions.tsv` with the label each row was most wrong about."""
        probabilities, labels = outputs["probabilities"], encoded.labels
        predictions = (probabilities >= self.threshold_in_use).astype(np.int32)
        # How far the probability of a label is from what is true of it.
        distances = np.where(predictions == labels, 0, np.abs(labels - probabilities))
        worst = distances.argmax(axis=-1)

        def columns(row):
            true = self.label_separator.join(self.labels[index] for index in np.flatnonzero(labels[row]))
            return true, self.labels[worst[row]], f"{probabilities[row, worst[row]]:.6f}"

        header = ("labels", "wrong_label", "probability")
        return {
            "class_report.txt": class_report(self.labels, labels, predictions),
            "wrong_predictions.tsv": worst_rows(encoded.examples, distances.max(axis=-1), header, columns),
        }

    def answer(self, outputs):
        """`probabilities` [B, C] and `labels`, string [B, None], the names of those that reach the threshold.

        Rows with fewer labels than others are filled up with "".
        """
        import tensorflow as tf

        probabilities = outputs["probabilities"]
        names = tf.broadcast_to(tf.constant(self.labels), tf.shape(probabilities))
        held = tf.ragged.boolean_mask(names, probabilities >= self.threshold_in_use)
        return {"probabilities": probabilities, "labels": held.to_tensor("")}


def _checked(threshold):
    """The threshold as a number, 0.5 for none."""
    try:
        value = DEFAULT_THRESHOLD if threshold is None else float(threshold)
    except ValueError:
        value = -1
    if not 0 <= value <= 1:
        raise UserError(f"--threshold={threshold}: give a number from 0 to 1, or {TUNE!r}")
    return value


def _zeros_and_ones(table, name):
    values = table.column(name)
    numbers = [_ZERO_OR_ONE.get(value.strip().lower()) for value in values]
    if None in numbers:
        row = numbers.index(None)
        raise UserError(f"{table.place(row)}: {name!r} holds {shortened(values[row])!r}: give 0 or 1")
    return numbers
