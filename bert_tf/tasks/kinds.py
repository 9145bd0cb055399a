"""What a kind of task has to say about itself: its rows, its model, what its answers are worth."""

import abc

from bert_tf.errors import UserError

# What a user may choose of some kinds of task, by flag name, and which these are.
CHOICES = {
    "class_weights": "tasks with one label out of several",
    "label_smoothing": "tasks with one label out of several",
    "long_text": "tasks with one answer for a text or a pair of texts",
}


class Task(abc.ABC):
    """All that fine-tuning, prediction and export need to know of a task.

    A kind of task (`classification.py`, …) is a class of this one; a data set is a small class of
    its kind. What needs TensorFlow is imported when called, so that data can be read and checked
    before it loads.

    Attributes:
        metrics: Names of the figures that `measure` gives. The first one picks the best checkpoint;
            more of it is better.
        dev_splits: The splits to evaluate on. The first is the main one; what the others, called
            "dev_NAME", give has `_NAME` after its name.
        test_splits: The splits to predict, likewise.
        reads_data_dir: Whether its files lie in a folder and are called as the data set calls them.
        evaluation_file_names: Names of all files that `evaluation_files` may give. That they are none
            of those to be read is seen to before the work begins.
        result_file_names: Likewise of `result_files`.
        submission_file_names: Likewise of `submission_files`.
    """

    metrics: tuple[str, ...]
    dev_splits = ("dev",)
    test_splits = ("test",)
    reads_data_dir = True
    evaluation_file_names: tuple[str, ...] = ()
    result_file_names: tuple[str, ...] = ()
    submission_file_names: tuple[str, ...] = ()

    @abc.abstractmethod
    def examples(self, split, data_dir):
        """Reads one split, in the file's order.

        Args:
            split: "train", or one of `dev_splits` and `test_splits`.
            data_dir: The folder of the data set, if the task `reads_data_dir`.

        Returns:
            The examples: an object with a length, `ids` and whatever `encode` needs.

        Raises:
            UserError: If the data set has no such split, or its file is missing or wrong; the
                message names file and line.
        """

    def input_files(self, data_dir):
        """Paths of all files that `examples` may read, so that none of them is written over."""
        return []

    @abc.abstractmethod
    def encode(self, tokenizer, examples, max_seq_length):
        """Turns examples into the model's rows, one or several for each of them.

        Args:
            tokenizer: The `InGraphTokenizer`.
            examples: What `examples` gave.
            max_seq_length: Longest row in word pieces, [CLS] and [SEP] included.

        Returns:
            `EncodedExamples`, in the examples' order.
        """

    @abc.abstractmethod
    def model(self, config, dtype=None, recompute=False):
        """The Keras model: BERT's three inputs to a dict of outputs [B, …]."""

    @abc.abstractmethod
    def loss(self, outputs, batch):
        """The losses of a batch's rows, float32 [B]."""

    def loss_of_means(self, outputs, means, labels, log_mean):
        """The losses of answers that are made from the means of several rows' outputs, float32 [examples].

        Args:
            outputs: Those of the rows, arrays [rows, …] by name.
            means: Their means, arrays [examples, …] by name.
            labels: [examples, …].
            log_mean: From logarithms, float64 [rows, C], to the logarithms of the examples' means.
        """
        return self.loss(means, {"labels": labels})

    def objective(self):
        """What training minimizes, an `Objective`: by default the mean of `loss`."""
        from bert_tf.models.objective import MeanLoss

        return MeanLoss(self.loss)

    @abc.abstractmethod
    def measure(self, outputs, encoded):
        """The figures named in `metrics`, and others worth reporting.

        Args:
            outputs: The model's outputs as NumPy arrays [rows, …].
            encoded: The `EncodedExamples` they are for.

        Returns:
            A dict of floats by name.
        """

    @abc.abstractmethod
    def result_files(self, outputs, encoded):
        """What a prediction run writes: the text of each file, by name. Arguments as of `measure`."""

    def submission_files(self, split, outputs, encoded):
        """What a prediction run writes besides for the data set's own site, by name.

        Args:
            split: The one of `test_splits` that was predicted.
            outputs: As of `measure`.
            encoded: As of `measure`.
        """
        return {}

    def evaluation_files(self, outputs, encoded):
        """What an evaluation writes besides its figures: the text of each file, by name."""
        return {}

    def confusion_matrix(self, outputs, encoded):
        """How often each label was taken for each, where a task has few enough to draw that.

        Returns:
            The labels' names and the counts [true, predicted], which are None where there are too many
            labels; None for other tasks.
        """
        return None

    @abc.abstractmethod
    def serve(self, run, tokenizer, max_seq_length):
        """The function of a SavedModel that takes texts.

        Args:
            run: From a dict of the model's inputs, int32 tensors [B, S], to its outputs.
            tokenizer: The `InGraphTokenizer`.
            max_seq_length: As of `encode`.

        Returns:
            A function in TensorFlow ops from string tensors [B] to a dict of tensors [B, …], the
            answers in the task's own terms. Its parameters name the inputs; a default of one is
            used where it is left out, and a `tf.TensorSpec` as annotation gives it another shape.
        """

    def choose(self, **choices):
        """Takes what the user chose among the `CHOICES`; called before any data is read.

        Raises:
            UserError: For one that this kind of task does not have, or a wrong value.
        """
        for name in choices:
            raise UserError(f"--{name}: is only for {CHOICES[name]}: leave it out for {type(self).__name__}")

    def settings(self):
        """What the model depends on beside the task's name, such as the labels found in the data.

        It is noted in the output folder, and a later run with another value is refused.
        """
        return {}

    def recall(self, settings):
        """Takes over what the run that trained the model noted; called where a run does not train.

        Args:
            settings: The notes of the output folder, `settings` and what `tune` chose among them.
        """

    def tune(self, outputs, encoded):
        """Chooses on the dev set what is not trained, such as a threshold; called before `measure`.

        Args:
            outputs: As of `measure`.
            encoded: As of `measure`, always the dev set.

        Returns:
            What was chosen, to be noted in the output folder for later runs.
        """
        return {}
