"""The Word document of a filing, laid out as an official document (GB/T 9704-2012): A4, 37 mm above and 28 mm to the
left, headings in Hei, text in FangSong of size three, 28 points a line.

The fonts are named, not carried: where FZXiaoBiaoSong is missing, the font table offers the common ones in its place.
Imported where one is written: see quizapp.ui.tables.
"""

from __future__ import annotations

import io
import re
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from quizapp.filings.rules.content import Content
from quizapp.filings.rules.layout import Attachment, Block, Document, Stamp, Table, attached, document
from quizapp.filings.rules.traces import BLANK

TITLE, HEADING, BODY, SONG, LATIN = "方正小标宋简体", "黑体", "仿宋", "宋体", "Times New Roman"
OTHERS = {TITLE: "方正小标宋_GBK;华文中宋;STZhongsong;宋体;SimSun", BODY: "仿宋_GB2312;FangSong;华文仿宋;STFangsong;宋体",
          HEADING: "SimHei;华文黑体;Noto Sans CJK SC"}
SIZE_TITLE, SIZE_BODY, SIZE_TABLE, SIZE_WIDE, LINE = 22, 16, 10.5, 9, 28  # points: size two and three; tables; a line
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def docx_bytes(content: Content, stamp: Stamp) -> bytes:
    drawn = document(content, extract=stamp.extract)
    book = docx.Document()
    _Writer(book, stamp).write(drawn)
    book.core_properties.title = _plain(drawn.title.replace("\n", ""))
    book.core_properties.author = _plain(drawn.agency)
    book.core_properties.subject = f"{stamp.number} - {stamp.version}"
    book.core_properties.language = "zh-CN"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _plain(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


class _Writer:
    def __init__(self, book: Any, stamp: Stamp) -> None:
        self.book, self.stamp = book, stamp
        book.settings.odd_and_even_pages_header_footer = True  # page numbers stand outside, as on two-sided paper
        self._styles()
        self._page(book.sections[0], wide=False)
        self._footers(book.sections[0])

    def write(self, drawn: Document) -> None:
        self._line(drawn.title, "Title")
        if drawn.to:
            self._line(drawn.to, "Plain")
        for block in drawn.body:
            last = self._block(block)
            if block is drawn.body[-1] and drawn.signed and last is not None:
                last.paragraph_format.keep_with_next = True  # the seal never stands on a page without text
                last.paragraph_format.keep_together = True
        if drawn.signed:
            self._signature(drawn)
        for place, one in enumerate(drawn.attachments, 1):
            self._attachment(one, place, len(drawn.attachments), first=place == 1 and not drawn.signed)

    # ------------------------------------------------------------ styles and pages

    def _styles(self) -> None:
        styles = self.book.styles
        for language in styles.element.iter(qn("w:lang")):
            language.set(qn("w:eastAsia"), "zh-CN")  # or signs take other shapes; figures stay "en-US", so that no line breaks in one
        normal = styles["Normal"]
        _font(normal, BODY, SIZE_BODY)
        spacing = normal.paragraph_format
        spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE)
        spacing.space_after = spacing.space_before = Pt(0)
        spacing.first_line_indent = Pt(2 * SIZE_BODY)
        spacing.widow_control = True
        title = styles["Title"]
        _font(title, TITLE, SIZE_TITLE)
        _no_border(title)
        title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        title.paragraph_format.first_line_indent = Pt(0)
        title.paragraph_format.line_spacing = Pt(32)
        title.paragraph_format.space_after = Pt(LINE)
        title.paragraph_format.keep_with_next = True
        heading = styles["Heading 1"]
        _font(heading, HEADING, SIZE_BODY)
        heading.paragraph_format.space_before = heading.paragraph_format.space_after = Pt(0)
        heading.paragraph_format.keep_with_next = True
        plain = styles.add_style("Plain", 1)
        plain.base_style = normal
        plain.paragraph_format.first_line_indent = Pt(0)
        self._font_table()

    def _font_table(self) -> None:
        """Which font may stand in for one that a machine does not have."""
        part = next(rel.target_part for rel in self.book.part.rels.values() if rel.reltype.endswith("/fontTable"))
        entries = "".join(f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
                          for name, other in OTHERS.items())
        part._blob = part.blob.replace(b"</w:fonts>", entries.encode() + b"</w:fonts>")

    def _page(self, section: Any, *, wide: bool) -> None:
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
        if wide:
            section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(28), Mm(26), Mm(37), Mm(35)
        else:
            section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
        section.footer_distance = Mm(18 if wide else 22)

    def _footers(self, section: Any) -> None:
        for footer, side in ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
            number = footer.paragraphs[0]
            number.style = self.book.styles["Plain"]
            number.alignment = side
            self._run(number, "— ", SONG, 14)
            _field(self._run(number, "", SONG, 14), "PAGE")
            self._run(number, " —", SONG, 14)
            seal = footer.add_paragraph(style="Plain")
            seal.alignment = WD_ALIGN_PARAGRAPH.CENTER
            seal.paragraph_format.line_spacing = Pt(12)
            self._run(seal, self.stamp.line, SONG, 8)

    # ------------------------------------------------------------ blocks

    def _run(self, paragraph: Any, text: str, font: str = "", size: float = 0) -> Any:
        run = paragraph.add_run(_plain(text))
        if font:
            _font(run, font, size)
        return run

    def _line(self, text: str, style: str) -> Any:
        paragraph = self.book.add_paragraph(style=style)
        for place, part in enumerate(text.split(BLANK)):
            if place:
                mark = self._run(paragraph, BLANK)
                mark.font.highlight_color = 7  # yellow: nobody hands it in unseen
            for number, line in enumerate(part.split("\n")):
                run = self._run(paragraph, line)
                if number + 1 < len(part.split("\n")):
                    run.add_break()
        return paragraph

    def _block(self, block: Block) -> Any:
        if block.table is None:
            return self._line(block.text, "Heading 1" if block.kind == "heading" else "Normal")
        self._table(block.table)
        self.book.add_paragraph(style="Plain").paragraph_format.line_spacing = Pt(10)
        return None

    def _signature(self, drawn: Document) -> None:
        """附件 first, then the place for seal and date: kept together, and with the line before them."""
        self.book.add_paragraph(style="Plain").paragraph_format.keep_with_next = True
        for line in attached([one.title for one in drawn.attachments]) if drawn.attachments else []:
            self._line(line, "Normal").paragraph_format.keep_with_next = True
        self.book.add_paragraph(style="Plain").paragraph_format.keep_with_next = True
        agency = self._line(drawn.agency, "Plain")
        agency.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        agency.paragraph_format.right_indent = Pt(2 * SIZE_BODY)
        agency.paragraph_format.keep_with_next = True
        day = self._line("（盖章）　　　　年　　月　　日", "Plain")
        day.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        day.paragraph_format.right_indent = Pt(2 * SIZE_BODY)
        day.paragraph_format.keep_with_next = True
        self._line("填报人：　　　　　　审核人：　　　　　　负责人：", "Plain").paragraph_format.space_before = Pt(LINE)

    def _attachment(self, one: Attachment, place: int, of: int, *, first: bool) -> None:
        section = self.book.sections[0] if first else self.book.add_section(WD_SECTION.NEW_PAGE)
        self._page(section, wide=one.wide)
        label = self.book.add_paragraph(style="Plain")
        self._run(label, f"附件{place if of > 1 else ''}", HEADING, SIZE_BODY)
        label.paragraph_format.keep_with_next = True
        title = self.book.add_paragraph(style="Title")
        title.paragraph_format.space_after = Pt(10)
        self._run(title, one.title, TITLE, 18)
        for block in one.blocks:
            self._block(block)

    # ------------------------------------------------------------ tables

    def _table(self, drawn: Table) -> None:
        table = self.book.add_table(rows=0, cols=len(drawn.head))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for column, width in zip(table.columns, drawn.widths, strict=True):
            column.width = Mm(width)
        grid = table._tbl
        _tight(grid.tblPr)
        head = _row(drawn.head, drawn, header=True, level=0)
        grid.append(head)
        for place, cells in enumerate(drawn.rows):
            level = drawn.levels[place] if drawn.levels else 0
            grid.append(_row(cells, drawn, header=False, level=level, strong=place in drawn.strong))


def _tight(properties: Any) -> None:
    """Little room beside the words: fourteen columns share a page."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), "45")
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    look = properties.find(qn("w:tblLook"))
    look.addprevious(margins)


def _row(cells: tuple[str, ...], drawn: Table, *, header: bool, level: int, strong: bool = False) -> Any:
    """A row as XML: the library's own way takes a minute for ten thousand of them."""
    row = OxmlElement("w:tr")
    properties = OxmlElement("w:trPr")
    properties.append(OxmlElement("w:cantSplit"))
    if header:
        properties.append(OxmlElement("w:tblHeader"))  # again on every page
    row.append(properties)
    for place, text in enumerate(cells):
        row.append(_cell(_plain(text), drawn.widths[place], header=header, strong=strong or header,
                         align=_align(drawn, place, header), indent=level if place == 0 else 0,
                         size_of=SIZE_WIDE if len(drawn.head) > 5 else SIZE_TABLE))
    return row


def _align(drawn: Table, place: int, header: bool) -> str:
    if header:
        return "center"
    return "right" if drawn.numeric and place > 0 and not (len(drawn.head) == 5 and place == 4) else "left"


def _cell(text: str, width: float, *, header: bool, strong: bool, align: str, indent: int, size_of: float) -> Any:
    cell = OxmlElement("w:tc")
    properties = OxmlElement("w:tcPr")
    size = OxmlElement("w:tcW")
    size.set(qn("w:w"), str(round(width * 56.7)))
    size.set(qn("w:type"), "dxa")
    properties.append(size)
    if header:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "EDEDED")
        properties.append(shade)
    middle = OxmlElement("w:vAlign")
    middle.set(qn("w:val"), "center")
    properties.append(middle)
    cell.append(properties)
    for place, line in enumerate(text.split("\n")):
        cell.append(_cell_line(line, strong=strong, align=align, indent=indent, size=size_of - 2 if place else size_of))
    return cell


def _cell_line(text: str, *, strong: bool, align: str, indent: int, size: float) -> Any:
    paragraph = OxmlElement("w:p")
    properties = OxmlElement("w:pPr")
    spacing = OxmlElement("w:spacing")
    for name, value in (("before", "20"), ("after", "20"), ("line", "300"), ("lineRule", "exact")):
        spacing.set(qn(f"w:{name}"), value)
    properties.append(spacing)
    inset = OxmlElement("w:ind")
    inset.set(qn("w:firstLine"), "0")
    inset.set(qn("w:firstLineChars"), "0")
    inset.set(qn("w:left"), str(indent * 160))
    properties.append(inset)
    side = OxmlElement("w:jc")
    side.set(qn("w:val"), align)
    properties.append(side)
    paragraph.append(properties)
    run = OxmlElement("w:r")
    run.append(_run_properties(HEADING if strong else SONG, size))
    words = OxmlElement("w:t")
    words.set(qn("xml:space"), "preserve")
    words.text = text
    run.append(words)
    paragraph.append(run)
    return paragraph


def _run_properties(font: str, size: float) -> Any:
    properties = OxmlElement("w:rPr")
    fonts = OxmlElement("w:rFonts")
    for name, value in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", font)):
        fonts.set(qn(f"w:{name}"), value)
    properties.append(fonts)
    height = OxmlElement("w:sz")
    height.set(qn("w:val"), str(round(size * 2)))
    properties.append(height)
    return properties


def _font(styled: Any, font: str, size: float) -> None:
    """Chinese in this font, Latin and figures in Times; without the East Asian name Chinese falls back."""
    styled.font.name, styled.font.size, styled.font.bold = LATIN, Pt(size), False
    styled.font.color.rgb = RGBColor(0, 0, 0)
    properties = styled.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for name in list(fonts.attrib):
        if "Theme" in name:
            del fonts.attrib[name]
    fonts.set(qn("w:hAnsi"), LATIN)
    fonts.set(qn("w:eastAsia"), font)


def _no_border(style: Any) -> None:
    """The template underlines titles in blue."""
    properties = style.element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)


def _field(run: Any, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._r.append(mark)
