"""Tasks of the GLUE benchmark (Wang et al. 2018), in the layout of its files and with its metrics."""

import numpy as np

from bert_tf.errors import UserError
from bert_tf.tasks.classification import Classification
from bert_tf.tasks.regression import Regression
from bert_tf.tasks.result_tables import table
from bert_tf.tasks.texts import Split


def _same_columns(text_a, text_b=None, label="label", row_id="index"):
    """train.tsv, dev.tsv and test.tsv of the same columns, but that test has no labels."""
    return {
        "train": Split("train.tsv", text_a, text_b, label, row_id),
        "dev": Split("dev.tsv", text_a, text_b, label, row_id),
        "test": Split("test.tsv", text_a, text_b, row_id=row_id),
    }


def _submission(ids, answers):
    """The text of a file as gluebenchmark.com takes it."""
    return table(("index", "prediction"), zip(ids, answers))


class _GlueClassification(Classification):
    """A classification task of GLUE.

    Attributes:
        submissions: What gluebenchmark.com calls the file of each test split.
    """

    submissions: dict[str, str]

    @property
    def submission_file_names(self):
        """See `Task`."""
        return tuple(self.submissions.values())

    def submission_files(self, split, outputs, encoded):
        """The likeliest label of each row."""
        answers = (self.labels[best] for best in outputs["probabilities"].argmax(axis=-1))
        return {self.submissions[split]: _submission(encoded.examples.ids, answers)}


class Cola(_GlueClassification):
    """CoLA: is the sentence acceptable English ("1") or not (Google's `ColaProcessor`).

    Google's script reports accuracy; GLUE ranks by Matthews correlation.
    """

    labels = ["0", "1"]
    metrics = ("accuracy", "matthews_correlation")
    submissions = {"test": "CoLA.tsv"}

    # Only test.tsv has a header.
    _NAMES = ("source", "label", "mark", "sentence")
    splits = {
        "train": Split("train.tsv", "sentence", label="label", names=_NAMES),
        "dev": Split("dev.tsv", "sentence", label="label", names=_NAMES),
        "test": Split("test.tsv", "sentence", row_id="index"),
    }


class Sst2(_GlueClassification):
    """SST-2: does the sentence of a film review speak well of it ("1") or not."""

    labels = ["0", "1"]
    splits = _same_columns("sentence")
    submissions = {"test": "SST-2.tsv"}


class Mrpc(_GlueClassification):
    """MRPC: do two sentences say the same ("1") or not (Google's `MrpcProcessor`).

    GLUE asks for F1 of label "1" beside accuracy.
    """

    labels = ["0", "1"]
    metrics = ("accuracy", "f1")
    splits = _same_columns("#1 String", "#2 String", "Quality")
    submissions = {"test": "MRPC.tsv"}


class Qqp(_GlueClassification):
    """QQP: do two questions ask the same ("1") or not.

    GLUE asks for F1 of label "1" beside accuracy.
    """

    labels = ["0", "1"]
    metrics = ("accuracy", "f1")
    splits = _same_columns("question1", "question2", "is_duplicate", "id")
    submissions = {"test": "QQP.tsv"}

    def table(self, source, data_dir):
        """See `TextTask.table`; says which rows of train and dev are broken, and leaves them out.

        GLUE's files are like that: some questions hold a line end, which cuts their row in two.
        """
        table = super().table(source, data_dir)
        if not source.label:
            return table  # Every row of test is to be answered.
        table, broken = table.whole_rows()
        if broken:
            print(
                f"{table.path}: {len(broken)} broken rows left out, which have fewer than "
                f"{len(table.names)} columns; the first is {broken[0]}"
            )
        return table


class Stsb(Regression):
    """STS-B: how alike are two sentences in meaning, from 0 to 5."""

    splits = _same_columns("sentence1", "sentence2", "score")
    submission_file_names = ("STS-B.tsv",)

    def submission_files(self, split, outputs, encoded):
        """The score of each row with three decimals, within the scale."""
        answers = (f"{score:.3f}" for score in np.clip(outputs["value"], 0, 5))
        return {"STS-B.tsv": _submission(encoded.examples.ids, answers)}


class Mnli(_GlueClassification):
    """MNLI: does the first text entail the second (Google's `MnliProcessor`).

    As with Google, the main dev and test set are the matched ones, from the same kinds of text as
    train; what the mismatched ones give is marked as such.
    """

    labels = ["contradiction", "entailment", "neutral"]
    dev_splits = ("dev", "dev_mismatched")
    test_splits = ("test", "test_mismatched")
    submissions = {"test": "MNLI-m.tsv", "test_mismatched": "MNLI-mm.tsv"}

    splits = {
        "train": Split("train.tsv", "sentence1", "sentence2", "gold_label", "index"),
        "dev": Split("dev_matched.tsv", "sentence1", "sentence2", "gold_label", "index"),
        "dev_mismatched": Split("dev_mismatched.tsv", "sentence1", "sentence2", "gold_label", "index"),
        "test": Split("test_matched.tsv", "sentence1", "sentence2", row_id="index"),
        "test_mismatched": Split("test_mismatched.tsv", "sentence1", "sentence2", row_id="index"),
    }


class Ax(_GlueClassification):
    """AX, GLUE's diagnostic set: MNLI's question for a model trained on MNLI; it has no labels."""

    labels = Mnli.labels
    test_splits = ("test_ax",)
    submissions = {"test_ax": "AX.tsv"}
    splits = {"test_ax": Split("diagnostic.tsv", "sentence1", "sentence2", row_id="index")}

    def examples(self, split, data_dir):
        """See `Task.examples`."""
        if split not in self.splits:
            raise UserError(
                "AX has no labels to train or evaluate on: give only --do_predict=true, and the "
                "--output_dir of a model trained with --task_name=MNLI"
            )
        return super().examples(split, data_dir)

    def settings(self):
        """The model is one of MNLI."""
        return {"task_name": "mnli"}


class Qnli(_GlueClassification):
    """QNLI: does the sentence answer the question (SQuAD's questions, revised for GLUE)."""

    labels = ["entailment", "not_entailment"]
    splits = _same_columns("question", "sentence")
    submissions = {"test": "QNLI.tsv"}


class Rte(_GlueClassification):
    """RTE: does the first text entail the second, or not."""

    labels = ["entailment", "not_entailment"]
    splits = _same_columns("sentence1", "sentence2")
    submissions = {"test": "RTE.tsv"}


class Wnli(_GlueClassification):
    """WNLI: does the second sentence, in which a pronoun is replaced, follow ("1") or not."""

    labels = ["0", "1"]
    splits = _same_columns("sentence1", "sentence2")
    submissions = {"test": "WNLI.tsv"}
