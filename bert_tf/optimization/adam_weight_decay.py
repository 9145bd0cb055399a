"""The optimizer BERT was trained with (Google's `optimization.py`)."""

import keras
from keras import ops

from bert_tf.optimization.decayed_moments import NO_WEIGHT_DECAY, DecayedMoments, matches


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
        rates: (pattern, share) pairs: a variable in whose path the pattern is found gets that
            share of the learning rate, the first that fits; see `layerwise_rates`.
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
        rates=(),
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
        self.rates = tuple((pattern, share) for pattern, share in rates)

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._shares = [self.share_of_rate(variable) for variable in variables]

    def share_of_rate(self, variable):
        """The share of the learning rate that a variable gets."""
        return next((share for pattern, share in self.rates if matches([pattern], variable)), 1.0)

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        if self._shares[index] != 1.0:
            learning_rate = learning_rate * self._shares[index]
        m, v = self.update_moments(index, gradient)
        update = self.decayed_update(index, m, v, variable)
        self.assign_sub(variable, ops.cast(learning_rate, variable.dtype) * update)

    def get_config(self):
        return {**super().get_config(), "rates": [list(pair) for pair in self.rates]}
