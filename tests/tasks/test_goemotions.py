"""The emotions and files of GoEmotions."""

from bert_tf.tasks.goemotions import GoEmotions


def test_numbers_name_emotions(tmp_path):
    (tmp_path / "train.tsv").write_text("I love it\t18,0\tx1\nmeh\t27\tx2\n")
    examples = GoEmotions().examples("train", tmp_path)
    named = [[GoEmotions.labels[number] for number in row.nonzero()[0]] for row in examples.labels]
    assert named == [["admiration", "love"], ["neutral"]] and list(examples.ids) == ["x1", "x2"]


def test_real_goemotions(bert_tf_data):
    folder = bert_tf_data / "classification" / "goemotions"
    task = GoEmotions()
    train, dev, test = (task.examples(split, folder) for split in ("train", "dev", "test"))
    assert (len(train), len(dev), len(test)) == (43410, 5426, 5427)
    assert task.labels == (folder / "labels.txt").read_text().split()
    # As the files' second columns have them.
    assert train.labels.sum(axis=0)[[16, 27]].tolist() == [77, 14219]
    assert dev.labels[1].nonzero()[0].tolist() == [4, 27] and dev.ids[1] == "ee84bjg"
    assert test.labels is None
