"""SQuAD's files, versions 1.1 and 2.0: questions on paragraphs (Google's `read_squad_examples`)."""

import bisect
import dataclasses
import re

from bert_tf.data.squad_json import Node
from bert_tf.errors import UserError
from bert_tf.json_text import read_json_file
from bert_tf.tokenization.reference import BasicTokenizer

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
        first_word: The number of the first answer's first word in the paragraph, as Google's script
            counts; None where it is not known.
        last_word: The number of its last word, which belongs to it.
        start: The word that its first character is of, and how many characters of that stand before it;
            None where its text is not found in its words, as they may have other blanks.
        end: The word that its last character is of, and at which character of that it ends, None for
            the word's own end.
    """

    id: str
    text: str
    paragraph: int
    answers: tuple[str, ...] | None
    first_word: int | None = None
    last_word: int | None = None
    start: tuple[int, int] | None = None
    end: tuple[int, int | None] | None = None


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
        num_displaced: How many first answers stand near where `answer_start` says, but not there.
        num_impossible: How many questions the file marks `is_impossible`.
        num_half_characters: How many halves of characters were read as U+FFFD; see `parse_json`.
    """

    paragraphs: list[str]
    questions: list[SquadQuestion]
    is_training: bool
    skipped: list[SkippedAnswer]
    num_displaced: int = 0
    num_impossible: int = 0
    num_half_characters: int = 0

    def __len__(self):
        return len(self.questions)

    @property
    def ids(self):
        """The questions' ids."""
        return [question.id for question in self.questions]

    @property
    def have_answers(self):
        """Whether the file says what is right, so that predictions can be scored."""
        return any(question.answers is not None for question in self.questions)

    @property
    def have_questions_without_answer(self):
        """Whether some questions have none, as in SQuAD 2.0."""
        return any(question.answers == () for question in self.questions)


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
        UserError: If the file is missing, is not UTF-8 or JSON, lacks an entry, has no text, or has
            two questions of one id; the message says where.
    """
    content, num_half_characters = read_json_file(path, "give the path of a JSON file like SQuAD's, in UTF-8")
    reader = _TrainingReader(version_2_with_negative) if is_training else _PredictionReader()
    for entry in Node(content, str(path)).nodes("data"):
        for paragraph in entry.nodes("paragraphs"):
            reader.start(paragraph.get("context", str))
            for question in paragraph.nodes("qas"):
                reader.add(question)
    if not reader.questions:
        raise UserError(f"{path}: no question{reader.why_none}: give a file in the layout of SQuAD")
    if not any(map(BasicTokenizer().whitespace_tokens, reader.paragraphs)):
        raise UserError(f"{path}: none of the paragraphs holds a word: give a file with text in its contexts")
    return SquadExamples(
        reader.paragraphs,
        reader.known_questions(),
        is_training,
        reader.skipped,
        reader.num_displaced,
        reader.num_impossible,
        num_half_characters,
    )


class _PredictionReader:
    """Collects questions with whatever answers they have."""

    why_none = ""

    def __init__(self):
        self.paragraphs, self.questions, self.skipped = [], [], []
        self.num_displaced = self.num_impossible = 0
        self._nodes = {}

    def start(self, context):
        """Begins a paragraph."""
        self.paragraphs.append(context)
        self._words = split_words(context)
        self._starts = [match.start() for match in _WORD.finditer(context)]

    def add(self, node):
        """Adds a question on the paragraph begun last."""
        key = _id(node)
        first = self._nodes.setdefault(key, node.place)
        if first != node.place:
            raise UserError(
                f"{node.place}: id {key!r} again after {first.split(': ')[-1]}: predictions are "
                "written by id, so give each question its own"
            )
        answers, place = () if self._is_impossible(node) else None, ()
        if "answers" in node.value:
            nodes = node.nodes("answers")
            answers = tuple(answer.get("text", str) for answer in nodes)
            if nodes and "answer_start" in nodes[0].value:
                place, _ = self._find(nodes[0])
        self._add(node, answers, *place)

    def known_questions(self):
        """The questions; where no question has an answer or is called impossible, nobody knows of any."""
        if self.num_impossible or any(question.answers for question in self.questions):
            return self.questions
        return [dataclasses.replace(question, answers=None) for question in self.questions]

    def _is_impossible(self, node):
        """Whether the file says so, and counts; only --version_2_with_negative asks for the entry."""
        is_impossible = node.value.get("is_impossible") is True
        self.num_impossible += is_impossible
        return is_impossible

    def _add(self, node, answers, *place):
        text, paragraph = node.get("question", str), len(self.paragraphs) - 1
        self.questions.append(SquadQuestion(_id(node), text, paragraph, answers, *place))

    def _find(self, answer):
        """Where an answer stands, and the words that stand there.

        Returns:
            A tuple of `first_word` and what follows it in `SquadQuestion`, () where Google's script
            does not find the answer, and a text.
        """
        text, start = answer.get("text", str), answer.get("answer_start", int)
        context, end = self.paragraphs[-1], start + len(text)
        first, last = (bisect.bisect_right(self._starts, place) - 1 for place in (start, end - 1))
        found = " ".join(self._words[first : last + 1])
        is_inside = text and 0 <= start and end <= len(context)
        if not is_inside or " ".join(text.split()) not in found:
            return (), found
        limits = self._starts[max(first, 0)], self._starts[last] + len(self._words[last])
        nearest = _nearest(text, context, start, *limits)
        if nearest is None or not text.strip():
            return (first, last), found
        self.num_displaced += nearest != start
        return (first, last, *self._borders(nearest, nearest + len(text))), found

    def _borders(self, start, end):
        """`start` and `end` of a `SquadQuestion`, from characters of the paragraph."""
        first = max(bisect.bisect_right(self._starts, start) - 1, 0)
        before = max(start - self._starts[first], 0)
        if before >= len(self._words[first]):
            first, before = first + 1, 0
        last = bisect.bisect_left(self._starts, end) - 1
        until = end - self._starts[last]
        return (first, before), (last, until if until < len(self._words[last]) else None)


class _TrainingReader(_PredictionReader):
    """Collects questions with where their one answer stands."""

    why_none = " whose answer is found in its paragraph"

    def __init__(self, version_2_with_negative):
        super().__init__()
        self._version_2 = version_2_with_negative

    def add(self, node):
        if self._version_2 and node.get("is_impossible", bool):
            self.num_impossible += 1
            self._add(node, answers=())
            return
        answer = self._only_answer(node)
        self._is_impossible(node)
        place, found = self._find(answer)
        if place:
            self._add(node, (answer.value["text"],), *place)
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


def _nearest(text, context, start, low, high):
    """Where a text begins: at `start`, or as near to it as it does from `low` to `high`; None for nowhere."""
    if context.startswith(text, start):
        return start
    places = context.rfind(text, low, min(start + len(text), high)), context.find(text, start, high)
    return min((place for place in places if place >= 0), key=lambda place: abs(place - start), default=None)


def _id(node):
    return str(node.get("id", str, int))
