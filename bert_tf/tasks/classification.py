"""One label out of several for a text or a pair of texts."""

import numpy as np

from bert_tf.data.shown_names import listed, shortened
from bert_tf.errors import UserError
from bert_tf.metrics.classification import (
    class_report,
    classification_metrics,
    confusion_counts,
    confusion_pairs,
)
from bert_tf.tasks.class_weights import class_weights
from bert_tf.tasks.label_counts import label_counts
from bert_tf.tasks.result_tables import number_rows, table, worst_rows
from bert_tf.tasks.texts import TextTask

# A matrix of more could not be read, and takes memory with the square of their number.
MOST_LABELS_OF_A_MATRIX = 2500


class Classification(TextTask):
    """One label for a text or a pair of texts.

    A data set states these three attributes; the rest follows from them.

    Attributes:
        labels: The labels as the files spell them; their order gives the indices.
        metrics: Names that `bert_tf.metrics.classification` knows.
        splits: See `TextTask`.
    """

    labels: list[str]
    metrics = ("accuracy",)
    evaluation_file_names = (
        "class_report.txt",
        "confusion_matrix.tsv",
        "confusion_pairs.tsv",
        "wrong_predictions.tsv",
    )
    result_file_names = ("test_results.tsv", "predictions.tsv")
    _weights_wanted = None
    _label_smoothing = 0.0

    def choose(self, class_weights=None, label_smoothing=0.0, **others):
        """Takes what training minimizes instead of the mean loss; see `objective` and `Task.choose`."""
        super().choose(**others)
        if class_weights == []:
            raise UserError("--class_weights is empty: give 'balanced' or LABEL:NUMBER, or leave it out")
        if not 0 <= label_smoothing < 1:
            raise UserError(f"--label_smoothing={label_smoothing}: give a share from 0 to below 1")
        self._weights_wanted, self._label_smoothing = class_weights, label_smoothing

    def examples(self, split, data_dir=None):
        """See `Task.examples`; those to train on determine the weights of the labels."""
        examples = super().examples(split, data_dir)
        if split == "train" and self._weights_wanted:
            self._weights = class_weights(self._weights_wanted, self.labels, examples.labels)
        return examples

    def targets(self, table, source):
        """The labels' indices, int32 [rows]."""
        indices = {label: index for index, label in enumerate(self.labels)}
        indices |= {word: indices[label] for word, label in source.synonyms.items()}
        words = self.words(table, source)
        try:
            return np.array([indices[word] for [word] in words], np.int32)
        except KeyError as error:
            word = error.args[0]
        raise UserError(
            f"{table.place(words.index([word]))}: label {shortened(word)!r} is not one of "
            f"{listed(self.labels)}: {self.remedy}"
        )

    def words(self, table, source):
        """The label of each row as its file has it, a list of one."""
        return [[word] for word in table.column(source.label)]

    def described(self, labels):
        """How often each label occurs."""
        return label_counts(dict(zip(self.labels, np.bincount(labels, minlength=len(self.labels)))))

    def model(self, config, dtype=None, recompute=False):
        """See `bert_classifier`."""
        from bert_tf.models.classification import bert_classifier

        return bert_classifier(config, len(self.labels), dtype, recompute)

    def loss(self, outputs, batch):
        """-log of the label's probability, [B], whatever training minimizes instead."""
        from bert_tf.models.classification import classification_loss

        return classification_loss(outputs, batch["labels"])

    def loss_of_means(self, outputs, means, labels, log_mean):
        """See `Task.loss_of_means`: -log of the mean of the label's probabilities."""
        logits = outputs["logits"].astype(np.float64)
        log_probabilities = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
        # As logits these give the means as probabilities.
        logits = log_mean(log_probabilities).astype(np.float32)
        return self.loss({"logits": logits}, {"labels": labels})

    def objective(self):
        """The mean of `classification_loss` with the smoothing and the weights of labels asked for."""
        from keras import ops

        from bert_tf.models.classification import classification_loss
        from bert_tf.models.objective import MeanLoss

        def loss(outputs, batch):
            return classification_loss(outputs, batch["labels"], self._label_smoothing)

        def weights(batch):
            return ops.take(ops.convert_to_tensor(self._weights), batch["labels"])

        return MeanLoss(loss, weights if self._weights_wanted else None)

    def measure(self, outputs, encoded):
        """The task's metrics of the likeliest labels."""
        predictions = outputs["probabilities"].argmax(axis=-1)
        return classification_metrics(self.metrics, encoded.labels, predictions)

    def result_files(self, outputs, encoded):
        """Google's `test_results.tsv`, a row of probabilities for each example, and `predictions.tsv`."""
        probabilities = outputs["probabilities"].astype(np.float32)
        best = probabilities.argmax(axis=-1)
        rows = (
            (row_id, self.labels[index], f"{row[index]:.6f}")
            for row_id, index, row in zip(encoded.examples.ids, best, probabilities)
        )
        return {
            "test_results.tsv": number_rows(probabilities),
            "predictions.tsv": table(("id", "label", "probability"), rows),
        }

    def evaluation_files(self, outputs, encoded):
        """`class_report.txt`, `confusion_matrix.tsv` and `wrong_predictions.tsv`, the surest first.

        Of very many labels `confusion_pairs.tsv` replaces the matrix: its entries other than 0, a line each.
        """
        best = outputs["probabilities"].argmax(axis=-1)
        sureness = outputs["probabilities"].max(axis=-1)

        def columns(row):
            return self.labels[encoded.labels[row]], self.labels[best[row]], f"{sureness[row]:.6f}"

        header = ("label", "predicted", "probability")
        wrong = np.where(best == encoded.labels, 0, sureness)
        return {
            "class_report.txt": class_report(self.labels, encoded.labels, best),
            **self._confusion_file(outputs, encoded),
            "wrong_predictions.tsv": worst_rows(encoded.examples, wrong, header, columns),
        }

    def confusion_matrix(self, outputs, encoded):
        """The labels and the counts [true, predicted]."""
        if len(self.labels) > MOST_LABELS_OF_A_MATRIX:
            return self.labels, None
        best = outputs["probabilities"].argmax(axis=-1)
        return self.labels, confusion_counts(len(self.labels), encoded.labels, best)

    def _confusion_file(self, outputs, encoded):
        names, counts = self.confusion_matrix(outputs, encoded)
        if counts is None:
            pairs = confusion_pairs(encoded.labels, outputs["probabilities"].argmax(axis=-1))
            rows = ((names[true], names[found], str(count)) for true, found, count in pairs)
            return {"confusion_pairs.tsv": table(("label", "predicted", "count"), rows)}
        rows = ((name, *map(str, row)) for name, row in zip(names, counts))
        return {"confusion_matrix.tsv": table(("label", *names), rows)}

    def answer(self, outputs):
        """`probabilities` [B, C] and `label`, string [B], the name of the likeliest."""
        import tensorflow as tf

        best = tf.argmax(outputs["probabilities"], axis=-1)
        return {
            "probabilities": outputs["probabilities"],
            "label": tf.gather(tf.constant(self.labels), best),
        }
