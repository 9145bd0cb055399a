"""Learning rates by step (Google's `optimization.py`)."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("bert_tf")
class LinearWarmupLinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """Rises linearly from 0 for the warm-up, then falls linearly to 0 at the last step.

    The update that follows t earlier ones has step t, so the first has step 0 and the last
    num_train_steps − 1. Its rate is learning_rate · t / num_warmup_steps while
    t < num_warmup_steps, then learning_rate · (1 − t / num_train_steps): the fall is counted from
    step 0, not from the end of the warm-up. With a warm-up the first update has rate 0 and changes
    nothing but the moments of the gradients, as with Google's code (`create_optimizer`).

    t was once counted from 1. A run begun so and resumed since repeats the rate of its last update
    once, and from there on is one step behind where it was going.

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
        step = ops.cast(step, "float32")
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
