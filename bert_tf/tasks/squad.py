"""SQuAD: the answer to a question is a span of a paragraph, or, in version 2.0, may be missing."""

import dataclasses
import json

import numpy as np

from bert_tf.data.squad import read_squad
from bert_tf.errors import UserError
from bert_tf.metrics.squad import best_thresholds, score_squad_1, score_squad_2
from bert_tf.tasks.kinds import Task
from bert_tf.tokenization.vocabulary import load_vocab

# So many skipped answers are named even if nothing more was asked for.
_NAMED = 10


@dataclasses.dataclass(frozen=True)
class SquadOptions:
    """The flags of run_squad.py that are about the task; `flags/squad.py` says what each means."""

    vocab_file: str
    train_file: str | None = None
    predict_file: str | None = None
    do_lower_case: bool = True
    max_seq_length: int = 384
    doc_stride: int = 128
    max_query_length: int = 64
    n_best_size: int = 20
    max_answer_length: int = 30
    version_2_with_negative: bool = False
    null_score_diff_threshold: float = 0.0
    pad_to_max_length: bool = False
    verbose_logging: bool = False

    def check(self):
        """Raises UserError where lengths do not go together."""
        if self.max_seq_length <= self.max_query_length + 3:
            raise UserError(
                f"--max_query_length={self.max_query_length}: leaves no room for the paragraph in "
                f"--max_seq_length={self.max_seq_length} with [CLS] and two [SEP]: give less than "
                f"{self.max_seq_length - 3}"
            )
        if self.doc_stride > self.max_seq_length - 3:
            raise UserError(
                f"--doc_stride={self.doc_stride}: no window of --max_seq_length={self.max_seq_length} is as "
                "long, so none would overlap and answers between two would be lost: give at most "
                f"{self.max_seq_length - self.max_query_length - 3}"
            )


class Squad(Task):
    """Questions on paragraphs (Devlin et al. 2018, sections 4.2 and 4.3; Google's `run_squad.py`).

    The splits "dev" and "test" are both the file to predict.

    Args:
        options: `SquadOptions`.
        say: Called with each line that the user should see.
    """

    metrics = ("f1",)
    result_file_names = ("predictions.json", "nbest_predictions.json", "null_odds.json", "eval_results.txt")
    reads_data_dir = False

    def __init__(self, options, say=print):
        options.check()
        self.options = options
        self._say = say
        self._vocabulary = load_vocab(options.vocab_file)

    def examples(self, split, data_dir=None):
        """Reads the file of one split, `SquadExamples`, and says which answers cannot be trained on."""
        options = self.options
        if split != "train":
            return self._examples_to_predict(is_evaluation=split == "dev")
        examples = read_squad(options.train_file, True, options.version_2_with_negative)
        if examples.skipped:
            self._say_skipped(examples.skipped)
        return examples

    def _examples_to_predict(self, is_evaluation):
        path = self.options.predict_file
        if not path:
            raise UserError("flag --predict_file is missing: training is evaluated on its questions")
        examples = read_squad(path, is_training=False)
        if is_evaluation and not examples.have_answers:
            raise UserError(f"{path}: holds no answers to evaluate on: give a file like dev-v1.1.json")
        return examples

    def input_files(self, data_dir):
        """See `Task.input_files`."""
        return [path for path in (self.options.train_file, self.options.predict_file) if path]

    def encode(self, tokenizer, examples, max_seq_length):
        """The rows of all questions' windows, `EncodedWindows`."""
        from bert_tf.data.squad_features import encode_squad

        encoded = encode_squad(tokenizer, examples, self._window_options(max_seq_length))
        if encoded.num_cut_questions:
            limit = self.options.max_query_length
            self._say(f"{encoded.num_cut_questions} questions cut to their first {limit} word pieces")
        return encoded

    def model(self, config, dtype=None, recompute=False):
        """See `bert_span_answering`."""
        from bert_tf.models.span_answering import bert_span_answering

        return bert_span_answering(config, dtype, recompute)

    def loss(self, outputs, batch):
        """See `span_loss`, [B]."""
        from bert_tf.models.span_answering import span_loss

        return span_loss(outputs, batch["labels"])

    def measure(self, outputs, encoded):
        """The figures of SQuAD's own evaluation of these predictions."""
        return self._scores(list(self._predictions(outputs, encoded)), encoded.examples)

    def result_files(self, outputs, encoded):
        """Google's three files, and `eval_results.txt` where the answers are known."""
        ids, predictions = encoded.examples.ids, list(self._predictions(outputs, encoded))
        threshold = self.options.null_score_diff_threshold
        texts = {key: prediction.text(threshold) for key, prediction in zip(ids, predictions)}
        entries = {key: _entries(prediction) for key, prediction in zip(ids, predictions)}
        files = {"predictions.json": _json(texts), "nbest_predictions.json": _json(entries)}
        if self.options.version_2_with_negative:
            odds = {key: prediction.null_odds for key, prediction in zip(ids, predictions)}
            files["null_odds.json"] = _json(odds)
        if encoded.examples.have_answers:
            scores = self._scores(predictions, encoded.examples)
            files["eval_results.txt"] = "".join(f"{name} = {scores[name]}\n" for name in sorted(scores))
            self._say("\n".join(f"  {name} = {scores[name]}" for name in sorted(scores)))
        return files

    def serve(self, run, tokenizer, max_seq_length):
        """`text(question, context)`; see `span_answers`."""
        from bert_tf.tasks.span_serving import span_answers

        windows, spans = self._window_options(max_seq_length), self._span_options()

        def text(question, context):
            return span_answers(run, tokenizer, windows, spans, question, context)

        return text

    def _window_options(self, max_seq_length):
        from bert_tf.data.squad_windows import WindowOptions

        return WindowOptions(max_seq_length, self.options.doc_stride, self.options.max_query_length)

    def _span_options(self):
        from bert_tf.tasks.span_predictions import SpanOptions

        return SpanOptions(
            **{field.name: getattr(self.options, field.name) for field in dataclasses.fields(SpanOptions)}
        )

    def _predictions(self, outputs, encoded):
        """Yields a `SpanPrediction` for each question."""
        from bert_tf.tasks.span_predictions import SpanPredictor

        outputs = {name: outputs[name] for name in ("start_logits", "end_logits")}
        if not self.options.pad_to_max_length:
            # Batches are padded as far as needed; only Google's padding to one length can compete.
            outputs = {name: _without_padding(values, encoded.lengths) for name, values in outputs.items()}
        spans, case = self._span_options(), self.options.do_lower_case
        predictor = SpanPredictor(encoded, outputs, spans, self._vocabulary, case)
        return map(predictor.predict, range(len(encoded.examples)))

    def _scores(self, predictions, examples):
        answers = [question.answers or () for question in examples.questions]
        texts = [prediction.text(self.options.null_score_diff_threshold) for prediction in predictions]
        if not (self.options.version_2_with_negative or examples.have_questions_without_answer):
            return score_squad_1(texts, answers)
        scores = score_squad_2(texts, answers)
        if self.options.version_2_with_negative:
            best = [prediction.best.text for prediction in predictions]
            odds = [prediction.null_odds for prediction in predictions]
            scores |= best_thresholds(best, odds, answers)
        return scores

    def _say_skipped(self, skipped):
        path, verbose = self.options.train_file, self.options.verbose_logging
        named = [answer.id for answer in skipped[: None if verbose else _NAMED]]
        more = "" if len(named) == len(skipped) else ", … (--verbose_logging=true shows all)"
        self._say(
            f"{path}: {len(skipped)} questions left out, whose answer is not where answer_start says: "
            f"{', '.join(named)}{more}"
        )
        for answer in skipped if verbose else ():
            self._say(f"  {answer.id}: {answer.answer!r} is not in {answer.found!r}")


def _without_padding(logits, lengths):
    """[rows, S] with -inf behind each row's tokens."""
    return np.where(np.arange(logits.shape[1]) < lengths[:, None], logits, -np.inf)


def _entries(prediction):
    return [
        {
            "text": entry.text,
            "probability": probability,
            "start_logit": entry.start_logit,
            "end_logit": entry.end_logit,
        }
        for entry, probability in zip(prediction.entries, prediction.probabilities())
    ]


def _json(values):
    """As Google's script writes it."""
    return json.dumps(values, indent=4) + "\n"
