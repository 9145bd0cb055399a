"""Named entities: a tag for each word of sentences in columns (Devlin et al. 2018, section 5.3)."""

import dataclasses
import os

import numpy as np

from bert_tf.data.conll import read_conll
from bert_tf.data.tag_schemes import OUTSIDE, check_tags, labels_of
from bert_tf.errors import UserError
from bert_tf.metrics.entities import entity_metrics
from bert_tf.tasks.kinds import Task

PREDICTIONS_FILE = "predictions.txt"

_FLAGS = {"train": "train_file", "dev": "eval_file", "test": "predict_file"}


@dataclasses.dataclass(frozen=True)
class NerData:
    """The files and what is in them.

    Args:
        train_file, eval_file, predict_file: Paths; by default `train.txt`, `dev.txt` and `test.txt`
            in the data folder.
        text_column: Number of the words' column, from 0; negative numbers count from the last, -1.
        tag_column: Likewise of the tags; not needed to predict.
        tag_scheme: One of `SCHEMES`.
    """

    train_file: str | None = None
    eval_file: str | None = None
    predict_file: str | None = None
    text_column: int = 0
    tag_column: int = -1
    tag_scheme: str = "any"


class Ner(Task):
    """One tag out of several for each word; the words between two blank lines are one example.

    Args:
        data: `NerData`.

    Attributes:
        labels: The tags by number. They are found in the training data when it is read; a run that
            does not train recalls them.
    """

    metrics = ("f1", "precision", "recall", "accuracy")
    result_file_names = (PREDICTIONS_FILE,)

    def __init__(self, data):
        self.data = data
        self.labels = None

    def examples(self, split, data_dir):
        """`ConllSentences`; those to be predicted are read without tags. See `Task.examples`."""
        sentences = read_conll(
            self._path(split, data_dir),
            self.data.text_column,
            None if split == "test" else self.data.tag_column,
        )
        if split != "test":
            check_tags(sentences, self.data.tag_scheme)
            if split == "train":
                self.labels = labels_of(sentences.tags, self.data.tag_scheme)
            self._check_known(sentences)
        return sentences

    def input_files(self, data_dir):
        """See `Task.input_files`."""
        given = {split: getattr(self.data, flag) for split, flag in _FLAGS.items()}
        return [self._path(split, data_dir) for split, path in given.items() if path or data_dir]

    def encode(self, tokenizer, examples, max_seq_length):
        """Each sentence in one row or several; labels on the first piece of each word. See `Task.encode`."""
        from bert_tf.data.tagging import encode_sentences

        numbers = {label: number for number, label in enumerate(self.labels)}
        word_labels = None if examples.tags is None else [numbers[tag] for tag in examples.tags]
        return encode_sentences(tokenizer, examples, word_labels, max_seq_length)

    def model(self, config, dtype=None, recompute=False):
        """See `bert_token_tagger`."""
        from bert_tf.models.token_tagging import bert_token_tagger

        return bert_token_tagger(config, len(self.labels), dtype, recompute)

    def loss(self, outputs, batch):
        """-log of the probabilities of the words' tags, summed over each row, [B]."""
        from bert_tf.models.token_tagging import tagging_loss

        return tagging_loss(outputs, batch["labels"])

    def measure(self, outputs, encoded):
        """Precision, recall and F1 of entities; see `entity_metrics`."""
        sentences = encoded.examples
        predicted = self.predicted_tags(outputs, encoded)
        return entity_metrics(sentences.by_sentence(sentences.tags), sentences.by_sentence(predicted))

    def result_files(self, outputs, encoded):
        """`predictions.txt`, the file that was read with one more column."""
        tags = self.predicted_tags(outputs, encoded)
        return {PREDICTIONS_FILE: encoded.examples.with_column(tags, filler=OUTSIDE)}

    def predicted_tags(self, outputs, encoded):
        """The likeliest tag of each word; `O` for a word without word pieces."""
        best = outputs["logits"].argmax(axis=-1)
        rows = np.repeat(np.arange(len(encoded)), encoded.lengths)
        places = np.arange(len(rows)) - encoded.row_splits[rows]
        has_word = encoded.token_words >= 0
        tags = [OUTSIDE] * len(encoded.examples.words)
        for word, label in zip(encoded.token_words[has_word], best[rows, places][has_word]):
            tags[word] = self.labels[label]
        return tags

    def serve(self, run, tokenizer, max_seq_length):
        """`text(text)`, the entities of each text [B]; see `ner_serving.serve_entities`."""
        from bert_tf.tasks.ner_serving import serve_entities

        return serve_entities(self.labels, run, tokenizer, max_seq_length)

    def settings(self):
        """The labels, which training finds and every later run must share."""
        return {"labels": self.labels}

    def recall(self, settings):
        """Takes the labels that the run that trained noted."""
        if "labels" not in settings:
            raise UserError(
                "--output_dir: no tagger was trained there, so its tags are unknown: add --do_train"
            )
        self.labels = settings["labels"]

    def _path(self, split, data_dir):
        flag = _FLAGS[split]
        path = getattr(self.data, flag)
        if not path and not data_dir:
            raise UserError(f"flag --{flag} is missing: give the file, or --data_dir with {split}.txt in it")
        return path or os.path.join(data_dir, f"{split}.txt")

    def _check_known(self, sentences):
        unknown = set(sentences.tags) - set(self.labels)
        if unknown:
            word = next(word for word, tag in enumerate(sentences.tags) if tag in unknown)
            raise UserError(
                f"{sentences.place(word)}: tag {sentences.tags[word]!r} is not one of the training data "
                f"({', '.join(self.labels)}): correct it, or train on data that has it"
            )
