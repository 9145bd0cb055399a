"""Parts of the network by depth: rates that fall towards the input, and parts that stay as they are.

Variables are told apart by patterns found in their paths, which are Google's names.
"""

_EMBEDDINGS = "(^|/)embeddings/"


def _layer(index):
    return f"(^|/)encoder/layer_{index}/"


def layerwise_rates(num_layers, decay):
    """Layer-wise learning-rate decay: what share of the learning rate the lower parts get.

    Pooler and head have the whole rate, and each layer `decay` times that of what stands above
    it: decay^(L − i) for `layer_i`, decay^(L + 1) for the embeddings (Clark et al. 2020,
    "ELECTRA", appendix B; `_get_layer_lrs` in `model/optimization.py` of Google's ELECTRA has one
    power more everywhere below the head, as it leaves a depth free above the last layer).

    Args:
        num_layers: Number L of encoder layers.
        decay: The factor from each layer to the next lower one.

    Returns:
        A tuple of (pattern, share), as `AdamWeightDecay` takes it.
    """
    layers = ((_layer(index), float(decay ** (num_layers - index))) for index in range(num_layers))
    return ((_EMBEDDINGS, float(decay ** (num_layers + 1))), *layers)


def frozen_parts(freeze_embeddings, freeze_layers):
    """Patterns of the variables that stay as they are.

    Args:
        freeze_embeddings: Whether those of the embeddings do.
        freeze_layers: How many of the lowest encoder layers do.
    """
    embeddings = (_EMBEDDINGS,) if freeze_embeddings else ()
    return embeddings + tuple(_layer(index) for index in range(freeze_layers))
