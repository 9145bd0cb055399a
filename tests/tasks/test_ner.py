"""Named entities: files to labels, predictions to files, raw texts to entities."""

import json

import numpy as np
import pytest
import tensorflow as tf

from bert_tf.errors import UserError
from bert_tf.tasks.ner import Ner, NerData
from bert_tf.tokenization.in_graph import InGraphTokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


@pytest.fixture(name="tokenizer", scope="module")
def fixture_tokenizer(tmp_path_factory):
    path = tmp_path_factory.mktemp("vocab") / "vocab.txt"
    path.write_text("\n".join([*SPECIAL, *"ablp,", "##a", "##b", "##l", "##p"]))
    return InGraphTokenizer(path)


@pytest.fixture(name="task")
def fixture_task(tmp_path):
    """A task that has read its training data, with the labels O B-L I-L B-P I-P."""
    (tmp_path / "train.txt").write_text("a\tO\nlal\tB-L\nlb\tI-L\n\n\x01\tO\np\tB-P\n")
    task = Ner(NerData(tag_scheme="IOB2"))
    task.train = task.examples("train", tmp_path)
    return task


def oracle(label_of_piece, num_labels):
    """A model's outputs that give each word piece one label."""

    def run(inputs):
        labels = tf.gather(tf.constant(label_of_piece), inputs["input_ids"])
        logits = tf.one_hot(labels, num_labels, on_value=3.0)
        return {"logits": logits, "probabilities": tf.nn.softmax(logits)}

    return run


def outputs_for(encoded, run):
    """What `run_compiled` gives: the outputs of each row, padded to the longest."""
    rows = np.zeros([len(encoded), encoded.lengths.max()], np.int32)
    for row, (start, end) in enumerate(zip(encoded.row_splits, encoded.row_splits[1:])):
        rows[row, : end - start] = encoded.input_ids[start:end]
    return {name: value.numpy() for name, value in run({"input_ids": rows}).items()}


# a is O, l begins L, b is inside L, p begins P; all else, and so every padding, says I-P.
LABEL_OF_PIECE = [4] * 5 + [0, 2, 1, 3, 0] + [4] * 4


def test_labels_come_from_the_training_data(task, tmp_path):
    assert task.labels == ["O", "B-L", "I-L", "B-P", "I-P"] and task.settings()["labels"] == task.labels
    (tmp_path / "dev.txt").write_text("a\tO\np\tB-P\np\tI-P\n")
    assert task.examples("dev", tmp_path).tags == ["O", "B-P", "I-P"]
    (tmp_path / "dev.txt").write_text("a\tO\np\tB-X\n")
    with pytest.raises(UserError, match="dev.txt:2: tag 'B-X' is not one of the training data .O, B-L, I-L"):
        task.examples("dev", tmp_path)


def test_a_later_run_recalls_them(task, tmp_path):
    later = Ner(NerData())
    with pytest.raises(UserError, match="no tagger was trained there"):
        later.recall({})
    noted = json.loads(json.dumps(task.settings()))
    assert noted == task.settings()
    later.recall(noted)
    assert later.labels == task.labels and later.word_cut == task.word_cut
    assert later.settings() == noted
    # A run of before had but the labels.
    later = Ner(NerData())
    later.recall({"labels": ["O"]})
    assert later.settings() == {"labels": ["O"], "tag_scheme": "any"}


def test_a_later_run_with_another_kind_of_tags(task):
    plain = Ner(NerData())
    plain.recall({**task.settings(), "tag_scheme": "none"})
    assert plain.settings()["tag_scheme"] == "none"
    with pytest.raises(UserError, match="--tag_scheme=IOB2: the tagger .* trained with --tag_scheme=none"):
        Ner(NerData(tag_scheme="IOB2")).recall({**task.settings(), "tag_scheme": "none"})
    with pytest.raises(UserError, match="--tag_scheme=none: the tagger .* with --tag_scheme=any: give that"):
        Ner(NerData(tag_scheme="none")).recall(task.settings())
    Ner(NerData(tag_scheme="IOB2")).recall(task.settings())


def test_files(tmp_path):
    (tmp_path / "mine.txt").write_text("O a\n")
    assert (
        Ner(NerData(eval_file=str(tmp_path / "mine.txt"), text_column=1, tag_column=0)).data.text_column == 1
    )
    task = Ner(NerData(train_file=str(tmp_path / "mine.txt"), text_column=1, tag_column=0))
    assert task.examples("train", None).words == ["a"] and task.labels == ["O"]
    with pytest.raises(UserError, match="flag --predict_file is missing: .* --data_dir with test.txt"):
        task.examples("test", None)
    with pytest.raises(UserError, match="dev.txt: No such file"):
        task.examples("dev", tmp_path)


@pytest.mark.parametrize("max_seq_length", [64, 5, 4, 3])
def test_predictions_find_their_words(task, tokenizer, tmp_path, max_seq_length):
    """However the sentences are cut into rows; the word that is nothing stays outside."""
    encoded = task.encode(tokenizer, task.train, max_seq_length)
    outputs = outputs_for(encoded, oracle(LABEL_OF_PIECE, 5))
    assert task.predicted_tags(outputs, encoded) == ["O", "B-L", "B-L", "O", "B-P"]
    assert set(task.result_files(outputs, encoded)) <= set(task.result_file_names)
    assert task.result_files(outputs, encoded) == {
        "predictions.txt": "a\tO\tO\nlal\tB-L\tB-L\nlb\tI-L\tB-L\n\n\x01\tO\tO\np\tB-P\tB-P\n"
    }
    measured = task.measure(outputs, encoded)
    # L is two entities of one word each, not one of two; P is right.
    assert measured["precision"] == pytest.approx(1 / 3) and measured["recall"] == 0.5
    assert measured["accuracy"] == 0.8 and set(task.metrics) < set(measured)
    labels = encoded.token_labels[encoded.token_words >= 0]
    assert labels.tolist() == [0, 1, 2, 3] and (encoded.token_labels[encoded.token_words < 0] == -1).all()


def test_loss_is_of_first_pieces_only(task, tokenizer):
    encoded = task.encode(tokenizer, task.train, 64)
    length = encoded.lengths[0]
    logits = np.random.default_rng(0).normal(size=(1, length, 5)).astype(np.float32)
    loss = task.loss({"logits": logits}, {"labels": encoded.token_labels[None, :length]})
    log_probabilities = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    # [CLS] a l ##a ##l l ##b [SEP]
    expected = -log_probabilities[0, [1, 2, 5], [0, 1, 2]].sum()
    np.testing.assert_allclose(loss, [expected], rtol=1e-5)


@pytest.mark.parametrize("max_seq_length", [64, 3])
def test_entities_of_raw_texts(task, tokenizer, max_seq_length):
    serve = task.serve(oracle(LABEL_OF_PIECE, 5), tokenizer, max_seq_length)
    texts = ["á  L\u0301a b, p\u200b a", "", "\x01 a", "b\xa0b", b"\xffp a p"]
    answer = {name: value.numpy().tolist() for name, value in tf.function(serve)(tf.constant(texts)).items()}
    assert answer["count"] == [2, 0, 0, 1, 2]
    assert [[text.decode() for text in row] for row in answer["text"]] == [
        ["L\u0301a b", "p"],
        ["", ""],
        ["", ""],
        ["b\xa0b", ""],
        ["p", "p"],
    ]
    assert answer["type"] == [[b"L", b"P"], [b"", b""], [b"", b""], [b"L", b""], [b"P", b"P"]]
    assert answer["start"] == [[3, 10], [-1, -1], [-1, -1], [0, -1], [0, 4]]
    assert answer["end"] == [[8, 11], [-1, -1], [-1, -1], [3, -1], [1, 5]]
    certain = np.exp(3) / (np.exp(3) + 4)
    np.testing.assert_allclose(answer["score"][0], [certain] * 2, rtol=1e-5)
    assert answer["score"][1] == [0, 0]


def test_no_texts(task, tokenizer):
    answer = task.serve(oracle(LABEL_OF_PIECE, 5), tokenizer, 8)(tf.constant([], tf.string))
    assert {name: value.shape[0] for name, value in answer.items()} == dict.fromkeys(answer, 0)


def test_model_has_an_output_for_each_label(task):
    from bert_tf import BertConfig

    config = BertConfig(
        vocab_size=14, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8
    )
    assert task.model(config)(np.array([[2, 3]], np.int32))["probabilities"].shape == (1, 2, 5)


def made(tmp_path, text, **data):
    """A task that has read its training data."""
    (tmp_path / "train.txt").write_text(text)
    task = Ner(NerData(**data))
    task.train = task.examples("train", tmp_path)
    return task


def both_ways(task, tokenizer, text, label_of_piece):
    """The tags predicted for the training data, and the spans found in a text."""
    run = oracle(label_of_piece, len(task.labels))
    encoded = task.encode(tokenizer, task.train, 16)
    answer = tf.function(task.serve(run, tokenizer, 16))(tf.constant([text]))
    spans = zip(answer["type"].numpy()[0], answer["text"].numpy()[0])
    tags = task.predicted_tags(outputs_for(encoded, run), encoded)
    return tags, [(name.decode(), found.decode()) for name, found in spans]


def test_characters_of_which_blanks_are_some(tmp_path, tokenizer):
    """A blank has no piece; the entity that goes on around it is one, in the file as in the text."""
    task = made(tmp_path, "l\tB-L\nb\tI-L\n \tI-L\nb\tI-L\na\tO\n \tO\np\tB-P\n")
    tags, spans = both_ways(task, tokenizer, "lb ba p", LABEL_OF_PIECE)
    assert tags == ["B-L", "I-L", "I-L", "I-L", "O", "O", "B-P"]
    assert spans == [("L", "lb b"), ("P", "p")]
    # As words, without blanks, they would be other pieces.
    assert both_ways(task, tokenizer, "lbbap", LABEL_OF_PIECE)[1] == [("L", "lbb"), ("P", "p")]


@pytest.mark.parametrize(
    "scheme, tags, inside",
    [
        ("BMES", "B-L M-L M-L E-L S-L", "M-L"),
        ("BILOU", "B-L I-L I-L L-L U-L", "I-L"),
        ("any", "B-L M-L M-L E-L S-L", "M-L"),
    ],
)
def test_letters_of_the_file(tmp_path, tokenizer, scheme, tags, inside):
    words = ["a", "b", "\x01", "l", "p"]
    lines = "\n".join(f"{word}\t{tag}" for word, tag in zip(words, tags.split()))
    task = made(tmp_path, lines, tag_scheme=scheme)
    label_of_piece = [0] * 14
    for piece, tag in zip("ablp", [tags.split()[place] for place in (0, 1, 3, 4)]):
        label_of_piece[5 + "ablp".index(piece)] = task.labels.index(tag)
    predicted, spans = both_ways(task, tokenizer, "ablp", label_of_piece)
    assert predicted == tags.split() and predicted[2] == inside
    assert spans == [("L", "abl"), ("L", "p")]
    encoded = task.encode(tokenizer, task.train, 16)
    measured = task.measure(outputs_for(encoded, oracle(label_of_piece, len(task.labels))), encoded)
    assert measured["f1"] == measured["L_f1"] == measured["accuracy"] == 1


def test_tags_without_prefix(tmp_path, tokenizer):
    task = made(tmp_path, "aa\tN\nbb\tV\n\x01\tV\n,\tP\n", tag_scheme="none")
    assert task.labels == ["N", "P", "V"] and task.settings()["tag_scheme"] == "none"
    # All but b's piece are nouns.
    label_of_piece = [0] * 6 + [2] + [0] * 7
    tags, spans = both_ways(task, tokenizer, "aa bb,", label_of_piece)
    assert tags == ["N", "V", "_", "N"] and spans == [("N", "aa"), ("V", "bb"), ("N", ",")]
    encoded = task.encode(tokenizer, task.train, 16)
    measured = task.measure(outputs_for(encoded, oracle(label_of_piece, 3)), encoded)
    assert measured["accuracy"] == 0.5 and measured["V_recall"] == 0.5 and measured["N_precision"] == 0.5
    assert set(task.metrics) < set(measured)


@pytest.mark.parametrize(
    "text, said, is_scored",
    [
        ("a\tO\np\tB-P\n", "holds tags, so the predictions are scored in predict_results.txt", True),
        ("a\tO\nb\tO\np\tB-X\n", "its tags are not scored: test.txt:3 has 'B-X'", False),
        ("a\tO\np\tO\n", "every tag is O, so the predictions are not scored", False),
        ("a\tx\np\ty\n", "", False),
        ("a\np\n", "", False),
    ],
)
def test_a_file_to_predict_with_tags(task, tokenizer, tmp_path, capsys, text, said, is_scored):
    (tmp_path / "test.txt").write_text(text)
    capsys.readouterr()
    sentences = task.examples("test", tmp_path)
    out = capsys.readouterr().out.replace(f"{tmp_path}/", "")
    assert out.startswith(f"test.txt: {said}") if said else not out
    encoded = task.encode(tokenizer, sentences, 16)
    assert sentences.tags is None and encoded.token_labels is None
    files = task.result_files(outputs_for(encoded, oracle(LABEL_OF_PIECE, 5)), encoded)
    assert ("predict_results.txt" in files) == is_scored
    if is_scored:
        assert "accuracy = 1.0\nf1 = 1.0\n" in files["predict_results.txt"]


def test_the_share_that_is_found_again_is_said(task, tokenizer, tmp_path, capsys):
    task.serve(oracle(LABEL_OF_PIECE, 5), tokenizer, 16)
    assert "cut" not in capsys.readouterr().out
    task = made(tmp_path, "中国\tB-L\n人民\tO\n\na\tO\n")
    task.serve(oracle(LABEL_OF_PIECE, 3), tokenizer, 16)
    assert "50.00% of its sentences are found again so" in capsys.readouterr().out
    task = Ner(NerData())
    task.recall({"labels": ["O", "B-L"]})
    task.serve(oracle(LABEL_OF_PIECE, 2), tokenizer, 16)
    assert "is not noted in --output_dir: text is cut in the common way" in capsys.readouterr().out
