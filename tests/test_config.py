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
