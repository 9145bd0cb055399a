"""Learning rates by step (Google's `optimization.py`)."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("bert_tf")
class LinearWarmupLinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """Rises linearly from 0 for the warm-up, then falls linearly to 0 at the last step.

    The fall is counted from step 0, not from the end of the warm-up: the t-th update
    has the rate learning_rate · t / num_warmup_steps while t < num_warmup_steps, then
    learning_rate · (1 − t / num_train_steps). t starts at 1: the 2018 graph reads its
    step when the current update is already counted, so the first update does learn and
    the last does not.

    Args:
        learning_rate: The rate that both lines are drawn for.
        num_train_steps: Steps until the rate is 0, warm-up included.
        num_warmup_steps: Steps of the warm-up; 0 for none.
    """

    def __init__(self, learning_rate, num_train_steps, num_warmup_steps=0):
        super().__init__()
        self.learning_rate = learning_rate
        self.num_train_steps = num_train_steps
        self.num_warmup_steps = num_warmup_steps

    def __call__(self, step):
        """The rate of the update that follows `step` earlier ones."""
        step = ops.cast(step, "float32") + 1.0
        last = float(self.num_train_steps)
        decayed = self.learning_rate * (1.0 - ops.minimum(step, last) / last)
        if not self.num_warmup_steps:
            return decayed
        warming = self.learning_rate * step / self.num_warmup_steps
        return ops.where(step < self.num_warmup_steps, warming, decayed)

    def get_config(self):
        return {
            "learning_rate": self.learning_rate,
            "num_train_steps": self.num_train_steps,
            "num_warmup_steps": self.num_warmup_steps,
        }
