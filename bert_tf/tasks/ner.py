"""Named entities: a tag for each word of sentences in columns (Devlin et al. 2018, section 5.3)."""

import dataclasses
import itertools
import os

import numpy as np

from bert_tf.data.conll import read_conll
from bert_tf.data.tag_schemes import OUTSIDE, PLAIN, check_tags, goes_on, in_bioes, inside_tag, labels_of
from bert_tf.errors import UserError
from bert_tf.metrics.entities import entity_metrics
from bert_tf.metrics.tags import tag_metrics
from bert_tf.tasks.kinds import Task
from bert_tf.tasks.tag_counts import line_notices, tag_notices

PREDICTIONS_FILE = "predictions.txt"
SCORES_FILE = "predict_results.txt"
# What stands for a tag where there is none, and `O` is none of the tags.
_NO_TAG = "_"

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
        comment_prefix: What comment lines begin with; None if there are none.
    """

    train_file: str | None = None
    eval_file: str | None = None
    predict_file: str | None = None
    text_column: int = 0
    tag_column: int = -1
    tag_scheme: str = "any"
    comment_prefix: str | None = None


class Ner(Task):
    """One tag out of several for each word; the words between two blank lines are one example.

    Args:
        data: `NerData`.

    Attributes:
        labels: The tags by number. They are found in the training data when it is read; a run that
            does not train recalls them.
        word_cut: The `WordCut` of the training data and the share of its sentences that it finds
            again, likewise; None where a run of an earlier version did not note them.
    """

    metrics = ("f1", "precision", "recall", "accuracy")
    result_file_names = (PREDICTIONS_FILE, SCORES_FILE)

    def __init__(self, data):
        self.data = data
        self.labels = None
        self.word_cut = None
        self._is_plain = data.tag_scheme == PLAIN
        self._train = None

    def examples(self, split, data_dir):
        """`ConllSentences`; those to be predicted are read without tags. See `Task.examples`."""
        data = self.data
        sentences = read_conll(
            self._path(split, data_dir),
            data.text_column,
            data.tag_column,
            data.comment_prefix,
            needs_tags=split != "test",
        )
        notices = line_notices(sentences, data.comment_prefix)
        if split == "test":
            sentences, more = self._with_answers(sentences)
        else:
            check_tags(sentences, data.tag_scheme)
            if split == "train":
                self.labels = labels_of(sentences.tags, data.tag_scheme)
                self._train, self.word_cut = sentences, None
            self._check_known(sentences)
            more = tag_notices(sentences, data.tag_scheme)
        for notice in (*notices, *more):
            print(notice)
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
        """Precision, recall and F1 of entities or, with the scheme "none", of tags."""
        return self._measured(encoded.examples, encoded.examples.tags, self.predicted_tags(outputs, encoded))

    def _measured(self, sentences, true, predicted):
        if self._is_plain:
            return tag_metrics(true, predicted)
        return entity_metrics(
            *(sentences.by_sentence([in_bioes(tag) for tag in tags]) for tags in (true, predicted))
        )

    def result_files(self, outputs, encoded):
        """`predictions.txt`, the file that was read with one more column, and its score if it has tags."""
        sentences, tags = encoded.examples, self.predicted_tags(outputs, encoded)
        files = {PREDICTIONS_FILE: sentences.with_column(tags, filler=self._no_tag)}
        if sentences.answers:
            figures = self._measured(sentences, sentences.answers, tags)
            files[SCORES_FILE] = "".join(f"{name} = {figures[name]}\n" for name in sorted(figures))
        return files

    def predicted_tags(self, outputs, encoded):
        """The likeliest tag of each word.

        A word without word pieces is inside of an entity that goes on around it, else outside.
        """
        best = outputs["logits"].argmax(axis=-1)
        rows = np.repeat(np.arange(len(encoded)), encoded.lengths)
        places = np.arange(len(rows)) - encoded.row_splits[rows]
        has_word = encoded.token_words >= 0
        tags = [None] * len(encoded.examples.words)
        for word, label in zip(encoded.token_words[has_word], best[rows, places][has_word]):
            tags[word] = self.labels[label]
        return [tag for row in encoded.examples.by_sentence(tags) for tag in self._completed(row)]

    def _completed(self, tags):
        """The tags of a sentence, some `None`, with one for each word."""
        known = [place for place, tag in enumerate(tags) if tag is not None]
        for left, right in itertools.pairwise(known):
            if right - left > 1 and not self._is_plain and goes_on(tags[left], tags[right]):
                tags[left + 1 : right] = [inside_tag(tags[left], self.labels)] * (right - left - 1)
        return [self._no_tag if tag is None else tag for tag in tags]

    @property
    def _no_tag(self):
        return OUTSIDE if OUTSIDE in self.labels else _NO_TAG

    def serve(self, run, tokenizer, max_seq_length):
        """`text(text)`, the entities of each text [B]; see `ner_serving.serve_entities`."""
        from bert_tf.tasks.ner_serving import serve_entities
        from bert_tf.tokenization.corpus_words import WordCut

        cut, share = self._learned_cut() or (WordCut(), None)
        if share is None:
            print(
                "How the training words were cut is not noted in --output_dir: text is cut in the common way"
            )
        elif share < 1:
            print(
                f"Raw text is cut into words as the training data is; {share:.2%} of its sentences are found "
                "again so, the more if blanks stand between the words"
            )
        return serve_entities(self.labels, self._is_plain, cut, run, tokenizer, max_seq_length)

    def settings(self):
        """The labels and the cut of words, which training finds and every later run must share."""
        settings = {"labels": self.labels, "tag_scheme": PLAIN if self._is_plain else "any"}
        learned = self._learned_cut()
        if learned:
            settings |= {"word_cut": learned[0].to_settings(), "word_cut_share": learned[1]}
        return settings

    def _learned_cut(self):
        if self.word_cut is None and self._train is not None:
            from bert_tf.tokenization.word_cut_learning import learn_word_cut

            self.word_cut = learn_word_cut(self._train.by_sentence(self._train.words))
        return self.word_cut

    def recall(self, settings):
        """Takes the labels and the cut of words that the run that trained noted."""
        if "labels" not in settings:
            raise UserError(
                "--output_dir: no tagger was trained there, so its tags are unknown: add --do_train"
            )
        self.labels = settings["labels"]
        noted = settings.get("tag_scheme", "any")
        if self.data.tag_scheme not in ("any", noted) and PLAIN in (self.data.tag_scheme, noted):
            raise UserError(
                f"--tag_scheme={self.data.tag_scheme}: the tagger in --output_dir was trained with "
                f"--tag_scheme={noted}: give that one"
            )
        self._is_plain = noted == PLAIN
        if "word_cut" in settings:
            from bert_tf.tokenization.corpus_words import WordCut

            self.word_cut = WordCut.from_settings(settings["word_cut"]), settings["word_cut_share"]

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

    def _with_answers(self, sentences):
        """A file to predict, with its tags as `answers` where they are such, and lines on that."""
        tags, notices = sentences.tags, []
        sentences = dataclasses.replace(sentences, tags=None)
        known = set(self.labels)
        if tags and set(tags) == {OUTSIDE}:
            return sentences, [f"{sentences.path}: every tag is {OUTSIDE}, so the predictions are not scored"]
        if not tags or 2 * sum(tag in known for tag in tags) < len(tags):
            return sentences, notices
        unknown = next((word for word, tag in enumerate(tags) if tag not in known), None)
        if unknown is not None:
            notices.append(
                f"{sentences.path}: its tags are not scored: {sentences.place(unknown)} has "
                f"{tags[unknown]!r}, which is not one of the training data"
            )
            return sentences, notices
        notices.append(f"{sentences.path}: holds tags, so the predictions are scored in {SCORES_FILE}")
        return dataclasses.replace(sentences, answers=tags), notices
