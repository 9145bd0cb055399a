"""The optimizer for large batches that trained BERT in 76 minutes (You et al. 2019)."""

import keras
from keras import ops

from bert_tf.optimization.decayed_moments import NO_WEIGHT_DECAY, DecayedMoments, matches


@keras.saving.register_keras_serializable("bert_tf")
class LAMB(DecayedMoments):
    """Adam whose update of each layer is as long as the layer's weights, times the rate.

    m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;
    m̂ = m / (1 − β₁ᵗ);  v̂ = v / (1 − β₂ᵗ) at the t-th update, with `bias_correction`;
    u = m̂ / (√v̂ + ε) + weight_decay_rate · w;
    w ← w − rate · (‖w‖ / ‖u‖) · u, the ratio being 1 where either norm is 0,
    after the gradients together were clipped to the norm `global_clipnorm`
    (You et al. 2019, "Large Batch Optimization for Deep Learning: Training BERT in 76
    minutes", algorithm 2 with φ(z) = z; each variable is a layer. The clipping, and the
    ratio of 1 at a norm of 0, which the paper leaves open, are those of Google's ALBERT:
    `optimization.py`, `lamb_optimizer.py`).

    The paper adapts every layer. Google's `LAMBOptimizer` leaves out the variables that
    its `exclude_from_layer_adaptation` matches, and unless that is given, those of
    `exclude_from_weight_decay`: biases and layer normalization then take plain Adam
    steps of the same rate. Here too, but an empty list of one's own is taken at its word.

    Args:
        learning_rate: A float or a Keras `LearningRateSchedule`. A rate for Adam is too
            low here: this one is the share of its length that a layer moves by.
        weight_decay_rate: Share of each weight that is added to its update.
        beta_1: Decay of the mean of the gradients.
        beta_2: Decay of the mean of their squares.
        epsilon: Added to the root of the latter.
        no_weight_decay: Patterns (regular expressions); a variable is not decayed
            if one is found in its path.
        no_layer_adaptation: Patterns of the variables whose ratio is always 1; `None`
            for those of `no_weight_decay`, as Google's code; `()` for none, as the paper.
        bias_correction: Whether m and v are corrected for having started at 0, as in the
            paper; Google's ALBERT, like its BERT, does not.
        global_clipnorm: Largest norm of all gradients together; `None` does not clip.
        **kwargs: Further arguments of `keras.optimizers.Optimizer`.
    """

    def __init__(
        self,
        learning_rate=1e-3,
        weight_decay_rate=0.01,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-6,
        no_weight_decay=NO_WEIGHT_DECAY,
        no_layer_adaptation=None,
        bias_correction=True,
        global_clipnorm=1.0,
        name="lamb",
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
        self.no_layer_adaptation = None if no_layer_adaptation is None else tuple(no_layer_adaptation)
        self.bias_correction = bias_correction

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._adapted = [self.adapts(variable) for variable in variables]

    def adapts(self, variable):
        """Whether a variable's update is scaled to the length of its weights."""
        patterns = self.no_weight_decay if self.no_layer_adaptation is None else self.no_layer_adaptation
        return not matches(patterns, variable)

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        m, v = self.update_moments(index, gradient)
        if self.bias_correction:
            m, v = self._corrected(m, self.beta_1), self._corrected(v, self.beta_2)
        update = self.decayed_update(index, m, v, variable)
        if self._adapted[index]:
            update = trust_ratio(variable, update) * update
        self.assign_sub(variable, ops.cast(learning_rate, variable.dtype) * update)

    def _corrected(self, moment, beta):
        # In float32, since lower precisions round 0.999 to 1.
        share = 1.0 - ops.power(beta, ops.cast(self.iterations + 1, "float32"))
        return moment / ops.cast(share, moment.dtype)

    def get_config(self):
        patterns = self.no_layer_adaptation
        return {
            **super().get_config(),
            "no_layer_adaptation": None if patterns is None else list(patterns),
            "bias_correction": self.bias_correction,
        }


def trust_ratio(weights, update):
    """‖weights‖ / ‖update‖, a scalar; 1 where either norm is 0."""
    weights_norm, update_norm = norm(weights), norm(update)
    both = ops.logical_and(weights_norm > 0, update_norm > 0)
    return ops.where(both, weights_norm / update_norm, ops.ones_like(update_norm))


def norm(values):
    """The root of the sum of the squares of a tensor of any rank."""
    return ops.sqrt(ops.sum(ops.square(values)))
