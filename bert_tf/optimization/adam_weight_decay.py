"""The optimizer BERT was trained with (Google's `optimization.py`)."""

import keras
from keras import ops

from bert_tf.optimization.decayed_moments import NO_WEIGHT_DECAY, DecayedMoments


@keras.saving.register_keras_serializable("bert_tf")
class AdamWeightDecay(DecayedMoments):
    """Adam without bias correction, with decoupled weight decay.

    m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;
    w ← w − rate · (m / (√v + ε) + weight_decay_rate · w),
    after the gradients together were clipped to the norm `global_clipnorm`
    (Google's `AdamWeightDecayOptimizer` and `create_optimizer`; the decay is that
    of Loshchilov and Hutter 2017, the missing correction BERT's own).

    Args:
        learning_rate: A float or a Keras `LearningRateSchedule`.
        weight_decay_rate: Share of each weight that is added to its update.
        beta_1: Decay of the mean of the gradients.
        beta_2: Decay of the mean of their squares.
        epsilon: Added to the root of the latter.
        no_weight_decay: Patterns (regular expressions); a variable is not decayed
            if one is found in its path.
        global_clipnorm: Largest norm of all gradients together; `None` does not clip.
        **kwargs: Further arguments of `keras.optimizers.Optimizer`.
    """

    def __init__(
        self,
        learning_rate=5e-5,
        weight_decay_rate=0.01,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-6,
        no_weight_decay=NO_WEIGHT_DECAY,
        global_clipnorm=1.0,
        name="adam_weight_decay",
        **kwargs,
    ):
        super().__init__(
            learning_rate,
            weight_decay_rate,
            beta_1,
            beta_2,
            epsilon,
            no_weight_decay,
            global_clipnorm=global_clipnorm,
            name=name,
            **kwargs,
        )

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        m, v = self.update_moments(index, gradient)
        update = self.decayed_update(index, m, v, variable)
        self.assign_sub(variable, ops.cast(learning_rate, variable.dtype) * update)
