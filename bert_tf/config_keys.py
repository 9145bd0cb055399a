"""The keys of a bert_config.json beside Google's own: which say nothing new, and which mean another model."""

import difflib
import json
import re

from bert_tf.errors import UserError

# Keys that mean another model than Google's BERT, unless they have one of these values or null. Where they
# come from: Hugging Face, Model Garden, ALBERT, ELECTRA, MobileBERT, NEZHA, ERNIE, BigBird.
_ONLY = {
    **dict.fromkeys(
        ("layer_norm_eps", "layer_norm_epsilon", "layernorm_epsilon", "norm_epsilon", "layernorm_eps"),
        (1e-12,),
    ),
    **dict.fromkeys(("is_decoder", "add_cross_attention", "is_encoder_decoder"), (False,)),
    **dict.fromkeys(("norm_first", "pre_norm", "pre_ln", "use_task_id", "trigram_input"), (False,)),
    **dict.fromkeys(("use_relative_position", "use_relative_positions", "relative_attention"), (False,)),
    **dict.fromkeys(("use_bottleneck", "key_query_shared_bottleneck", "use_bottleneck_attention"), (False,)),
    **dict.fromkeys(("num_hidden_groups", "inner_group_num", "quantization_config", "true_hidden_size"), ()),
    "num_feedforward_networks": (1,),
    "position_embedding_type": ("absolute",),
    "attention_type": ("original_full", "full"),
    "normalization_type": ("layer_norm",),
    "model_type": ("bert",),
    "tie_word_embeddings": (True,),
    "pruned_heads": ({},),
    "directionality": ("bidi",),
    "pooler_type": ("first_token_transform",),
}

# Keys that Google's files or Hugging Face's have, and that change nothing of what is computed here.
_HARMLESS = """
    pooler_fc_size pooler_num_attention_heads pooler_num_fc_layers pooler_size_per_head
    architectures transformers_version torch_dtype dtype torchscript use_bfloat16 tf_legacy_loss
    _name_or_path name_or_path _commit_hash _attn_implementation attn_implementation auto_map
    id2label label2id num_labels problem_type finetuning_task task_specific_params tokenizer_class
    pad_token_id bos_token_id eos_token_id sep_token_id cls_token_id mask_token_id decoder_start_token_id
    use_cache gradient_checkpointing chunk_size_feed_forward output_attentions output_hidden_states
    output_past return_dict return_dict_in_generate output_scores prefix cross_attention_hidden_size
    max_length min_length do_sample early_stopping num_beams num_beam_groups diversity_penalty temperature
    top_k top_p typical_p repetition_penalty length_penalty no_repeat_ngram_size bad_words_ids
    encoder_no_repeat_ngram_size num_return_sequences forced_bos_token_id forced_eos_token_id
    remove_invalid_values exponential_decay_length_penalty suppress_tokens begin_suppress_tokens
"""

# Google's "gelu" is what others call by these names; Hugging Face's "gelu" is another function.
_TANH_GELU = ("gelu_new", "gelu_pytorch_tanh", "gelu_fast")
_HUGGING_FACE = ("transformers_version", "architectures", "model_type", "layer_norm_eps")


def check_keys(values, fields):
    """Makes sure that a configuration describes a BERT as Google built it, and by the names it has there.

    Args:
        values: The mapping that a bert_config.json holds.
        fields: `BertConfig`'s own settings by name, with their defaults.

    Raises:
        UserError: If a key means another model, or is a misspelt name of a setting that is missing.
    """
    for key, value in values.items():
        if key in _ONLY and value is not None and value not in _ONLY[key]:
            wanted = f", where it is {json.dumps(_ONLY[key][0])}" if _ONLY[key] else ""
            raise _another_model(key, value, wanted)
    size, hidden = values.get("embedding_size"), values.get("hidden_size", fields["hidden_size"])
    if size is not None and size != hidden:
        raise _another_model("embedding_size", size, f", where it is hidden_size ({json.dumps(hidden)})")
    for key in _unknown(values, fields):
        meant = _meant(key, [name for name in fields if name not in values])
        if meant:
            raise UserError(
                f"{key} is no setting of BERT's: if {meant} is meant, which is missing, write that"
            )


def google_names(values):
    """The mapping with Google's name of the activation."""
    if values.get("hidden_act") in _TANH_GELU:
        return {**values, "hidden_act": "gelu"}
    return values


def remarks(values, fields):
    """What a user should know of how a configuration is taken, a list of lines; arguments as of `check_keys`."""
    missing = [f"{name} {json.dumps(default)}" for name, default in fields.items() if name not in values]
    unknown = [f"{key} {_shortened(values[key])}" for key in _unknown(values, fields)]
    lines = []
    if missing:
        lines.append(f"does not state all settings; Google's defaults are taken: {', '.join(missing)}")
    if unknown:
        lines.append(f"has settings that are not used: {', '.join(unknown)}")
    if values.get("classifier_dropout") not in (None, 0.1):
        lines.append(
            f"classifier_dropout {_shortened(values['classifier_dropout'])} is not used: as in Google's "
            "scripts a new output layer has 0.1"
        )
    if values.get("hidden_act") == "gelu" and any(key in values for key in _HUGGING_FACE):
        lines.append(
            "hidden_act gelu is Google's, by tanh, as Google's checkpoints want it; Hugging Face computes "
            "it by erf, and outputs of a model trained there differ by some thousandths"
        )
    return lines


def _another_model(key, value, wanted):
    return UserError(
        f"{key} is {_shortened(value)}: that is another model than Google's BERT{wanted}: give the "
        "configuration and checkpoint of such a BERT"
    )


def _unknown(values, fields):
    known = {*fields, *_ONLY, *_HARMLESS.split(), "embedding_size", "classifier_dropout"}
    return [key for key in values if key not in known]


def _meant(key, missing):
    """The missing setting that a key is a spelling of, if any: `hiden_size`, `hiddenSize`, `Hidden-size`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key.strip())
    name = re.sub(r"[\W_]+", "_", words).lower()
    return next(iter(difflib.get_close_matches(name, missing, 1, 0.75)), None)


def _shortened(value, most=40):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= most else text[:most] + "…"
