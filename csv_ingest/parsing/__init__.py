"""The court's file becomes rows and findings. Pure: no database, no web, no clock."""

from csv_ingest.parsing.errors import (
    CellTooLong,
    DefiningWorkbook,
    EmptyFile,
    EncryptedWorkbook,
    FileRefused,
    FileTooLarge,
    LinkedWorkbook,
    LoadedWorkbook,
    MacroWorkbook,
    MissingColumns,
    NotASpreadsheet,
    OldExcelFile,
    RepeatedColumns,
    TooManyRows,
    UnclosedQuote,
    UnreadableText,
    UnsafeWorkbook,
)
from csv_ingest.parsing.files import ParsedFile, parse_file, refuse_at_sight
from csv_ingest.parsing.rows import CourtRow, Finding

__all__ = [
    "CellTooLong",
    "CourtRow",
    "DefiningWorkbook",
    "EmptyFile",
    "EncryptedWorkbook",
    "FileRefused",
    "FileTooLarge",
    "Finding",
    "LinkedWorkbook",
    "LoadedWorkbook",
    "MacroWorkbook",
    "MissingColumns",
    "NotASpreadsheet",
    "OldExcelFile",
    "ParsedFile",
    "RepeatedColumns",
    "TooManyRows",
    "UnclosedQuote",
    "UnreadableText",
    "UnsafeWorkbook",
    "parse_file",
    "refuse_at_sight",
]
