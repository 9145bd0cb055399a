"""SQuAD: the answer to a question is a span of a paragraph, or, in version 2.0, may be missing."""

import dataclasses
import json
import math
from typing import NamedTuple

import numpy as np

from bert_tf.data.squad import read_squad
from bert_tf.errors import UserError
from bert_tf.metrics.squad import best_thresholds, score_squad_1, score_squad_2
from bert_tf.tasks.kinds import Task
from bert_tf.tasks.squad_notes import encoding_notes, prediction_notes, training_notes
from bert_tf.tokenization.vocabulary import load_vocab

# More answers than any file of predictions needs; of each, 160 bytes go into nbest_predictions.json.
_MOST_ANSWERS = 20_000_000


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
    label_first_occurrence: bool = False
    pad_to_max_length: bool = False
    verbose_logging: bool = False

    def check(self):
        """Raises UserError where lengths do not go together, or the threshold is no number."""
        if not math.isfinite(self.null_score_diff_threshold):
            raise UserError(
                f"--null_score_diff_threshold={self.null_score_diff_threshold}: give a finite number, as "
                "best_f1_thresh of an earlier eval_results.txt"
            )
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
        self._said = set()
        self._vocabulary = load_vocab(options.vocab_file)

    def examples(self, split, data_dir=None):
        """Reads the file of one split, `SquadExamples`, and says what of it is not as it seems."""
        options = self.options
        if split != "train":
            return self._examples_to_predict(is_evaluation=split == "dev")
        examples = read_squad(options.train_file, True, options.version_2_with_negative)
        self._say_once(training_notes(options.train_file, examples, options))
        return examples

    def _examples_to_predict(self, is_evaluation):
        path, options = self.options.predict_file, self.options
        if not path:
            raise UserError("flag --predict_file is missing: training is evaluated on its questions")
        examples = read_squad(path, is_training=False)
        if is_evaluation and not examples.have_answers:
            raise UserError(f"{path}: holds no answers to evaluate on: give a file like dev-v1.1.json")
        num_answers = len(examples) * options.n_best_size
        if num_answers > _MOST_ANSWERS:
            raise UserError(
                f"--n_best_size={options.n_best_size}: up to {num_answers:,} answers to the {len(examples)} "
                f"questions of {path} ({num_answers * 160 / 1e9:.0f} GB): give at most "
                f"{max(_MOST_ANSWERS // len(examples), 1)}"
            )
        self._say_once(prediction_notes(path, examples, options))
        return examples

    def input_files(self, data_dir):
        """See `Task.input_files`."""
        return [path for path in (self.options.train_file, self.options.predict_file) if path]

    def encode(self, tokenizer, examples, max_seq_length):
        """The rows of all questions' windows, `EncodedWindows`."""
        from bert_tf.data.squad_features import encode_squad

        windows = self._window_options(max_seq_length)
        encoded = encode_squad(tokenizer, examples, windows, not self.options.label_first_occurrence)
        self._say_once(encoding_notes(encoded, self.options))
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
        answers = [self._answer(prediction) for prediction in self._predictions(outputs, encoded)]
        return self._scores(answers, encoded.examples)

    def result_files(self, outputs, encoded):
        """Google's three files, and `eval_results.txt` where the answers are known."""
        ids, answers, entries = encoded.examples.ids, [], []
        for prediction in self._predictions(outputs, encoded):
            answers.append(self._answer(prediction))
            entries.append(_json(_entries(prediction)))  # As text at once: it takes a tenth of the memory.
        files = {
            "predictions.json": _json_object(ids, (_json(answer.text) for answer in answers)),
            "nbest_predictions.json": _json_object(ids, entries),
        }
        if self.options.version_2_with_negative:
            files["null_odds.json"] = _json_object(ids, (_json(answer.null_odds) for answer in answers))
        if encoded.examples.have_answers:
            scores = self._scores(answers, encoded.examples)
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
        _check_finite(outputs)
        if not self.options.pad_to_max_length:
            # Batches are padded as far as needed; only Google's padding to one length can compete.
            outputs = {name: _without_padding(values, encoded.lengths) for name, values in outputs.items()}
        spans, case = self._span_options(), self.options.do_lower_case
        predictor = SpanPredictor(encoded, outputs, spans, self._vocabulary, case)
        return map(predictor.predict, range(len(encoded.examples)))

    def _answer(self, prediction):
        text = prediction.text(self.options.null_score_diff_threshold)
        if not self.options.version_2_with_negative:
            return _Answer(text)
        return _Answer(text, prediction.best.text, prediction.null_odds)

    def _scores(self, predictions, examples):
        """The figures for those questions whose answers are known."""
        known = [number for number, question in enumerate(examples.questions) if question.answers is not None]
        answers = [examples.questions[number].answers for number in known]
        texts, best, odds = zip(*(predictions[number] for number in known))
        if not (self.options.version_2_with_negative or examples.have_questions_without_answer):
            return score_squad_1(texts, answers)
        scores = score_squad_2(texts, answers)
        if self.options.version_2_with_negative:
            scores |= best_thresholds(best, odds, answers)
        return scores

    def _say_once(self, notes):
        """What is known from the data alone is said for the first of several seeds only."""
        for note in notes:
            if note not in self._said:
                self._said.add(note)
                self._say(note)


class _Answer(NamedTuple):
    """What is predicted for a question: its answer, the best one that is not "", and the odds of none."""

    text: str
    best: str | None = None
    null_odds: float | None = None


def _check_finite(outputs):
    """Raises UserError where there is nothing to predict from, and no number to write."""
    is_finite = np.logical_and(*(np.isfinite(values).all(axis=1) for values in outputs.values()))
    if not is_finite.all():
        raise UserError(
            f"the model's scores are not finite in {np.count_nonzero(~is_finite)} of {len(is_finite)} windows"
            ": its weights are damaged, or too large for --precision: use another checkpoint or float32"
        )


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


def _json(value):
    """As Google's script writes it."""
    return json.dumps(value, indent=4, allow_nan=False)


def _json_object(names, texts):
    """The same for an object of values that are JSON already."""
    lines = (f"    {json.dumps(name)}: {text}".replace("\n", "\n    ") for name, text in zip(names, texts))
    return "{\n" + ",\n".join(lines) + "\n}\n"
