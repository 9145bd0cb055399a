"""BertConfig reads every released bert_config.json and says what is wrong with others."""

import json

import pytest

from bert_tf import BertConfig, UserError


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_are_googles():
    config = BertConfig(vocab_size=32000)
    assert (config.hidden_size, config.num_hidden_layers, config.num_attention_heads) == (768, 12, 12)
    assert (config.intermediate_size, config.hidden_act, config.max_position_embeddings) == (
        3072,
        "gelu",
        512,
    )
    assert (config.hidden_dropout_prob, config.attention_probs_dropout_prob) == (0.1, 0.1)
    assert (config.type_vocab_size, config.initializer_range) == (16, 0.02)


def test_keeps_keys_it_does_not_use(tmp_path):
    path = write(
        tmp_path / "bert_config.json",
        '{"vocab_size": 21128, "directionality": "bidi", "pooler_fc_size": 768}',
    )
    config = BertConfig.from_json_file(path)
    assert config.extra == {"directionality": "bidi", "pooler_fc_size": 768}
    config.to_json_file(tmp_path / "again.json")
    assert BertConfig.from_json_file(tmp_path / "again.json") == config


@pytest.mark.parametrize("act", ["gelu", "GELU", "relu", "tanh", "linear", "", None])
def test_accepts_googles_activations(act):
    assert BertConfig(vocab_size=10, hidden_act=act).hidden_act == act


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "vocab_size is missing"),
        ({"vocab_size": "30522"}, "vocab_size is '30522'"),
        ({"vocab_size": 0}, "vocab_size is 0"),
        ({"vocab_size": 10, "num_hidden_layers": True}, "num_hidden_layers is True"),
        ({"vocab_size": 10, "hidden_dropout_prob": 1.0}, "hidden_dropout_prob is 1.0"),
        ({"vocab_size": 10, "initializer_range": 0}, "initializer_range is 0"),
        ({"vocab_size": 10, "hidden_act": "swish"}, "hidden_act is 'swish'"),
        (
            {"vocab_size": 10, "hidden_size": 100},
            "hidden_size 100 is not a multiple of num_attention_heads 12",
        ),
    ],
)
def test_wrong_values(tmp_path, values, message):
    path = write(tmp_path / "bert_config.json", json.dumps(values))
    with pytest.raises(UserError) as error:
        BertConfig.from_json_file(path)
    assert str(error.value).startswith(f"{path}: {message}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{\n"vocab_size": 10\n"hidden_size": 8}', ":3: not JSON"),
        ("[1]", ": holds a JSON list"),
        ("", ":1: not JSON"),
    ],
)
def test_wrong_files(tmp_path, text, message):
    path = write(tmp_path / "bert_config.json", text)
    with pytest.raises(UserError) as error:
        BertConfig.from_json_file(path)
    assert str(error.value).startswith(f"{path}{message}")


def test_missing_file_and_folder(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(UserError, match=f"^{path}: .*: give the path of a bert_config.json"):
            BertConfig.from_json_file(path)


def test_not_utf8(tmp_path):
    path = tmp_path / "bert_config.json"
    path.write_bytes(b'{"vocab_size": 10, "x": "\xff"}')
    with pytest.raises(UserError, match="not UTF-8"):
        BertConfig.from_json_file(path)


def test_released_configs(bert_tf_data):
    sizes = {"uncased": 30522, "cased": 28996, "chinese": 21128, "multi_cased": 119547}
    for name, size in sizes.items():
        config = BertConfig.from_json_file(bert_tf_data / "vocabs" / name / "bert_config.json")
        assert config.vocab_size == size
        assert config.type_vocab_size == 2


SMALL = {
    "vocab_size": 8000,
    "hidden_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 512,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "initializer_range": 0.02,
}
HUGGING_FACE = {
    "architectures": ["BertForMaskedLM"],
    "model_type": "bert",
    "layer_norm_eps": 1e-12,
    "position_embedding_type": "absolute",
    "transformers_version": "4.9.0",
    "pad_token_id": 0,
    "use_cache": True,
    "is_decoder": False,
    "classifier_dropout": None,
    "tie_word_embeddings": True,
    "chunk_size_feed_forward": 0,
}
CHINESE = {
    "directionality": "bidi",
    "pooler_fc_size": 768,
    "pooler_num_attention_heads": 12,
    "pooler_num_fc_layers": 3,
    "pooler_size_per_head": 128,
    "pooler_type": "first_token_transform",
}


def test_a_byte_order_mark_is_skipped(tmp_path):
    path = tmp_path / "bert_config.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(SMALL).encode())
    assert BertConfig.from_json_file(path) == BertConfig(**SMALL)


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({}, []),
        (CHINESE, []),
        (HUGGING_FACE | {"hidden_act": "gelu_new"}, []),
        (HUGGING_FACE | {"hidden_act": "gelu_pytorch_tanh"}, []),
        (HUGGING_FACE | {"hidden_act": "relu"}, []),
        ({"embedding_size": 128}, []),
        (HUGGING_FACE, ["hidden_act gelu is Google's, by tanh"]),
        ({"classifier_dropout": 0.3}, ["classifier_dropout 0.3 is not used"]),
        ({"made_by": "us", "x": [1] * 99}, ['has settings that are not used: made_by "us", x [1, 1']),
    ],
)
def test_what_is_said_of_other_keys(tmp_path, capsys, extra, said):
    path = write(tmp_path / "bert_config.json", json.dumps(SMALL | extra))
    config = BertConfig.from_json_file(path)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(said)
    for line, expected in zip(lines, said):
        assert line.startswith(f"{path}: {expected}")
    assert config.hidden_act == ("relu" if extra.get("hidden_act") == "relu" else "gelu")
    assert BertConfig.from_dict(config.to_dict()) == config


def test_defaults_taken_are_said(tmp_path, capsys):
    values = {name: value for name, value in SMALL.items() if name not in ("type_vocab_size", "hidden_act")}
    BertConfig.from_json_file(write(tmp_path / "bert_config.json", json.dumps(values)))
    assert 'Google\'s defaults are taken: hidden_act "gelu", type_vocab_size 16' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"layer_norm_eps": 1e-5}, "layer_norm_eps is 1e-05: that is another model .* where it is 1e-12"),
        ({"position_embedding_type": "relative_key"}, 'position_embedding_type is "relative_key"'),
        ({"model_type": "roberta"}, 'model_type is "roberta"'),
        ({"is_decoder": True}, "is_decoder is true"),
        ({"add_cross_attention": True}, "add_cross_attention is true"),
        ({"embedding_size": 64}, r"embedding_size is 64: .* where it is hidden_size \(128\)"),
        ({"num_hidden_groups": 1}, "num_hidden_groups is 1"),
        ({"pruned_heads": {"1": [0]}}, "pruned_heads is"),
        ({"quantization_config": {"bits": 4}}, "quantization_config is"),
        ({"tie_word_embeddings": False}, "tie_word_embeddings is false"),
        ({"normalization_type": "no_norm"}, "normalization_type is"),
        ({"use_relative_position": True}, "use_relative_position is true"),
        ({"hidden_act": "silu"}, "hidden_act is 'silu'"),
    ],
)
def test_another_model_is_refused(tmp_path, changed, message):
    path = write(tmp_path / "bert_config.json", json.dumps(SMALL | changed))
    with pytest.raises(UserError, match=f"bert_config.json: {message}"):
        BertConfig.from_json_file(path)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("hidden_size", "hiden_size"),
        ("hidden_size", "hiddenSize"),
        ("vocab_size", "vocabulary_size"),
        ("type_vocab_size", "Type-Vocab-Size"),
        ("num_hidden_layers", " num_hidden_layer"),
        ("hidden_dropout_prob", "hidden_dropout"),
    ],
)
def test_a_misspelt_setting_is_refused(tmp_path, name, written):
    values = {written if key == name else key: value for key, value in SMALL.items()}
    path = write(tmp_path / "bert_config.json", json.dumps(values))
    with pytest.raises(UserError, match=f"{written} is no setting of BERT's: if {name} is meant"):
        BertConfig.from_json_file(path)


def test_a_setting_that_stands_twice_is_refused(tmp_path):
    path = write(tmp_path / "bert_config.json", '{"vocab_size": 10, "hidden_size": 8, "vocab_size": 20}')
    with pytest.raises(UserError, match="bert_config.json:1: the name .vocab_size. is there twice"):
        BertConfig.from_json_file(path)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("vocab_size", "1000000000000", "vocab_size is 1000000000000: it must be a whole number from 1 to"),
        ("num_hidden_layers", "100000", "num_hidden_layers is 100000: it may be at most 1000; .* 83 minutes"),
        ("vocab_size", "2000000000", r"its weights take 1,0\d\d GB .* for vocab_size 2000000000"),
        ("max_position_embeddings", "2000000000", "GB in float32, .* for max_position_embeddings"),
        ("intermediate_size", "2000000000", "GB in float32, .* for num_hidden_layers"),
        ("hidden_size", "20000000", "GB in float32"),
        ("hidden_dropout_prob", "NaN", "hidden_dropout_prob is nan: it must be a number from 0"),
        ("attention_probs_dropout_prob", "1e999", "attention_probs_dropout_prob is inf"),
        ("initializer_range", "Infinity", "initializer_range is inf"),
        ("initializer_range", "1e300", "initializer_range is 1e[+]300"),
        ("type_vocab_size", "1e999", "type_vocab_size is inf"),
        ("hidden_size", "9" * 5000, "holds a number of thousands of digits"),
        ("x", "[" * 100_000, "JSON nested too deeply"),
    ],
)
def test_impossible_sizes_are_refused_with_what_they_would_take(tmp_path, name, value, message):
    text = json.dumps(SMALL | {name: "VALUE"}).replace('"VALUE"', value)
    path = write(tmp_path / "bert_config.json", text)
    with pytest.raises(UserError, match=message):
        BertConfig.from_json_file(path)


def test_nested_keys_that_are_not_used_do_no_harm(tmp_path):
    text = json.dumps(SMALL | {"x": "VALUE"}).replace('"VALUE"', "[" * 500 + "]" * 500)
    config = BertConfig.from_json_file(write(tmp_path / "bert_config.json", text))
    assert BertConfig.from_dict(config.to_dict()) == config


def test_the_weights_are_counted_as_they_are(golden_dir):
    from bert_tf import bert_encoder

    config = BertConfig.from_json_file(golden_dir / "bert_config.json")
    assert sum(config.num_weights.values()) == bert_encoder(config).count_params()
    config.check_memory(4 * sum(config.num_weights.values()))
    with pytest.raises(UserError, match="its weights take 0 GB"):
        config.check_memory(4 * sum(config.num_weights.values()) - 1)
