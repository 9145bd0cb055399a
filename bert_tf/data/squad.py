"""SQuAD's files, versions 1.1 and 2.0: questions on paragraphs (Google's `read_squad_examples`)."""

import bisect
import collections
import dataclasses
import json
import re

from bert_tf.errors import UserError

# What separates words for Google's reader; other white space is part of a word.
_WORD = re.compile("[^ \t\r\n\u202f]+")


@dataclasses.dataclass(frozen=True, slots=True)
class SquadQuestion:
    """One question.

    Args:
        id: Its key in the files of predictions.
        text: The question.
        paragraph: Which of `SquadExamples.paragraphs` it is about.
        answers: Texts of the right answers; () for a question without one, None where the file
            does not say.
        first_word: The number of the first answer's first word in the paragraph, None where it is
            not known.
        last_word: The number of its last word, which belongs to it.
    """

    id: str
    text: str
    paragraph: int
    answers: tuple[str, ...] | None
    first_word: int | None = None
    last_word: int | None = None


@dataclasses.dataclass(frozen=True)
class SkippedAnswer:
    """A training answer that its paragraph does not hold where the file says.

    Args:
        id: The question's.
        answer: The answer's text.
        found: The words of the paragraph that stand there.
    """

    id: str
    answer: str
    found: str


@dataclasses.dataclass(frozen=True)
class SquadExamples:
    """A file's questions and paragraphs.

    Args:
        paragraphs: Texts, each once.
        questions: `SquadQuestion`s, in the file's order.
        is_training: Whether the questions are for training on.
        skipped: `SkippedAnswer`s, whose questions are left out.
    """

    paragraphs: list[str]
    questions: list[SquadQuestion]
    is_training: bool
    skipped: list[SkippedAnswer]

    def __len__(self):
        return len(self.questions)

    @property
    def ids(self):
        """The questions' ids."""
        return [question.id for question in self.questions]

    @property
    def have_answers(self):
        """Whether the file says what is right, so that predictions can be scored."""
        return any(question.answers for question in self.questions)

    @property
    def have_questions_without_answer(self):
        """Whether some questions have none, as in SQuAD 2.0."""
        return any(not question.answers for question in self.questions)


def split_words(text):
    """The words of a text as Google's script takes paragraphs apart (its `doc_tokens`)."""
    return _WORD.findall(text)


def read_squad(path, is_training, version_2_with_negative=False):
    """Reads a file of SQuAD 1.1 or 2.0.

    Args:
        path: The JSON file.
        is_training: Whether to train on it: then each question needs one answer, and one
            that is not found in its paragraph is skipped (Google's rule), and listed.
        version_2_with_negative: Whether training questions may be impossible.

    Returns:
        `SquadExamples` of at least one question.

    Raises:
        UserError: If the file is missing, is not UTF-8 or JSON, lacks an entry, or has two questions
            of one id; the message says where.
    """
    reader = _TrainingReader(version_2_with_negative) if is_training else _PredictionReader()
    for entry in _Node(_load(path), str(path)).nodes("data"):
        for paragraph in entry.nodes("paragraphs"):
            reader.start(paragraph.get("context", str))
            for question in paragraph.nodes("qas"):
                reader.add(question)
    if not reader.questions:
        raise UserError(f"{path}: no question{reader.why_none}: give a file in the layout of SQuAD")
    return SquadExamples(reader.paragraphs, reader.questions, is_training, reader.skipped)


class _PredictionReader:
    """Collects questions with whatever answers they have."""

    why_none = ""

    def __init__(self):
        self.paragraphs, self.questions, self.skipped = [], [], []
        self._places = {}

    def start(self, context):
        """Begins a paragraph."""
        self.paragraphs.append(context)
        self._words = split_words(context)
        self._starts = [match.start() for match in _WORD.finditer(context)]

    def add(self, node):
        """Adds a question on the paragraph begun last."""
        key = _id(node)
        first = self._places.setdefault(key, node.place)
        if first != node.place:
            raise UserError(
                f"{node.place}: id {key!r} again after {first.split(': ')[-1]}: predictions are "
                "written by id, so give each question its own"
            )
        answers, span = None, (None, None)
        if "answers" in node.value:
            nodes = node.nodes("answers")
            answers = tuple(answer.get("text", str) for answer in nodes)
            if nodes and "answer_start" in nodes[0].value:
                first_word, last_word, is_there, _ = self._find(nodes[0])
                span = (first_word, last_word) if is_there else span
        self._add(node, answers, *span)

    def _add(self, node, answers, first_word=None, last_word=None):
        text, paragraph = node.get("question", str), len(self.paragraphs) - 1
        self.questions.append(SquadQuestion(_id(node), text, paragraph, answers, first_word, last_word))

    def _find(self, answer):
        """First and last word of an answer, whether it is really there, and what is there."""
        text, start = answer.get("text", str), answer.get("answer_start", int)
        end = start + len(text)
        first, last = (bisect.bisect_right(self._starts, place) - 1 for place in (start, end - 1))
        found = " ".join(self._words[first : last + 1])
        is_inside = text and 0 <= start and end <= len(self.paragraphs[-1])
        return first, last, is_inside and " ".join(text.split()) in found, found


class _TrainingReader(_PredictionReader):
    """Collects questions with where their one answer stands."""

    why_none = " whose answer is found in its paragraph"

    def __init__(self, version_2_with_negative):
        super().__init__()
        self._version_2 = version_2_with_negative

    def add(self, node):
        if self._version_2 and node.get("is_impossible", bool):
            self._add(node, answers=())
            return
        answer = self._only_answer(node)
        first, last, is_there, found = self._find(answer)
        if is_there:
            self._add(node, (answer.value["text"],), first, last)
        else:
            self.skipped.append(SkippedAnswer(_id(node), answer.value["text"], found))

    def _only_answer(self, node):
        answers = node.nodes("answers")
        if len(answers) != 1:
            remedy = (
                "" if answers or self._version_2 else "; for SQuAD 2.0 add --version_2_with_negative=true"
            )
            raise UserError(
                f"{node.place}: {len(answers)} answers, but training needs exactly one for each question"
                f"{remedy}"
            )
        return answers[0]


def _id(node):
    return str(node.get("id", str, int))


_KINDS = {str: "a text", int: "a whole number", bool: "true or false", list: "a list"}


@dataclasses.dataclass(frozen=True)
class _Node:
    """A value of the JSON file, and where it stands."""

    value: object
    place: str

    def get(self, name, *kinds):
        """The entry of this name, which must be of one of these types."""
        if not isinstance(self.value, dict):
            raise UserError(f"{self.place}: not an object with {name!r}: give a file in the layout of SQuAD")
        if name not in self.value:
            raise UserError(f"{self.place}: {name!r} is missing{_HINTS[name]}: add it")
        value = self.value[name]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise UserError(f"{self.place}: {name!r} is not {_KINDS[kinds[0]]}: correct it")
        return value

    def nodes(self, name):
        """The elements of the list of this name."""
        separator = "." if "[" in self.place.rpartition(": ")[2] else ": "
        return [
            _Node(value, f"{self.place}{separator}{name}[{number}]")
            for number, value in enumerate(self.get(name, list))
        ]


_HINTS = collections.defaultdict(
    str, is_impossible=" (SQuAD 2.0 has it; without --version_2_with_negative it is not needed)"
)


def _load(path):
    try:
        with open(path, encoding="utf-8-sig") as file:
            return json.load(file)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}: give the path of a JSON file like SQuAD's") from None
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path}: not UTF-8 ({error.reason} at byte {error.start}): save the file as UTF-8"
        ) from None
    except json.JSONDecodeError as error:
        raise UserError(
            f"{path}:{error.lineno}: not JSON: {error.msg} at column {error.colno}: correct the file"
        ) from None
