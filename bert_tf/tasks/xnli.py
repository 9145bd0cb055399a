"""XNLI: MNLI's question in fifteen languages."""

from bert_tf.tasks.classification import Classification
from bert_tf.tasks.texts import Split


class Xnli(Classification):
    """Does the first text entail the second (Google's `XnliProcessor`).

    Trains on the machine translations of MNLI, evaluates on the rows of
    xnli.dev.tsv in the same language. As with Google there is no test split.

    Args:
        language: Two-letter code as in the files, such as "zh" (Google's), "de" or "ar".
    """

    labels = ["contradiction", "entailment", "neutral"]

    def __init__(self, language="zh"):
        self.splits = {
            "train": Split(
                f"multinli/multinli.train.{language}.tsv",
                "premise",
                "hypo",
                "label",
                synonyms={"contradictory": "contradiction"},
            ),
            "dev": Split(
                "xnli.dev.tsv", "sentence1", "sentence2", "gold_label", where=("language", language)
            ),
        }
