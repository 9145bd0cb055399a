"""Which of several choices answers a question or continues a text."""

import dataclasses

import numpy as np

from bert_tf.data.json_lines import read_json_lines
from bert_tf.data.row_tables import check_no_breaks
from bert_tf.data.shown_names import shortened
from bert_tf.errors import UserError
from bert_tf.metrics.classification import classification_metrics
from bert_tf.tasks.kinds import Task
from bert_tf.tasks.label_counts import label_counts
from bert_tf.tasks.result_tables import NUM_WORST_ROWS, number_rows, table
from bert_tf.tasks.texts import Examples


def print_answers(path, answers, num_choices):
    """Says how often each choice of the rows of a file is the right one."""
    counts = np.bincount(answers, minlength=num_choices)
    numbers = map(str, range(num_choices))
    print(f"{path}: {label_counts(dict(zip(numbers, counts)), 'answers')}")


class MultipleChoice(Task):
    """One of several choices, each of which is read together with the question.

    A data set gives, from `examples`, `Examples` whose `text_b` has a list of choices for each row,
    as many for all rows, and whose labels are the numbers of the right ones, from 0.
    """

    metrics = ("accuracy",)
    evaluation_file_names = ("wrong_predictions.tsv",)
    result_file_names = ("test_results.tsv", "predictions.tsv")

    def encode(self, tokenizer, examples, max_seq_length):
        """C sequences for each example: the question and one of its choices."""
        from bert_tf.data.pipelines import encode_examples

        encoded = encode_examples(_encoder(tokenizer, max_seq_length), examples)
        return dataclasses.replace(encoded, num_choices=len(examples.text_b[0]))

    def model(self, config, dtype=None, recompute=False):
        """See `bert_multiple_choice`."""
        from bert_tf.models.multiple_choice import bert_multiple_choice

        return bert_multiple_choice(config, dtype, recompute)

    def loss(self, outputs, batch):
        """-log of the right choice's probability, [B]."""
        from bert_tf.models.classification import classification_loss

        return classification_loss(outputs, batch["labels"])

    def measure(self, outputs, encoded):
        """How often the likeliest choice is the right one."""
        return classification_metrics(self.metrics, encoded.labels, outputs["probabilities"].argmax(axis=-1))

    def result_files(self, outputs, encoded):
        """`test_results.tsv`, a row of probabilities for each example, and `predictions.tsv`.

        The latter has the chosen one's number, from 0, and its text, white space in it as a blank.
        """
        probabilities = outputs["probabilities"].astype(np.float32)
        best = probabilities.argmax(axis=-1)
        examples = encoded.examples
        rows = (
            (row_id, str(index), " ".join(choices[index].split()), f"{row[index]:.6f}")
            for row_id, choices, index, row in zip(examples.ids, examples.text_b, best, probabilities)
        )
        return {
            "test_results.tsv": number_rows(probabilities),
            "predictions.tsv": table(("id", "answer", "choice", "probability"), rows),
        }

    def evaluation_files(self, outputs, encoded):
        """`wrong_predictions.tsv`: the questions whose wrong choice was the surest."""
        probabilities, answers = outputs["probabilities"], encoded.labels
        best, examples = probabilities.argmax(axis=-1), encoded.examples

        def text(row, index):
            return " ".join(examples.text_b[row][index].split())

        wrong = np.where(best == answers, 0, probabilities.max(axis=-1))
        order = np.argsort(-wrong, kind="stable")[: min(NUM_WORST_ROWS, np.count_nonzero(wrong))]
        rows = (
            (
                examples.ids[row],
                " ".join(examples.text_a[row].split()),
                text(row, answers[row]),
                text(row, best[row]),
                f"{wrong[row]:.6f}",
            )
            for row in order
        )
        header = ("id", "question", "answer", "predicted", "probability")
        return {"wrong_predictions.tsv": table(header, rows)}

    def serve(self, run, tokenizer, max_seq_length):
        """`text(question [B], choices [B, C])` gives `answer`, int32 [B], `choice`, string [B], its text,
        and `probabilities` [B, C]; see `Task.serve`."""
        import tensorflow as tf

        encode = _encoder(tokenizer, max_seq_length)

        def text(question, choices: tf.TensorSpec([None, None], tf.string)):
            without = "there are questions without choices"
            tf.debugging.assert_less_equal(tf.size(question), tf.size(choices), without)
            input_ids, segment_ids, _ = encode(question, choices)
            inputs = {
                "input_ids": input_ids.to_tensor(),
                "input_mask": tf.ones_like(input_ids).to_tensor(),
                "segment_ids": segment_ids.to_tensor(),
            }
            grouped = tf.concat([tf.shape(choices), tf.shape(inputs["input_ids"])[-1:]], axis=0)
            outputs = run({name: tf.reshape(value, grouped) for name, value in inputs.items()})
            # Without any question there may be no choice, but then there is still one too few.
            chances = tf.pad(outputs["probabilities"], [[0, 0], [0, 1]], constant_values=-1.0)
            answer = tf.argmax(chances, axis=-1, output_type=tf.int32)
            return {
                "probabilities": outputs["probabilities"],
                "answer": answer,
                "choice": tf.gather(choices, answer, batch_dims=1),
            }

        return text


def _encoder(tokenizer, max_seq_length):
    """From questions [B] and choices [B, C] to ragged ids [B·C, None], and which examples were cut, [B]."""
    import tensorflow as tf

    from bert_tf.data.features import classification_features

    def encode(questions, choices):
        num_choices = tf.shape(choices)[1]
        features = classification_features(
            tokenizer, tf.repeat(questions, num_choices), tf.reshape(choices, [-1]), max_seq_length
        )
        truncated = tf.reduce_any(tf.reshape(features.truncated, [-1, num_choices]), axis=1)
        return features.input_ids, features.segment_ids, truncated

    return encode


@dataclasses.dataclass(kw_only=True, eq=False)
class UserChoices(MultipleChoice):
    """Questions of the user's own, from files of one JSON object a line.

    A line holds "question", a text, "choices", a list of texts, and, unless it is only to be
    predicted, "answer", the right choice's number, from 0, or its text; "id" names it in
    results, else its number does.

    Args:
        train_file: File to train on.
        eval_file: File to evaluate on.
        predict_file: File to predict the answers of.
    """

    reads_data_dir = False

    train_file: str | None = None
    eval_file: str | None = None
    predict_file: str | None = None

    def input_files(self, data_dir):
        """See `Task.input_files`."""
        return [path for path in (self.train_file, self.eval_file, self.predict_file) if path]

    def examples(self, split, data_dir=None):
        """Reads one split into `Examples`; `data_dir` is not used."""
        flag = {"train": "train_file", "dev": "eval_file", "test": "predict_file"}[split]
        path = getattr(self, flag)
        if not path:
            raise UserError(f"--{flag} is missing: give a file of one JSON object a line")
        lines = read_json_lines(path)
        choices = [_choices(lines, row) for row in range(len(lines))]
        labels = None
        if split != "test":
            labels = np.array([_answer(lines, row, choices[row]) for row in range(len(lines))], np.int32)
            print_answers(path, labels, len(choices[0]))
        return Examples(_ids(lines), lines.column("question"), choices, labels)


def _choices(lines, row):
    """The choices of a row, as many as the first one has."""
    choices = lines.value(row, "choices")
    if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
        raise UserError(f'{lines.place(row)}: \'choices\' holds no list of texts: write ["…", "…"]')
    if len(choices) < 2:
        raise UserError(f"{lines.place(row)}: {len(choices)} choices: give at least two")
    expected = len(lines.value(0, "choices"))
    if len(choices) != expected:
        raise UserError(
            f"{lines.place(row)}: {len(choices)} choices where the first row has {expected}: give every row "
            "as many, or sort the rows into several files"
        )
    return choices


def _answer(lines, row, choices):
    """The number of the right choice of a row."""
    answer = lines.value(row, "answer")
    if choices.count(answer) > 1:
        what = f"the choice {shortened(answer)!r}, the 'answer', is there twice"
        raise UserError(f"{lines.place(row)}: {what}: give its number")
    if answer in choices:
        return choices.index(answer)
    is_number = isinstance(answer, (int, float)) and not isinstance(answer, bool)
    if is_number and answer in range(len(choices)):
        return int(answer)
    raise UserError(
        f"{lines.place(row)}: 'answer' is {shortened(repr(answer))}: give the right choice's number, from "
        f"0 to {len(choices) - 1}, or its text"
    )


def _ids(lines):
    if "id" not in lines.names:
        return [str(number) for number in lines.row_numbers]
    ids = lines.column("id")
    for row, row_id in enumerate(ids):
        check_no_breaks(lines.place(row), "id", row_id)
    return ids
