"""What a grid must do under the keyboard, told without the page: where the focus is, what each cell says and holds."""

from dataclasses import dataclass, field

from senacs.questionnaire.engine.schema import Field
from senacs.questionnaire.engine.values import NOT_CONCERNED, InputError, Value, read_input
from senacs.web.structure.entry.inputs import NC, control_text


@dataclass
class Cell:
    definition: Field
    text: str = ""
    known: str = ""  # what was last sent
    held: Value | None = None  # what the server keeps
    before: str = ""  # what it said when it was entered

    def read(self, text: str) -> Value | None:
        if text == NC:
            return NOT_CONCERNED
        return read_input(self.definition, text).value if text.strip() else None

    def send(self) -> None:
        """What was typed is saved, or refused and left as it stands."""
        if self.text == self.known:
            return
        self.known = self.text
        try:
            self.held = self.read(self.text)
        except InputError:
            return
        self.text = self.known = self.shown

    @property
    def shown(self) -> str:
        """The server's own writing of what it keeps."""
        raw = control_text(self.definition, self.held)
        assert isinstance(raw, str)
        return raw

    @property
    def is_settled(self) -> bool:
        """Whether leaving it changes nothing of what is read in it, now or when the answer comes."""
        try:
            value = self.read(self.text)
        except InputError:
            return False
        return control_text(self.definition, value) == self.text


@dataclass
class Grid:
    """`rows` of cells as they are seen, without totals; the focus begins on the first, all its text selected."""

    rows: list[list[Cell]]
    row: int = 0
    column: int = 0
    start: int = 0
    end: int = field(default=0)

    @property
    def cell(self) -> Cell:
        return self.rows[self.row][self.column]

    @property
    def cells(self) -> list[Cell]:
        return [cell for row in self.rows for cell in row]

    def enter(self, row: int, column: int) -> None:
        self.row, self.column = row, column
        self.cell.before = self.cell.text
        self.start, self.end = 0, len(self.cell.text)

    def move(self, row: int, column: int) -> None:
        """To a cell of the grid; elsewhere nothing moves."""
        if (row, column) != (self.row, self.column) and 0 <= row < len(self.rows) and 0 <= column < len(self.rows[0]):
            self.cell.send()
            self.enter(row, column)

    def step(self, by: int) -> bool:
        """Tab; False, and nothing done, where it would leave the grid."""
        width = len(self.rows[0])
        place = self.row * width + self.column + by
        if not 0 <= place < width * len(self.rows):
            return False
        self.move(*divmod(place, width))
        return True

    def down(self, by: int) -> bool:
        """Enter; False where it would leave the grid."""
        if not 0 <= self.row + by < len(self.rows):
            return False
        self.move(self.row + by, self.column)
        return True

    def sideways(self, by: int) -> None:
        """An arrow: inside the text until its edge, then to the next cell."""
        length = len(self.cell.text)
        is_whole = (self.start, self.end) == (0, length)
        is_at_edge = self.start == self.end == (0 if by < 0 else length)
        if is_whole or is_at_edge:
            self.move(self.row, self.column + by)
        elif self.start == self.end:
            self.start = self.end = self.start + by
        else:
            self.start = self.end = self.start if by < 0 else self.end

    def write(self, text: str) -> None:
        cell = self.cell
        cell.text = cell.text[: self.start] + text + cell.text[self.end :]
        self.start = self.end = self.start + len(text)

    def erase(self) -> None:
        if self.start == self.end and self.start > 0:
            self.start -= 1
        self.write("")

    def escape(self) -> None:
        cell = self.cell
        cell.text = cell.before if cell.text != cell.before else cell.shown
        cell.send()
        self.start, self.end = 0, len(cell.text)

    def paste(self, block: list[list[str]]) -> None:
        """Over the cells from the one in focus; what falls outside is left out."""
        for down, line in enumerate(block):
            for right, text in enumerate(line):
                row, column = self.row + down, self.column + right
                if text and row < len(self.rows) and column < len(self.rows[0]):
                    self.rows[row][column].text = text
                    self.rows[row][column].send()
        self.start = self.end = len(self.cell.text)
