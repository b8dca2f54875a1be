"""The court's file becomes rows and findings. Pure: no database, no web, no clock."""

from csv_ingest.parsing.errors import (
    CellTooLong,
    EmptyFile,
    EncryptedWorkbook,
    FileRefused,
    FileTooLarge,
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
    "EmptyFile",
    "EncryptedWorkbook",
    "FileRefused",
    "FileTooLarge",
    "Finding",
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
