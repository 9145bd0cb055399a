"""What a fine-tuning run depends on beside its task, its model and its data."""

import dataclasses

from bert_tf.errors import UserError
from bert_tf.training.best_checkpoint import LOSS
from bert_tf.training.tensorboard import check_tensorboard_dir


@dataclasses.dataclass(frozen=True)
class FineTuningOptions:
    """The flags that a run depends on; the modules of `flags/` say what each means."""

    output_dir: str
    vocab_file: str
    do_lower_case: bool = True
    max_seq_length: int = 128
    long_text: str | None = None
    pad_to_max_length: bool = False
    init_checkpoint: str | None = None
    new_head: bool = False
    precision: str = "float32"
    seed: int = 0
    learning_rate: float = 5e-5
    layerwise_lr_decay: float | None = None
    freeze_embeddings: bool | None = None
    freeze_layers: int = 0
    class_weights: list[str] | None = None
    label_smoothing: float | None = None
    num_train_epochs: float = 3.0
    warmup_proportion: float = 0.1
    train_batch_size: int = 32
    gradient_accumulation_steps: int = 1
    recompute: bool = False
    eval_every_steps: int | None = None
    eval_every_epoch: bool = False
    best_metric: str | None = None
    early_stopping_patience: int | None = None
    eval_batch_size: int = 8
    predict_batch_size: int = 8
    save_checkpoints_steps: int = 1000
    iterations_per_loop: int = 1000
    learning_curve: bool = False
    tensorboard_dir: str | None = None

    @property
    def evaluates_while_training(self):
        """Whether training is interrupted for evaluations."""
        return bool(self.eval_every_steps or self.eval_every_epoch)

    @property
    def freezes_embeddings(self):
        """Whether the embeddings stay as they are: with any layer above them, unless said otherwise."""
        return self.freeze_layers > 0 if self.freeze_embeddings is None else self.freeze_embeddings

    def task_choices(self):
        """What was chosen among the `CHOICES` of `tasks/kinds.py`."""
        names = ("class_weights", "label_smoothing", "long_text")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    def metric(self, task):
        """The figure that makes a checkpoint the best: one of the task's, or the loss.

        Raises:
            UserError: If there is none of that name.
        """
        known = (*task.metrics, LOSS)
        metric = (self.best_metric or known[0]).removeprefix("eval_")
        if metric not in known:
            raise UserError(f"--best_metric={self.best_metric}: choose one of {', '.join(known)}")
        return metric

    def check(self, config, task):
        """Raises UserError where options do not go with one another, with the model or with the task."""
        if self.freeze_layers > config.num_hidden_layers:
            raise UserError(
                f"--freeze_layers={self.freeze_layers}: the model has {config.num_hidden_layers} layers: "
                "give at most that"
            )
        if self.tensorboard_dir:
            check_tensorboard_dir(self.tensorboard_dir)
        self.metric(task)
        for name in ("best_metric", "early_stopping_patience"):
            if getattr(self, name) is not None and not self.evaluates_while_training:
                raise UserError(
                    f"--{name} goes by evaluations while training: add --eval_every_epoch=true or "
                    "--eval_every_steps"
                )
