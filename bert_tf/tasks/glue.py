"""Tasks of the GLUE benchmark, in the layout of its files."""

from bert_tf.tasks.classification import Classification
from bert_tf.tasks.texts import Split


class Cola(Classification):
    """CoLA: is the sentence acceptable English ("1") or not (Google's `ColaProcessor`).

    Google's script reports accuracy; GLUE ranks by Matthews correlation.
    """

    labels = ["0", "1"]
    metrics = ("accuracy", "matthews_correlation")

    # Only test.tsv has a header.
    _NAMES = ("source", "label", "mark", "sentence")
    splits = {
        "train": Split("train.tsv", "sentence", label="label", names=_NAMES),
        "dev": Split("dev.tsv", "sentence", label="label", names=_NAMES),
        "test": Split("test.tsv", "sentence", row_id="index"),
    }


class Mnli(Classification):
    """MNLI: does the first text entail the second (Google's `MnliProcessor`).

    As Google, dev and test are the matched ones.
    """

    labels = ["contradiction", "entailment", "neutral"]

    splits = {
        "train": Split("train.tsv", "sentence1", "sentence2", "gold_label", "index"),
        "dev": Split("dev_matched.tsv", "sentence1", "sentence2", "gold_label", "index"),
        "test": Split("test_matched.tsv", "sentence1", "sentence2", row_id="index"),
    }


class Mrpc(Classification):
    """MRPC: do two sentences say the same ("1") or not (Google's `MrpcProcessor`).

    GLUE asks for F1 of label "1" beside accuracy.
    """

    labels = ["0", "1"]
    metrics = ("accuracy", "f1")

    splits = {
        "train": Split("train.tsv", "#1 String", "#2 String", "Quality"),
        "dev": Split("dev.tsv", "#1 String", "#2 String", "Quality"),
        "test": Split("test.tsv", "#1 String", "#2 String", row_id="index"),
    }
